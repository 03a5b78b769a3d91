// Posts bodies to one server over one TCP or TLS connection, made again when it is gone, one at a time: bytes out, an answer in. Knows no cookies and no
// authentication (connection.ts), and no more of HTTP than a POST needs (answer.ts). Ours because a call is three small requests: over node:http the first
// 200 calls with Kerberos take 0.39 of pypsrp's time, over this 0.31; a third is the floor.
import type { Socket } from "node:net";
import { WsmanError } from "../problem.ts";
import { orAborted } from "../serial-queue.ts";
import { AnswerReader, HttpTooLargeError, type WholeAnswer } from "./answer.ts";
import type { HttpBody } from "./authenticator.ts";
import { openSocket, type TlsOptions } from "./socket.ts";

/** An answer, and the connection that it came over. */
export interface WireAnswer extends WholeAnswer {
  readonly socket: Socket;
}

export interface ExchangeOptions {
  /** Milliseconds until the server counts as silent. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Over no other connection than this. */
  readonly only?: Socket | undefined;
  /** Asked when the next thing is to send; true: nothing is sent. */
  readonly isStale?: (() => boolean) | undefined;
}

/** Larger answers are not read on: a hundred times what requests ask for. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Milliseconds until a host that does not answer a connection counts as not there: whoever has another server to ask need not wait for long. */
const CONNECT_MS = 10_000;
/** A connection is not used in the last second that the server says it will keep it. */
const KEEP_ALIVE_MARGIN_MS = 1_000;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

interface Line {
  readonly socket: Socket;
  /** Resolves when something can be sent over it, or with why nothing can. */
  readonly opened: Promise<WsmanError | undefined>;
  isConnected: boolean;
  /** On the monotonic clock, in milliseconds: from then on the server may close it at any time. */
  staleAtMs: number;
}

interface Exchange {
  readonly reader: AnswerReader;
  readonly resolve: (answer: WholeAnswer) => void;
  readonly reject: (error: Error) => void;
}

export class HttpWire {
  readonly #url: URL;
  readonly #address: { readonly host: string; readonly port: number };
  readonly #tls: TlsOptions;
  readonly #connectMs: number;
  /** What all requests begin with. */
  readonly #start: string;
  #line: Line | undefined;
  /** What is under way. */
  #exchange: Exchange | undefined;

  /** Connects to `address`; the name in `url` is the one that a certificate must bear. */
  constructor(url: URL, address: { readonly host: string; readonly port: number }, tls: TlsOptions, connectMs = CONNECT_MS) {
    this.#url = url;
    this.#address = address;
    this.#tls = tls;
    this.#connectMs = connectMs;
    this.#start = `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: keep-alive\r\nAccept-Encoding: identity\r\n`;
  }

