// A conversation behind real sockets on loopback, with a writer that may put its answers on the wire in any way.

import http from "node:http";
import type { AddressInfo } from "node:net";
import type { CmdletTransport } from "../../provider/remoting/transport.ts";
import { type WsmanTransportInternals, wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { basic } from "./basic.ts";
import { type Answered, Conversation } from "./wsman-conversation.ts";

export type Writer = (response: http.ServerResponse, answered: Answered) => void;

/** As a server does that is well. */
export const writeWell: Writer = (response, { status, body }) => {
  response.writeHead(status, { "Content-Type": "application/soap+xml;charset=UTF-8" }).end(body);
};

export class ConversationServer {
  conversation = new Conversation();
  write: Writer = writeWell;
  readonly #server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("error", () => {});
    request.on("end", () => {
      this.conversation.post(Buffer.concat(parts).toString("utf8"), { timeoutMs: 1_000 }).then(
        (answered) => this.write(response, answered),
        () => request.socket.destroy(),
      );
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  /** From here on it answers well, so that clean-up is not waited for; what hangs is cut off. */
  calmDown(): void {
    this.write = writeWell;
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  transport(internals: WsmanTransportInternals = { repeatPausesMs: [0] }): CmdletTransport {
    const { port } = this.#server.address() as AddressInfo;
    const options = { configurationName: "Microsoft.Exchange", endpoint: "ex01", authentication: basic("pauser", "x") };
    return wsmanTransport({ ...options, url: `http://127.0.0.1:${port}/PowerShell/` }, internals);
  }
}
