// One SMTP connection, command by command, never pipelined. It knows replies and TLS, not what is asked or why.
// A hostile server is bounded: line length, lines per reply, bytes and time of the whole dialogue. Rules: RFC 5321 4.2, RFC 3207.
import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { addressOf, type ConnectTo } from "../common/address.ts";
import { messageOf } from "../common/reason.ts";
import { MailError, socketReason } from "./error.ts";

export interface SmtpAddress {
  /** Host name as the world says it: `mail.contoso.com`. */
  readonly host: string;
  /** Default 25. */
  readonly port?: number;
  readonly connectTo?: ConnectTo;
  /** Milliseconds of real time for the whole dialogue; default 30,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** `{ code: 250, lines: ["mail.contoso.com", "SIZE 36000000"] }` */
export interface DialogueReply {
  readonly code: number;
  readonly lines: readonly string[];
}

/** What the server showed in its TLS handshake. Noted, not judged. */
export interface TlsFacts {
  readonly protocol: string;
  readonly names: string;
  readonly validUntil: string;
  /** SHA-256 of the certificate, in the form `AB:CD:…`. */
  readonly fingerprint: string;
}

/** Longest reply line by RFC 5321 is 512 bytes; some servers write more. */
const maxLineBytes = 4_096;
const maxReplyLines = 200;
const maxDialogueBytes = 262_144;

export class SmtpDialogue {
  /** `mail.contoso.com:25`, for errors. */
  readonly where: string;
  readonly #host: string;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.#fail(this.#signal?.reason);
  #socket: Socket | TLSSocket;
  #buffer = "";
  #bytes = 0;
  #failure: unknown;
  #wake: (() => void) | undefined;

  /** Connects at once; a failure shows at the next reply. */
  constructor(address: SmtpAddress) {
    const { host, port = 25, connectTo, timeoutMs = 30_000, signal } = address;
    this.#host = host;
    this.where = `${host}:${port}`;
    this.#timer = setTimeout(
      () => this.#fail(new MailError(this.where, "timedOut", `no end of the dialogue after ${timeoutMs} ms`)),
      timeoutMs,
    );
    this.#signal = signal;
    this.#socket = connect({ ...addressOf(host, port, connectTo), noDelay: true });
    this.#listen(this.#socket);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted) this.#onAbort();
  }

  /** The next reply. @throws {MailError} when none comes or what comes is no reply; the signal's reason when aborted */
  async reply(): Promise<DialogueReply> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.#line();
      const match = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(line);
      if (match === null) throw this.#invalid(`"${line.slice(0, 80)}" is not a reply`);
      lines.push(match[3] ?? "");
      if (match[2] !== "-") return { code: Number(match[1]), lines };
      if (lines.length >= maxReplyLines) throw this.#invalid(`a reply of more than ${maxReplyLines} lines`);
    }
  }

  /** Sends one command line and takes its reply. */
  async command(line: string): Promise<DialogueReply> {
    if (/[\r\n\0]/.test(line)) throw new MailError(this.where, "rejected", `"${line.slice(0, 80)}" holds a line break; nothing was sent`);
    return this.exchange(`${line}\r\n`);
  }

  /** Sends text as it is (a message's data) and takes the reply. */
  async exchange(text: string): Promise<DialogueReply> {
    this.#socket.write(text);
    return this.reply();
  }

  /** The TLS handshake after STARTTLS was granted. Any certificate is taken. */
  async startTls(): Promise<TlsFacts> {
    // Text already here would be read as if it had come encrypted (RFC 3207, section 6).
    if (this.#buffer !== "") throw this.#invalid("text in the clear after STARTTLS");
    this.#socket.removeAllListeners("data");
    const socket = connectTls({ socket: this.#socket, servername: this.#host, rejectUnauthorized: false });
    this.#socket = socket;
    this.#listen(socket);
    while (!socket.getProtocol() || socket.getPeerCertificate().raw === undefined) await this.#change();
    const certificate = socket.getPeerCertificate();
    return {
      protocol: socket.getProtocol() ?? "",
      names: certificate.subjectaltname ?? "",
      validUntil: certificate.valid_to,
      fingerprint: certificate.fingerprint256,
    };
  }

  /** Says QUIT. Everything was answered by then, so a lost goodbye is no failure. */
  async quit(): Promise<void> {
    await this.command("QUIT").catch(() => undefined);
  }

  /** Drops the connection. Safe to call twice. */
  close(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#socket.destroy();
  }

  #listen(socket: Socket | TLSSocket): void {
    socket.on("data", (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#bytes > maxDialogueBytes) return this.#fail(this.#invalid(`more than ${maxDialogueBytes} bytes`));
      this.#buffer += chunk.toString("latin1");
      this.#wake?.();
    });
    socket.on("secureConnect", () => this.#wake?.());
    socket.on("error", (error) => this.#fail(new MailError(this.where, socketReason(error), messageOf(error), { cause: error })));
    socket.on("close", () => this.#fail(new MailError(this.where, "sessionLost", "closed the connection")));
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf("\n");
      if (end > maxLineBytes || (end < 0 && this.#buffer.length > maxLineBytes))
        throw this.#invalid(`a line longer than ${maxLineBytes} bytes`);
      if (end >= 0) {
        const line = this.#buffer.slice(0, end).replace(/\r$/, "");
        this.#buffer = this.#buffer.slice(end + 1);
        return line;
      }
      await this.#change();
    }
  }

  /** Returns when something came; throws the first failure. */
  async #change(): Promise<void> {
    if (this.#failure === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The first failure wins; what follows from it (a close after an error) adds nothing. */
  #fail(error: unknown): void {
    this.#failure ??= error ?? new Error("aborted");
    this.#wake?.();
    this.#socket.destroy();
  }

  #invalid(what: string): MailError {
    return new MailError(this.where, "invalidAnswer", `answered with ${what}`);
  }
}
