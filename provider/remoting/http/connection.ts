// One keep-alive HTTP connection to one server: POST a body, get status and body. Keeps cookies, authenticates each new TCP connection, knows
// no SOAP. Repeats nothing but what a server refused unread, for want of a proof that it had forgotten (HTTP 401).
// The connection may lead elsewhere than the URL says (`connectTo`), while Host header and TLS name stay those of the URL.
import type { Socket } from "node:net";
import { WsmanError } from "../problem.ts";
import { endOf, orAborted, SerialQueue } from "../serial-queue.ts";
import { addressOfUrl } from "./address.ts";
import type { Authenticator, HandshakeAnswer, HttpBody } from "./authenticator.ts";
import { Cookies } from "./cookies.ts";
import type { TlsOptions } from "./socket.ts";
import { type ExchangeOptions, HttpWire, type WireAnswer } from "./wire.ts";

export interface HttpConnectionOptions {
  readonly url: URL;
  /** `host:port` of a URL to the `host:port` to connect to. */
  readonly connectTo?: Readonly<Record<string, string>>;
  readonly authenticator: Authenticator;
  readonly tls?: TlsOptions;
  /** Shared by all connections to that server. */
  readonly cookies?: Cookies;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface PostOptions {
  /** Milliseconds until the server counts as silent. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Awaited when nothing is ahead of the request and its connection stands; what it throws comes out instead, and nothing was sent. */
  readonly beforeSend?: (() => Promise<void>) | undefined;
}

/** Milliseconds that the word of `beforeSend` is good for: a process that stood still between it and the sending asks again. */
const FRESH_MS = 100;
const UTF8 = new TextDecoder("utf-8");
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const CONTENT_TYPE = "application/soap+xml;charset=UTF-8";

/** A lifetime: the connection, its cookies and what was agreed on it. */
export class HttpConnection {
  readonly #url: URL;
  readonly #authenticator: Authenticator;
  readonly #wire: HttpWire;
  readonly #cookies: Cookies;
  readonly #queue = new SerialQueue();
  /** The TCP connection on which we have proved who we are, where the proof holds for one only. */
  #proved: Socket | undefined;
  /** The last proof: no other begins before it has ended, well or badly. */
  #proving: Promise<void> = Promise.resolve();
  readonly #forgetProof = () => this.#forget();
  #isClosed = false;

  constructor({ url, connectTo, authenticator, tls = {}, cookies = new Cookies() }: HttpConnectionOptions) {
    this.#url = url;
    this.#authenticator = authenticator;
    this.#cookies = cookies;
    this.#wire = new HttpWire(url, addressOfUrl(url, connectTo), tls);
  }

  /**
   * Sends one request and reads its answer, whatever its status. Requests go out one at a time, in the order of their calls.
   * @throws {WsmanError} `notConnected`, `broken`, `nonsense` (too large), `status` (a redirect), `aborted`, or why the server could not be shown who asks
   */
  async post(text: string, options: PostOptions): Promise<HttpAnswer> {
    return this.#queue.run(() => this.#post(text, options), options.signal, aborted);
  }

  async #post(text: string, options: PostOptions): Promise<HttpAnswer> {
    const wasProved = this.#proved !== undefined;
    if (this.#authenticator.mustBegin && !wasProved) await this.#prove(options);
    let isStale: (() => boolean) | undefined;
    if (options.beforeSend !== undefined) {
      await this.#wire.connect(options.signal);
      await options.beforeSend();
      isStale = olderThan(FRESH_MS);
    }
    const body = this.#authenticator.outgoing({ headers: { "Content-Type": CONTENT_TYPE }, bytes: Buffer.from(text, "utf8") });
    const answer = await this.#exchange(body, { ...options, isStale }, this.#proved);
    if (answer === undefined || (wasProved && answer.status === 401)) {
      this.#forget();
      if (wasProved || isStale?.() === true) return this.#post(text, options);
      throw this.#droppedProof();
    }
    this.#authenticator.judged?.({ status: answer.status, challenges: answer.headers.get("www-authenticate") ?? [] });
    const plain = this.#authenticator.incoming(answer.headers.get("content-type")?.[0] ?? "", answer.bytes);
    return { status: answer.status, body: UTF8.decode(plain) };
  }

