// One keep-alive HTTP connection to one server: POST a body, get status and body. Keeps cookies, knows no SOAP and repeats nothing.
// The connection may lead elsewhere than the URL says (`connectTo`), while Host header and TLS name stay those of the URL.
import http from "node:http";
import https from "node:https";
import type { Authenticator } from "./authenticator.ts";
import { WsmanError } from "./problems.ts";

export interface HttpConnectionOptions {
  readonly url: URL;
  /** `host:port` of a URL to the `host:port` to connect to. */
  readonly connectTo?: Readonly<Record<string, string>>;
  readonly authenticator: Authenticator;
  /** Certificates in PEM to trust instead of the well-known ones. */
  readonly trustedCertificates?: string | undefined;
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

  constructor({ url, connectTo, authenticator, trustedCertificates }: HttpConnectionOptions) {
    this.#url = url;
    this.#address = addressOf(url, connectTo);
    this.#authenticator = authenticator;
    const agentOptions = { keepAlive: true, maxSockets: 1 };
    const tls = trustedCertificates === undefined ? {} : { ca: trustedCertificates }; // the name to be certified follows the Host header
    this.#agent = url.protocol === "https:" ? new https.Agent({ ...agentOptions, ...tls }) : new http.Agent(agentOptions);
  }

  /**
   * Sends one request and reads its answer, whatever its status.
   * @throws {WsmanError} `notConnected`, `broken`, `nonsense` (too large) or `aborted`
   */
  async post(text: string, { timeoutMs, signal }: PostOptions): Promise<HttpAnswer> {
    if (signal?.aborted) throw new WsmanError({ kind: "aborted" });
    const { headers, bytes } = await this.#authenticator.outgoing({
      headers: { "Content-Type": CONTENT_TYPE },
      bytes: Buffer.from(text, "utf8"),
    });
    const answer = await this.#exchange(headers, bytes, timeoutMs, signal);
    this.#keepCookies(answer.headers["set-cookie"] ?? []);
    const plain = await this.#authenticator.incoming(answer.headers["content-type"] ?? "", answer.bytes);
    return { status: answer.status, body: new TextDecoder("utf-8").decode(plain) };
  }

  /** Ends the connection. */
  close(): void {
    this.#agent.destroy();
  }

  #exchange(
    headers: Readonly<Record<string, string>>,
    bytes: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<RawAnswer> {
    const request = (this.#url.protocol === "https:" ? https : http).request({
      ...this.#address,
      agent: this.#agent,
      method: "POST",
      path: `${this.#url.pathname}${this.#url.search}`,
      headers: { Host: this.#url.host, ...headers, ...this.#cookieHeader(), "Accept-Encoding": "identity", "Content-Length": bytes.length },
    });
    let connected = false;
    request.once("socket", (socket) => {
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
        this.#authenticator.connectionLost();
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

/** The address really connected to. Keys of `connectTo` are compared without case and always have a port. */
export function addressOf(url: URL, connectTo: Readonly<Record<string, string>> = {}): { host: string; port: number } {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const key = `${url.hostname}:${port}`.toLowerCase();
  const mapped = Object.entries(connectTo).find(([from]) => from.toLowerCase() === key)?.[1];
  const [, host, mappedPort] = /^(.+):(\d+)$/.exec(mapped ?? "") ?? [];
  return host === undefined ? { host: unbracketed(url.hostname), port } : { host: unbracketed(host), port: Number(mappedPort) };
}

/** Whether an address can only be this machine. A name counts only when it is `localhost`. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

interface RawAnswer {
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
  return { status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(parts) };
}

/** Node's own words name the address and the system's error; without any, the error's code. Its advice on how to start Node is not for our readers. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return error.message === "" ? code : error.message.replace(/; if the root CA is installed locally.*$/, "");
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
