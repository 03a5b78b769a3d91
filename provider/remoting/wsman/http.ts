// One keep-alive HTTP connection to one server: POST a body, get status and body. Keeps cookies, authenticates each new TCP connection, knows
// no SOAP. Repeats nothing but what a server refused unread, for want of a proof that it had forgotten (HTTP 401).
// The connection may lead elsewhere than the URL says (`connectTo`), while Host header and TLS name stay those of the URL.
import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { Authenticator, HandshakeAnswer, HttpBody } from "../auth/authenticator.ts";
import { Turns } from "../turns.ts";
import { addressOf } from "./address.ts";
import { WsmanError } from "./problems.ts";

export interface HttpConnectionOptions {
  readonly url: URL;
  /** `host:port` of a URL to the `host:port` to connect to. */
  readonly connectTo?: Readonly<Record<string, string>>;
  readonly authenticator: Authenticator;
  readonly tls?: TlsOptions;
}

export interface TlsOptions {
  /** Certificates in PEM to trust instead of the well-known ones. */
  readonly ca?: string;
  /** The client's own certificate and key, in PEM. */
  readonly cert?: string;
  readonly key?: string;
  readonly maxVersion?: "TLSv1.2";
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface PostOptions {
  /** Milliseconds until the server counts as silent. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Larger answers are not read on: a hundred times what requests ask for. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const CONTENT_TYPE = "application/soap+xml;charset=UTF-8";

/** A lifetime: the connection, its cookies and what was agreed on it. */
export class HttpConnection {
  readonly #url: URL;
  readonly #address: { readonly host: string; readonly port: number };
  readonly #authenticator: Authenticator;
  readonly #agent: http.Agent;
  readonly #cookies = new Map<string, string>();
  readonly #turns = new Turns();
  /** The TCP connection of the last request, and the one on which we have proved who we are. */
  #socket: Socket | undefined;
  #proved: Socket | undefined;

  constructor({ url, connectTo, authenticator, tls = {} }: HttpConnectionOptions) {
    this.#url = url;
    this.#address = addressOf(url, connectTo);
    this.#authenticator = authenticator;
    const agentOptions = { keepAlive: true, maxSockets: 1 };
    // The name to be certified follows the Host header.
    this.#agent = url.protocol === "https:" ? new https.Agent({ ...agentOptions, ...tls }) : new http.Agent(agentOptions);
  }

  /**
   * Sends one request and reads its answer, whatever its status. Requests go out one at a time, in the order of their calls.
   * @throws {WsmanError} `notConnected`, `broken`, `nonsense` (too large), `aborted`, or why the server could not be shown who asks
   */
  async post(text: string, options: PostOptions): Promise<HttpAnswer> {
    const aborted = () => new WsmanError({ kind: "aborted" });
    return this.#turns.take(() => this.#post(text, options), options.signal, aborted);
  }

  async #post(text: string, options: PostOptions): Promise<HttpAnswer> {
    const wasProved = this.#proved !== undefined;
    await this.#prove(options);
    const body = this.#authenticator.outgoing({ headers: { "Content-Type": CONTENT_TYPE }, bytes: Buffer.from(text, "utf8") });
    const answer = await this.#exchange(body, options);
    this.#keepCookies(answer.headers["set-cookie"] ?? []);
    if (answer.status === 401 && this.#authenticator.isBoundToConnection && wasProved) {
      this.#forget();
      return this.#post(text, options);
    }
    const plain = this.#authenticator.incoming(answer.headers["content-type"] ?? "", answer.bytes);
    return { status: answer.status, body: new TextDecoder("utf-8").decode(plain) };
  }

  async #prove(options: PostOptions): Promise<void> {
    if (!this.#authenticator.isBoundToConnection || this.#proved !== undefined) return;
    try {
      await this.#authenticator.begin(async (headers): Promise<HandshakeAnswer> => {
        const answer = await this.#exchange({ headers, bytes: new Uint8Array() }, options);
        this.#keepCookies(answer.headers["set-cookie"] ?? []);
        return { status: answer.status, challenges: answer.challenges };
      });
    } catch (error) {
      this.#forget();
      throw error;
    }
    const socket = this.#socket;
    this.#proved = socket;
    socket?.once("close", () => this.#forget(socket));
  }

  /** What was agreed on a TCP connection (on `socket`, if it is that one) holds no longer. */
  #forget(socket = this.#proved): void {
    if (socket !== this.#proved) return;
    this.#proved = undefined;
    this.#authenticator.end();
  }

  /** Ends the connection. */
  close(): void {
    this.#agent.destroy();
    this.#forget();
  }

  #exchange({ headers, bytes }: HttpBody, { timeoutMs, signal }: PostOptions): Promise<RawAnswer> {
    if (signal?.aborted) throw new WsmanError({ kind: "aborted" });
    const request = (this.#url.protocol === "https:" ? https : http).request({
      ...this.#address,
      agent: this.#agent,
      method: "POST",
      path: `${this.#url.pathname}${this.#url.search}`,
      headers: { Host: this.#url.host, ...headers, ...this.#cookieHeader(), "Accept-Encoding": "identity", "Content-Length": bytes.length },
    });
    let connected = false;
    request.once("socket", (socket) => {
      this.#socket = socket;
      connected = !socket.connecting;
      if (connected) return; // a connection that is used again
      socket.once(this.#url.protocol === "https:" ? "secureConnect" : "connect", () => {
        connected = true;
      });
    });
    const silence = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    const onAbort = () => request.destroy(new Error("given up"));
    signal?.addEventListener("abort", onAbort, { once: true });
    return new Promise<RawAnswer>((resolve, reject) => {
      request.once("response", (response) => readAnswer(response).then(resolve, reject));
      request.once("error", reject);
      request.end(bytes);
    })
      .catch((error: unknown) => {
        request.destroy();
        this.#forget();
        if (error instanceof WsmanError) throw error;
        if (signal?.aborted) throw new WsmanError({ kind: "aborted" });
        throw new WsmanError({ kind: connected ? "broken" : "notConnected", why: whyOf(error) }, { cause: error });
      })
      .finally(() => {
        clearTimeout(silence);
        signal?.removeEventListener("abort", onAbort);
      });
  }

  /** Without the cookies that a front end hands out, the next request may reach another back end, which does not know the session. */
  #keepCookies(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (name === undefined || value === undefined) continue;
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }

  #cookieHeader(): Record<string, string> {
    return this.#cookies.size === 0 ? {} : { Cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  }
}

interface RawAnswer {
  readonly challenges: readonly string[];
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Uint8Array;
}

async function readAnswer(response: http.IncomingMessage): Promise<RawAnswer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response) {
    if (!(part instanceof Uint8Array)) continue;
    size += part.length;
    if (size > MAX_ANSWER_BYTES) throw new WsmanError({ kind: "nonsense", what: `more than ${MAX_ANSWER_BYTES} bytes in one answer` });
    parts.push(part);
  }
  const challenges = response.headersDistinct["www-authenticate"] ?? [];
  return { challenges, status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(parts) };
}

/** Node's own words name the address and the system's error; without any, the error's code. Its advice on how to start Node is not for our readers. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return error.message === "" ? code : error.message.replace(/; if the root CA is installed locally.*$/, "");
}