  /**
   * Sends a request and reads its answer; nothing, without sending, where it would go over another connection than `only`, or is stale.
   * One at a time: whoever calls sees to that.
   * @throws {WsmanError} `notConnected`, `broken`, `nonsense` (too large) or `aborted`; the connection is gone then
   */
  async exchange(body: HttpBody, { timeoutMs, signal, only, isStale }: ExchangeOptions): Promise<WireAnswer | undefined> {
    if (signal?.aborted) throw aborted();
    if (only !== undefined && !(only === this.#line?.socket && isUsable(this.#line))) return undefined;
    const bytes = this.#bytesOf(body);
    const line = this.#usableLine();
    const { promise, resolve, reject } = Promise.withResolvers<WholeAnswer>();
    this.#exchange = { reader: new AnswerReader(MAX_ANSWER_BYTES), resolve, reject };
    const onAbort = () => reject(aborted());
    const late = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    line.socket.ref();
    try {
      if (isStale?.() === true) return undefined;
      line.socket.write(bytes);
      const answer = await promise;
      line.staleAtMs = staleAtMs(answer.headers.get("keep-alive")?.[0]);
      // An answer that came before all of the request had left is the last one. An idle connection keeps no process alive.
      if (!answer.keepsAlive || line.socket.writableLength > 0) line.socket.destroy();
      else line.socket.unref();
      return { ...answer, socket: line.socket };
    } catch (error) {
      line.socket.destroy();
      throw problemOf(error, line);
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", onAbort);
      this.#exchange = undefined;
    }
  }

  /** Sends nothing: resolves when there is a connection to send over. @throws {WsmanError} `notConnected` or `aborted` */
  async connect(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw aborted();
    const line = this.#usableLine();
    const problem = await orAborted(line.opened, signal, aborted);
    if (problem !== undefined) throw problem;
    if (this.#exchange === undefined) line.socket.unref();
  }

  /** Ends the connection; what is under way on it is aborted. */
  close(): void {
    this.#exchange?.reject(aborted());
    this.#line?.socket.destroy(aborted());
  }

  #bytesOf({ headers, bytes }: HttpBody): Buffer {
    let head = this.#start;
    for (const [name, value] of Object.entries(headers)) {
      if (!HEADER_VALUE.test(value)) throw new TypeError(`the header ${name} cannot be sent: it has characters that no header may have`);
      head += `${name}: ${value}\r\n`;
    }
    return Buffer.concat([Buffer.from(`${head}Content-Length: ${bytes.length}\r\n\r\n`, "latin1"), bytes]);
  }

  /** The connection of the last request, if the next one may go over it; else a new one. */
  #usableLine(): Line {
    if (this.#line !== undefined && isUsable(this.#line)) return this.#line;
    this.#line?.socket.destroy();
    this.#line = this.#open();
    return this.#line;
  }

  #open(): Line {
    const socket = openSocket(this.#url, this.#address, this.#tls);
    const { promise: opened, resolve } = Promise.withResolvers<WsmanError | undefined>();
    const line: Line = { socket, opened, isConnected: false, staleAtMs: Number.POSITIVE_INFINITY };
    const fail = (error: Error) => {
      resolve(problemOf(error, line));
      if (this.#line === line) this.#exchange?.reject(error);
    };
    const late = setTimeout(() => socket.destroy(new Error(`no connection within ${this.#connectMs / 1000} s`)), this.#connectMs);
    socket.once(this.#url.protocol === "https:" ? "secureConnect" : "connect", () => {
      clearTimeout(late);
      line.isConnected = true;
      resolve(undefined);
    });
    socket.on("data", (bytes) => this.#read(line, bytes));
    socket.once("end", () => this.#ended(line));
    socket.on("error", fail);
    socket.once("close", () => {
      clearTimeout(late);
      fail(new Error("socket hang up"));
    });
    return line;
  }

  #read(line: Line, bytes: Buffer): void {
    if (this.#line !== line || this.#exchange === undefined) {
      line.socket.destroy(); // nobody asked for it
      return;
    }
    try {
      const answer = this.#exchange.reader.push(bytes);
      if (answer !== undefined) this.#exchange.resolve(answer);
    } catch (error) {
      this.#exchange.reject(error instanceof Error ? error : new Error("unknown"));
    }
  }

  #ended(line: Line): void {
    if (this.#line !== line || this.#exchange === undefined) return;
    const { reader, resolve, reject } = this.#exchange;
    const answer = reader.end();
    if (answer !== undefined) resolve(answer);
    else reject(new Error(reader.hasBegun ? "the answer was cut off" : "socket hang up"));
  }
}

function isUsable({ socket, staleAtMs }: Line): boolean {
  return socket.writable && performance.now() < staleAtMs;
}

/** Until when a connection may be used, by what the server says of it. */
function staleAtMs(keepAlive: string | undefined): number {
  const seconds = keepAlive === undefined ? undefined : /(?:^|[ ,])timeout=(\d{1,7})/i.exec(keepAlive)?.[1];
  return seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(seconds) * 1000 - KEEP_ALIVE_MARGIN_MS;
}

function aborted(): WsmanError {
  return new WsmanError({ kind: "aborted" });
}

function problemOf(error: unknown, { isConnected }: Line): WsmanError {
  if (error instanceof WsmanError) return error;
  if (error instanceof HttpTooLargeError) return new WsmanError({ kind: "nonsense", what: error.message });
  return new WsmanError({ kind: isConnected ? "broken" : "notConnected", why: whyOf(error) }, { cause: error });
}

/** Node's own words name the address and the system's error; without any, the error's code. Its advice on how to start Node is not for our readers. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return error.message === "" ? code : error.message.replace(/; if the root CA is installed locally.*$/, "");
}
