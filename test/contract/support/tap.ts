// Stands between a client and an endpoint, hands everything on as it is, and keeps what the client sent. Understands nothing of it.
import http from "node:http";
import type { AddressInfo } from "node:net";

export class Tap {
  /** Bodies of the requests so far, in order. */
  readonly bodies: string[] = [];
  readonly #server: http.Server;
  readonly #agent = new http.Agent({ keepAlive: true });

  constructor(endpoint: { readonly host: string; readonly port: number }) {
    this.#server = http.createServer((request, response) => {
      this.#pass(endpoint, request, response).catch(() => response.destroy());
    });
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(
    endpoint: { readonly host: string; readonly port: number },
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    this.bodies.push(body.toString("utf8"));
    const { method, url: path, headers } = request;
    const onward = http.request({ ...endpoint, agent: this.#agent, method, path, headers });
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      onward.once("response", resolve).once("error", reject).end(body);
    });
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  }
}