  /** What the system's Kerberos does cannot be given up: when we do, it goes on for nobody. */
  async #prove(options: PostOptions): Promise<void> {
    const late = Promise.withResolvers<never>();
    const proof = this.#proving.then(() => this.#begin(options, late.reject));
    this.#proving = endOf(proof);
    await orAborted(Promise.race([proof, late.promise]), options.signal, aborted);
  }

  async #begin(options: PostOptions, late: (error: WsmanError) => void): Promise<void> {
    if (this.#isClosed || options.signal?.aborted) throw aborted();
    if (this.#proved !== undefined) return; // by one that was given up too early
    await this.#wire.connect(options.signal); // no password is tried, and nobody else asked, for a server that is not there
    const untilLate = () => setTimeout(() => late(noDomainController(options)), options.timeoutMs);
    let timer = untilLate();
    let socket: Socket | undefined;
    const handshake = async (headers: Readonly<Record<string, string>>): Promise<HandshakeAnswer> => {
      clearTimeout(timer);
      const isFirst = !("Authorization" in headers);
      const answer = await this.#exchange({ headers, bytes: new Uint8Array() }, options, socket);
      timer = untilLate();
      if (answer === undefined) throw this.#droppedProof();
      if (!isFirst) socket = answer.socket;
      return { status: answer.status, challenges: answer.headers.get("www-authenticate") ?? [] };
    };
    try {
      await this.#authenticator.begin(handshake);
    } catch (error) {
      this.#forget();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    this.#proved = socket;
    socket?.once("close", this.#forgetProof);
  }

  /** What was agreed on a TCP connection holds no longer. */
  #forget(): void {
    this.#proved?.off("close", this.#forgetProof);
    this.#proved = undefined;
    this.#authenticator.end();
  }

  #droppedProof(): WsmanError {
    const why = `${this.#url.host} closes each TCP connection as soon as it was proved there who asks; does something between here and there do that?`;
    return new WsmanError({ kind: "notConnected", why });
  }

  /** Ends the connection. What is under way on it fails. */
  close(): void {
    this.#isClosed = true;
    this.#wire.close();
    this.#forget();
  }

  /** Sends nothing, and brings nothing, where it would go over another TCP connection than `only`. */
  async #exchange(
    body: HttpBody,
    { timeoutMs, signal, isStale }: Omit<ExchangeOptions, "only">,
    only?: Socket,
  ): Promise<WireAnswer | undefined> {
    if (this.#isClosed) throw aborted();
    try {
      const request = { ...body, headers: { ...body.headers, ...this.#cookies.header() } };
      const answer = await this.#wire.exchange(request, { timeoutMs, signal, only, isStale });
      if (answer === undefined) return undefined;
      const [location] = answer.headers.get("location") ?? [];
      // Not followed: whoever answers there might be shown a password that was meant for this server.
      if (REDIRECTS.has(answer.status) && location !== undefined) throw new WsmanError({ kind: "status", status: answer.status, location });
      this.#cookies.keep(answer.headers.get("set-cookie") ?? []);
      return answer;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }
}

function aborted(): WsmanError {
  return new WsmanError({ kind: "aborted" });
}

function noDomainController({ timeoutMs }: PostOptions): WsmanError {
  return new WsmanError({ kind: "ended", reason: "unreachable", what: `no domain controller answered within ${timeoutMs / 1000} s` });
}

/** Whether more real time has passed since now, also while the process, or its machine, stood still. */
function olderThan(ms: number): () => boolean {
  const [monotonicMs, systemMs] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - monotonicMs, Date.now() - systemMs) > ms;
}
