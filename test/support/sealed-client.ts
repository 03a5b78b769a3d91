// One TCP connection to an endpoint that asks for Kerberos, by hand: tokens, sealed bodies and whatever else a test wants to send over it.
// The MIME form is written out here once more, so that a mistake in the lab's own is seen.
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import type { GssInitiator } from "./gss-initiator.ts";
import { type RawAnswer, RawWsman } from "./raw-wsman.ts";

export interface BytesAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Each WWW-Authenticate header. */
  readonly challenges: readonly string[];
  readonly body: Buffer;
  /** Of our end: the same as long as the connection is. */
  readonly localPort: number;
}

export interface Framing {
  readonly protocol?: string;
  /** What the part says of itself, if that is to differ from the header. */
  readonly partProtocol?: string;
  readonly boundary?: string;
  readonly length?: number;
}

export const KERBEROS_SEALED = "application/HTTP-Kerberos-session-encrypted";
export const SPNEGO_SEALED = "application/HTTP-SPNEGO-session-encrypted";

export class SealedClient {
  readonly #to: { readonly host: string; readonly port: number };
  readonly #path: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(to: { readonly host: string; readonly port: number }, path = "/PowerShell/") {
    this.#to = to;
    this.#path = path;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** @throws the socket's error when the connection breaks */
  post(body: Buffer | string, headers: Readonly<Record<string, string>> = {}): Promise<BytesAnswer> {
    return new Promise((resolve, reject) => {
      const length = { "Content-Length": String(Buffer.byteLength(body)) };
      const sent = request(
        { ...this.#to, path: this.#path, method: "POST", agent: this.#agent, headers: { ...length, ...headers } },
        (response) => {
          const localPort = response.socket.localPort ?? 0;
          const challenges = response.headersDistinct["www-authenticate"] ?? [];
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", reject);
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, challenges, body: Buffer.concat(parts), localPort }),
          );
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** Empty POSTs with tokens until the server is satisfied or refuses. */
  async prove(initiator: GssInitiator, scheme: "Kerberos" | "Negotiate" = "Kerberos"): Promise<BytesAnswer> {
    let token = initiator.step();
    for (;;) {
      const answer = await this.post("", { Authorization: `${scheme} ${token.toString("base64")}` });
      const reply = new RegExp(`^${scheme} (\\S+)$`).exec(answer.challenges.find((text) => text.startsWith(`${scheme} `)) ?? "")?.[1];
      if (reply === undefined) return answer;
      token = initiator.step(Buffer.from(reply, "base64"));
      if (answer.status !== 401 || token.length === 0) return answer;
    }
  }

  /** Sends a sealed message as it stands. */
  postSealed({ header, data }: { readonly header: Buffer; readonly data: Buffer }, framing: Framing = {}): Promise<BytesAnswer> {
    const { protocol = KERBEROS_SEALED, partProtocol = protocol, boundary = "Encrypted Boundary", length = data.length } = framing;
    const lengthBytes = Buffer.alloc(4);
    lengthBytes.writeUInt32LE(header.length);
    const head = `--${boundary}\r\n\tContent-Type: ${partProtocol}\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${length}\r\n--${boundary}\r\n\tContent-Type: application/octet-stream\r\n`;
    return this.post(Buffer.concat([Buffer.from(head), lengthBytes, header, data, Buffer.from(`--${boundary}--\r\n`)]), {
      "Content-Type": `multipart/encrypted;protocol="${protocol}";boundary="${boundary}"`,
    });
  }

  /** Seals a request, sends it and opens its answer. */
  async ask(initiator: GssInitiator, envelope: string | Uint8Array, framing: Framing = {}): Promise<RawAnswer> {
    const { status, headers, body } = await this.postSealed(initiator.seal(Buffer.from(envelope)), framing);
    const bytes = openedBy(initiator, body);
    return { status, headers, bytes, text: bytes.toString("utf8") };
  }
}

/** What is in the body of a sealed answer, whichever delimiter it has. */
export function openedBy(initiator: GssInitiator, body: Buffer): Buffer {
  const head =
    /^--( ?)Encrypted Boundary\r\n.*?Length=(\d+)\r\n-- ?Encrypted Boundary\r\n\tContent-Type: application\/octet-stream\r\n/s.exec(
      body.toString("latin1", 0, 1_000),
    );
  if (head === null) throw new Error(`no sealed body: ${body.toString("latin1", 0, 200)}`);
  const start = head[0].length + 4;
  const dataStart = start + body.readUInt32LE(head[0].length);
  const end = dataStart + Number(head[2]);
  if (body.toString("latin1", end) !== `--${head[1]}Encrypted Boundary--\r\n`)
    throw new Error("the sealed body does not end where it says");
  return initiator.open({ header: body.subarray(start, dataStart), data: body.subarray(dataStart, end) });
}

/** All that RawWsman can ask, sealed, over the one connection of a SealedClient. */
export class SealedWsman extends RawWsman {
  readonly #sealed: SealedClient;
  readonly #initiator: GssInitiator;
  readonly #framing: Framing;

  constructor(sealed: SealedClient, initiator: GssInitiator, framing: Framing = {}) {
    super({ host: "", port: 0 }, "", "");
    this.#sealed = sealed;
    this.#initiator = initiator;
    this.#framing = framing;
  }

  override async post(body: string | Uint8Array): Promise<RawAnswer> {
    return this.#sealed.ask(this.#initiator, body, this.#framing);
  }
}
