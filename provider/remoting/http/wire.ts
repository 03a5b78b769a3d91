// A TCP or TLS connection to one server, made again when it is gone, and requests over it, one at a time: bytes out, an answer in.
// Knows no cookies and no authentication (connection.ts), and no more of HTTP than a POST needs (answer.ts). Its own code because of what a call costs,
// which is three small requests: 600 of them take a third of node:http's processor time, in a fresh process as later, and 11 MB less; undici 7 takes
// as long as node:http at first, half as long later, and 30 MB more than this.
import type { Socket } from "node:net";
import { WsmanError } from "../problem.ts";
import { orAborted } from "../turns.ts";
import { AnswerReader, HttpTooLargeError, type WholeAnswer } from "./answer.ts";
import type { HttpBody } from "./authenticator.ts";
import { openSocket, type TlsOptions } from "./socket.ts";
import { Watch } from "./watch.ts";

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
  readonly opened: PromiseWithResolvers<WsmanError | undefined>;
  isConnected: boolean;
  /** On the monotonic clock, in milliseconds: from then on the server may close it at any time. */
  staleAtMs: number;
}

interface Exchange {
  readonly line: Line;
  readonly reader: AnswerReader;
  readonly settle: (outcome: WireAnswer | Error) => void;
}

export class HttpWire {
  readonly #url: URL;
  readonly #address: { readonly host: string; readonly port: number };
  readonly #tls: TlsOptions;
  readonly #connectMs: number;
  /** What all requests begin with. */
  readonly #start: string;
  #line: Line | undefined;
  #current: Exchange | undefined;
  readonly #watch = new Watch((error) => {
    if (this.#current !== undefined) this.#end(this.#current, error);
  });

  /** Connects to `address`; the name in `url` is the one that a certificate must bear. */
  constructor(url: URL, address: { readonly host: string; readonly port: number }, tls: TlsOptions, connectMs = CONNECT_MS) {
    this.#url = url;
    this.#address = address;
    this.#tls = tls;
    this.#connectMs = connectMs;
    this.#start = `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: keep-alive\r\nAccept-Encoding: identity\r\n`;
  }

  /**
   * Sends a request and reads its answer; nothing, without sending, where it would go over another connection than `only`.
   * One at a time: whoever calls sees to that.
   * @throws {WsmanError} `notConnected`, `broken`, `nonsense` (too large) or `aborted`; the connection is gone then
   */
  async exchange(request: HttpBody, { timeoutMs, signal, only }: ExchangeOptions): Promise<WireAnswer | undefined> {
    if (signal?.aborted) throw new WsmanError({ kind: "aborted" });
    const bytes = this.#bytesOf(request);
    const kept = this.#kept();
    if (only !== undefined && kept?.socket !== only) return undefined;
    const line = kept ?? this.#open();
    const { promise, resolve } = Promise.withResolvers<WireAnswer | Error>();
    const exchange: Exchange = { line, reader: new AnswerReader(MAX_ANSWER_BYTES), settle: resolve };
    this.#current = exchange;
    this.#watch.start(timeoutMs, signal);
    line.socket.ref();
    line.socket.write(bytes);
    const outcome = await promise;
    if (outcome instanceof Error) throw problemOf(outcome, line);
    return outcome;
  }

  /** Sends nothing: resolves when there is a connection to send over. @throws {WsmanError} `notConnected` or `aborted` */
  async connect(signal?: AbortSignal): Promise<void> {
    const aborted = () => new WsmanError({ kind: "aborted" });
    if (signal?.aborted) throw aborted();
    const line = this.#kept() ?? this.#open();
    const problem = await orAborted(line.opened.promise, signal, aborted);
    if (problem !== undefined) throw problem;
  }

  /** Ends the connection; what is under way on it is aborted. */
  close(): void {
    const aborted = new WsmanError({ kind: "aborted" });
    this.#line?.opened.resolve(aborted);
    if (this.#current !== undefined) this.#end(this.#current, aborted);
    this.#drop(this.#line);
  }

  #bytesOf({ headers, bytes }: HttpBody): Buffer {
    let head = this.#start;
    for (const [name, value] of Object.entries(headers)) {
      if (!HEADER_VALUE.test(value)) throw new TypeError(`the header ${name} cannot be sent: it has characters that no header may have`);
      head += `${name}: ${value}\r\n`;
    }
    head += `Content-Length: ${bytes.length}\r\n\r\n`;
    const whole = Buffer.allocUnsafe(head.length + bytes.length);
    whole.write(head, 0, "latin1");
    whole.set(bytes, head.length);
    return whole;
  }

  /** The connection of the last request, if the next one may go over it. */
  #kept(): Line | undefined {
    const line = this.#line;
    if (line === undefined || (line.socket.writable && performance.now() < line.staleAtMs)) return line;
    this.#drop(line);
    return undefined;
  }

  #open(): Line {
    const socket = openSocket(this.#url, this.#address, this.#tls, (bytes) => this.#read(line, bytes));
    const opened = Promise.withResolvers<WsmanError | undefined>();
    const line: Line = { socket, opened, isConnected: false, staleAtMs: Number.POSITIVE_INFINITY };
    const fail = (error: Error) => {
      opened.resolve(problemOf(error, line));
      this.#failed(line, error);
    };
    const late = setTimeout(() => fail(new Error(`no connection within ${this.#connectMs / 1000} s`)), this.#connectMs);
    socket.once(this.#url.protocol === "https:" ? "secureConnect" : "connect", () => {
      clearTimeout(late);
      line.isConnected = true;
      if (this.#current?.line !== line) socket.unref(); // until it is used
      opened.resolve(undefined);
    });
    socket.once("end", () => this.#ended(line));
    socket.on("error", fail);
    socket.once("close", () => {
      clearTimeout(late);
      fail(new Error("socket hang up"));
    });
    this.#line = line;
    return line;
  }

  #read(line: Line, bytes: Buffer): void {
    const exchange = this.#current;
    if (exchange?.line !== line) {
      this.#drop(line); // nobody asked for it
      return;
    }
    try {
      const answer = exchange.reader.push(bytes);
      if (answer !== undefined) this.#answered(exchange, answer);
    } catch (error) {
      this.#end(exchange, error instanceof Error ? error : new Error("unknown"));
    }
  }

  #answered(exchange: Exchange, answer: WholeAnswer): void {
    const { line } = exchange;
    line.staleAtMs = staleAtMs(answer.headers.all("keep-alive")[0]);
    this.#current = undefined;
    this.#watch.stop();
    // An answer that came before all of the request had left is the last one.
    if (!answer.keepsAlive || line.socket.writableLength > 0) this.#drop(line);
    else line.socket.unref(); // an idle connection keeps no process alive
    const { status, headers, bytes, keepsAlive } = answer;
    exchange.settle({ status, headers, bytes, keepsAlive, socket: line.socket });
  }

  #ended(line: Line): void {
    const exchange = this.#current;
    if (exchange?.line !== line) {
      this.#drop(line);
      return;
    }
    const answer = exchange.reader.end();
    if (answer !== undefined) this.#answered(exchange, answer);
    else this.#end(exchange, new Error(exchange.reader.hasBegun ? "the answer was cut off" : "socket hang up"));
  }

  #failed(line: Line, error: Error): void {
    if (this.#current?.line === line) this.#end(this.#current, error);
    else this.#drop(line);
  }

  #end(exchange: Exchange, error: Error): void {
    if (this.#current !== exchange) return;
    this.#current = undefined;
    this.#watch.stop();
    this.#drop(exchange.line);
    exchange.settle(error);
  }

  #drop(line: Line | undefined): void {
    if (this.#line === line) {
      this.#line = undefined;
      this.#watch.rest();
    }
    line?.socket.destroy();
  }
}

/** Until when a connection may be used, by what the server says of it. */
function staleAtMs(keepAlive: string | undefined): number {
  const seconds = keepAlive === undefined ? undefined : /(?:^|[ ,])timeout=(\d{1,7})/i.exec(keepAlive)?.[1];
  return seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(seconds) * 1000 - KEEP_ALIVE_MARGIN_MS;
}

function problemOf(error: Error, { isConnected }: Line): WsmanError {
  if (error instanceof WsmanError) return error;
  if (error instanceof HttpTooLargeError) return new WsmanError({ kind: "nonsense", what: error.message });
  return new WsmanError({ kind: isConnected ? "broken" : "notConnected", why: whyOf(error) }, { cause: error });
}

/** Node's own words name the address and the system's error; without any, the error's code. Its advice on how to start Node is not for our readers. */
function whyOf(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return error.message === "" ? code : error.message.replace(/; if the root CA is installed locally.*$/, "");
}
