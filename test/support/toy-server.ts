// An HTTP server that keeps the toy Kerberos' promises for each TCP connection, and remembers what came over which. A test may answer in its place.
import http from "node:http";
import https from "node:https";
import { isSealed, sealedBody, sealedMessageIn } from "../../provider/remoting/auth/sealed-body.ts";
import { masked } from "./toy-kerberos.ts";

export type Answer = (response: http.ServerResponse, text: string) => void;

interface Proof {
  readonly connection: number;
  context: string | undefined;
  messages: number;
}

export class ToyServer {
  /** `1: challenge`, `1: token client 1.1`, `1: message 1.1 text`: the connection, and what came. */
  readonly seen: string[] = [];
  readonly cookies: string[] = [];
  schemes: readonly string[] = ["Kerberos"];
  /** How many tokens of the client it wants. */
  legs = 1;
  /** In place of the ordinary answer to the next requests; `undefined` leaves one as it is. */
  readonly instead: (Answer | undefined)[] = [];
  readonly #server: http.Server | https.Server;
  readonly #proofs = new Map<unknown, Proof>();
  #connections = 0;

  constructor(tls?: https.ServerOptions) {
    const listener: http.RequestListener = (request, response) => void this.#serve(request, response);
    this.#server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
    this.#server.keepAliveTimeout = 0;
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return address.port;
  }

  async stop(): Promise<void> {
    const stopped = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await stopped;
  }

  /** Ends the TCP connections that are idle, as a server does after a while. */
  hangUp(): void {
    this.#server.closeIdleConnections();
  }

  /** Forgets who was proved, and leaves the connections open. */
  forget(): void {
    for (const proof of this.#proofs.values()) proof.context = undefined;
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.cookies.push(request.headers.cookie ?? "");
    const proof = this.#proofs.get(request.socket) ?? { connection: ++this.#connections, context: undefined, messages: 0 };
    this.#proofs.set(request.socket, proof);
    const body = Buffer.concat(await request.toArray());
    const [scheme = "", token = ""] = (request.headers.authorization ?? "").split(" ");
    const said = Buffer.from(token, "base64").toString();
    if (scheme !== "") {
      this.#answer(response, `${proof.connection}: token ${said}`, () => this.#prove(proof, scheme, said, response));
      return;
    }
    const sealed = isSealed(request.headers["content-type"] ?? "") ? sealedMessageIn(body) : undefined;
    const text = Buffer.from(sealed === undefined ? body : masked(sealed.data)).toString();
    const mark = sealed === undefined ? "" : ` ${Buffer.from(sealed.signature).toString()}`;
    const what = body.length === 0 ? "challenge" : `message${mark} ${text}`;
    if (body.length > 0) proof.messages += 1;
    this.#answer(response, `${proof.connection}: ${what}`, () => {
      const isNext = mark === "" || mark === ` ${proof.context}.${proof.messages}`;
      if (proof.context === undefined || !isNext || body.length === 0) this.challenge(response);
      else if (mark === "") response.end(`said: ${text}`);
      else this.sealed(response, `said: ${text}`, proof.context);
    });
  }

  #answer(response: http.ServerResponse, seen: string, ordinary: () => void): void {
    this.seen.push(seen);
    const instead = this.instead.shift();
    if (instead === undefined) ordinary();
    else instead(response, seen);
  }

  #prove(proof: Proof, scheme: string, said: string, response: http.ServerResponse): void {
    const [, context = "", leg = ""] = /^client (\d+)\.(\d+)$/.exec(said) ?? [];
    if (context === "" || !this.schemes.includes(scheme)) {
      this.challenge(response);
      return;
    }
    const isLast = Number(leg) === this.legs;
    if (isLast) Object.assign(proof, { context, messages: 0 });
    const reply = `${scheme} ${Buffer.from(`server ${context}.${leg}`).toString("base64")}`;
    response.writeHead(isLast ? 200 : 401, { "WWW-Authenticate": reply }).end();
  }

  challenge(response: http.ServerResponse): void {
    response.writeHead(401, { "WWW-Authenticate": [...this.schemes] }).end();
  }

  /** An answer that `context` (`"1"`) can open. */
  sealed(response: http.ServerResponse, text: string, context: string): void {
    const message = { signature: Buffer.from(`to ${context}`), data: masked(Buffer.from(text)) };
    const { headers, bytes } = sealedBody("Kerberos", message, "application/soap+xml;charset=UTF-8", {});
    response.writeHead(200, { ...headers }).end(bytes);
  }
}
