// Posts bodies to one server over one TCP or TLS connection, made again when it is gone, one at a time. Knows no cookies and no authentication
// (connection.ts). Node's Agent keeps the connection and knows when not to; which one that is, we say, for a proof may belong to it.
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WsmanError } from "../problem.ts";
import { orAborted } from "../serial-queue.ts";
import type { HttpBody } from "./authenticator.ts";
import { openSocket, type TlsOptions } from "./socket.ts";

/** Not imported: that would load the whole of undici for the sake of its WebSocket, which takes 9 MB. */
const { Agent, request } = process.getBuiltinModule("node:http");

export interface WireAnswer {
  readonly status: number;
  /** By lower-case name, as often as each came. */
  readonly headers: NodeJS.Dict<string[]>;
  readonly bytes: Uint8Array;
  /** The connection that it came over. */
  readonly socket: Socket;
}

export interface ExchangeOptions {
  /** Milliseconds until the server counts as silent. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Over no other connection than this. */
  readonly only?: Socket | undefined;
}

/** Larger answers are not read on: a hundred times what requests ask for. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Milliseconds until a host that does not answer a connection counts as not there: whoever has another server to ask need not wait for long. */
const CONNECT_MS = 10_000;
/** Milliseconds that an idle connection is kept at most. Only where there is such a limit does the Agent heed a shorter one that the server names. */
const MOST_IDLE_MS = 3_600_000;

interface Line {
  readonly socket: Socket;
  /** Resolves when something can be sent over it, or with why nothing can. */
  readonly opened: Promise<WsmanError | undefined>;
  isConnected: boolean;
}

/** Takes its connections from us. */
class LineAgent extends Agent {
  readonly #socket: () => Socket;

  constructor(socket: () => Socket) {
    super({ keepAlive: true, maxSockets: 1, timeout: MOST_IDLE_MS });
    this.#socket = socket;
  }

  override createConnection(): Socket {
    return this.#socket();
  }
}

export class HttpWire {
  readonly #url: URL;
  readonly #address: { readonly host: string; readonly port: number };
  readonly #tls: TlsOptions;
  readonly #connectMs: number;
  readonly #agent = new LineAgent(() => this.#usableLine().socket);
  #line: Line | undefined;
  /** Ends the exchange that is under way. */
  #giveUp: ((error: WsmanError) => void) | undefined;

  /** Connects to `address`; the name in `url` is the one that a certificate must bear. */
  constructor(url: URL, address: { readonly host: string; readonly port: number }, tls: TlsOptions, connectMs = CONNECT_MS) {
    this.#url = url;
    this.#address = address;
    this.#tls = tls;
    this.#connectMs = connectMs;
  }

  /**
   * Sends a request and reads its answer; nothing, without sending, where it would go over another connection than `only`.
   * One at a time: whoever calls sees to that.
   * @throws {WsmanError} `notConnected`, `broken`, `nonsense` (too large) or `aborted`; the connection is gone then
   */
  async exchange(body: HttpBody, { timeoutMs, signal, only }: ExchangeOptions): Promise<WireAnswer | undefined> {
    if (signal?.aborted) throw aborted();
    if (only !== undefined && !(only === this.#line?.socket && only.writable)) return undefined;
    const sending = this.#begin(body);
    const line = this.#usableLine();
    const { promise, resolve, reject } = Promise.withResolvers<WireAnswer>();
    this.#giveUp = reject;
    const onAbort = () => reject(aborted());
    const late = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    sending.on("error", reject);
    sending.once("response", (answer) => readAnswer(answer, line.socket, resolve, reject));
    line.socket.ref();
    sending.end(body.bytes);
    try {
      return await promise;
    } catch (error) {
      line.socket.destroy();
      throw problemOf(error, line);
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", onAbort);
      this.#giveUp = undefined;
    }
  }

  /** Sends nothing: resolves when there is a connection to send over. @throws {WsmanError} `notConnected` or `aborted` */
  async connect(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw aborted();
    const line = this.#usableLine();
    const problem = await orAborted(line.opened, signal, aborted);
    if (problem !== undefined) throw problem;
    if (this.#giveUp === undefined) line.socket.unref(); // an idle connection keeps no process alive
  }

  /** Ends the connection; what is under way on it is aborted. */
  close(): void {
    this.#giveUp?.(aborted());
    this.#line?.socket.destroy(aborted());
  }

  /** @throws {TypeError} for a header that cannot be sent */
  #begin({ headers, bytes }: HttpBody): ClientRequest {
    const { host, pathname, search } = this.#url;
    const framing = {
      Host: host,
      Connection: "keep-alive",
      "Accept-Encoding": "identity",
      ...headers,
      "Content-Length": `${bytes.length}`,
    };
    return request({ agent: this.#agent, method: "POST", path: pathname + search, headers: Object.entries(framing).flat() });
  }

  /** The connection of the last request, if the next one may go over it; else a new one. */
  #usableLine(): Line {
    if (this.#line === undefined || !this.#line.socket.writable) this.#line = this.#open();
    return this.#line;
  }

  #open(): Line {
    const socket = openSocket(this.#url, this.#address, this.#tls);
    const { promise: opened, resolve } = Promise.withResolvers<WsmanError | undefined>();
    const line: Line = { socket, opened, isConnected: false };
    const late = setTimeout(() => socket.destroy(new Error(`no connection within ${this.#connectMs / 1000} s`)), this.#connectMs);
    socket.once(this.#url.protocol === "https:" ? "secureConnect" : "connect", () => {
      clearTimeout(late);
      line.isConnected = true;
      resolve(undefined);
    });
    socket.on("data", () => {
      if (this.#giveUp === undefined) socket.destroy(); // nobody asked for it
    });
    socket.on("error", (error) => resolve(problemOf(error, line)));
    socket.once("close", () => {
      clearTimeout(late);
      resolve(problemOf(new Error("socket hang up"), line));
    });
    return line;
  }
}

function readAnswer(answer: IncomingMessage, socket: Socket, resolve: (answer: WireAnswer) => void, reject: (error: Error) => void): void {
  const parts: Buffer[] = [];
  let length = 0;
  answer.on("data", (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length > MAX_ANSWER_BYTES) reject(new WsmanError({ kind: "nonsense", what: `more than ${MAX_ANSWER_BYTES} bytes in one answer` }));
  });
  answer.on("error", () => reject(new Error("the answer was cut off")));
  answer.once("end", () => {
    resolve({ status: answer.statusCode ?? 0, headers: answer.headersDistinct, bytes: Buffer.concat(parts), socket });
  });
}

function aborted(): WsmanError {
  return new WsmanError({ kind: "aborted" });
}

function problemOf(error: unknown, { isConnected }: Line): WsmanError {
  if (error instanceof WsmanError) return error;
  return new WsmanError({ kind: isConnected ? "broken" : "notConnected", why: whyOf(error) }, { cause: error });
}

/** Node's own words name the address and the system's error; without any, the error's code. Its advice on how to start Node is not for our readers. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "HPE_INVALID_CONSTANT") return "no HTTP/1.1 status line";
  return error.message === "" ? code : error.message.replace(/; if the root CA is installed locally.*$/, "");
}
