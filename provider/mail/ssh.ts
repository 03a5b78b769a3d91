// One SSH connection to one host, opened at the first command, opened again after it was lost, its host key pinned.
// It runs command lines with stdin, a few at a time, and hands back what came; what a command means is decided in buffer.ts. RFC 4252 to 4254.
import type { Client, ClientChannel } from "ssh2";
import { addressOf, type ConnectTo } from "../common/address.ts";
import { messageOf } from "../common/reason.ts";
import { MailError, type MailReason, socketReason } from "./error.ts";
import { type KeyType, keyTypes, type ShownKey, sayOtherKeys, shownKey } from "./host-keys.ts";

export interface SshOptions {
  readonly host: string;
  /** Default 22. */
  readonly port?: number;
  readonly connectTo?: ConnectTo;
  readonly user: string;
  /** OpenSSH or PEM private key without passphrase. */
  readonly privateKey: { reveal(): string; readonly from?: string | undefined };
  /** `SHA256:…` as `ssh-keygen -lf` prints it, of any one of the host's keys. */
  readonly hostKey: string;
}

/** A connection, or the attempts at one. */
interface Opened {
  /** Of the last attempt. */
  client?: Client;
  readonly ready: Promise<Client>;
}

export interface SshRun {
  /** Sent to the command, then closed. */
  readonly stdin?: string;
  /** Milliseconds of real time for connection and command together; default 60,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Awaited when there is a connection, right before the command is sent; what it throws comes out instead, and nothing was sent. */
  readonly beforeSend?: (() => Promise<void>) | undefined;
}

export interface SshResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const maxOutputBytes = 256 * 1024 * 1024;
/**
 * Commands at a time; further ones wait. sshd lets ten run on one connection unless it is told otherwise (MaxSessions), and may still count those
 * that have just ended when the next ones begin.
 */
const mostAtOnce = 4;

export class SshConnection {
  readonly #options: SshOptions;
  #opened: Opened | undefined;
  /** Of the key that is expected, once it is known: before that, the host shows which it likes. */
  #keyType: KeyType | undefined;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: SshOptions) {
    this.#options = options;
  }

  /** Runs one command line. @throws {MailError} when it did not come to an end; an exit code is returned, whatever it is */
  async run(command: string, { stdin = "", timeoutMs = 60_000, signal, beforeSend }: SshRun = {}): Promise<SshResult> {
    signal?.throwIfAborted();
    const ssh2 = await import("ssh2");
    const timeout = AbortSignal.timeout(timeoutMs);
    const either = signal ? AbortSignal.any([timeout, signal]) : timeout;
    const given = Promise.withResolvers<never>();
    const giveUp = () =>
      given.reject(timeout.aborted ? this.#error("timedOut", `no answer over SSH after ${timeoutMs} ms`) : either.reason);
    either.addEventListener("abort", giveUp, { once: true });
    // An abort while the library was loaded came before the listener.
    if (either.aborted) giveUp();
    const send = async () => {
      either.throwIfAborted();
      try {
        this.#opened ??= this.#open(() => new ssh2.Client());
        const sent = this.#opened.ready.then(async (client) => {
          await beforeSend?.();
          return this.#exec(client, command, stdin);
        });
        return await Promise.race([sent, given.promise]);
      } catch (error) {
        // Whatever went wrong, the connection may hold a half-run command: the next call opens a new one.
        this.close();
        throw error;
      }
    };
    try {
      // What has to ask first waits for nobody: it may ask over this connection, and the answer must not grow old.
      const result = beforeSend === undefined ? this.#inTurn(send) : send();
      return await Promise.race([result, given.promise]);
    } finally {
      either.removeEventListener("abort", giveUp);
    }
  }

  /** Ends the connection. Safe to call twice, and `run` may be called again afterwards. */
  close(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.client?.destroy();
  }

  /** Starts `act` when fewer than `mostAtOnce` are under way, in the order of asking. */
  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (this.#running < mostAtOnce) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await act();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  #open(newClient: () => Client): Opened {
    const { promise: ready, resolve, reject } = Promise.withResolvers<Client>();
    const opened: Opened = { ready };
    this.#agree(opened, newClient).then(resolve, reject);
    return opened;
  }

  /** Where the host shows another key than the expected one, it is asked for its keys of each other type; nothing is sent meanwhile. */
  async #agree(opened: Opened, newClient: () => Client): Promise<Client> {
    const shown: ShownKey[] = [];
    for (const type of [this.#keyType, ...keyTypes]) {
      if (shown.some((key) => key.type === type)) continue;
      opened.client = newClient();
      const found = await this.#connect(opened.client, type);
      if (found === "connected") {
        this.#keyType = type;
        opened.client.once("close", () => {
          if (this.#opened === opened) this.#opened = undefined;
        });
        return opened.client;
      }
      if (found !== undefined) shown.push(found);
      if (this.#opened !== opened) throw this.#error("sessionLost", "the SSH connection was given up");
    }
    throw new MailError(this.#options.host, "denied", sayOtherKeys(shown, this.#options.hostKey), { joint: " " });
  }

  /** `type`: of the only host keys to agree on. @returns another key than the expected one, or nothing where the host has none of that type */
  #connect(client: Client, type: KeyType | undefined): Promise<"connected" | ShownKey | undefined> {
    const { host, port = 22, connectTo, user, privateKey, hostKey } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<"connected" | ShownKey | undefined>();
    let other: ShownKey | undefined;
    // From the first byte: while keys are exchanged, each small packet would else wait for the host to acknowledge the one before it, up to 40 ms.
    client.on("connect", () => client.setNoDelay(true));
    client.on("ready", () => resolve("connected"));
    client.on("close", () => reject(this.#error("sessionLost", "closed the SSH connection")));
    client.on("error", (error) => {
      if (other !== undefined || (type !== undefined && /no matching host key format/.test(error.message))) resolve(other);
      else reject(this.#error(...reasonOf(error, user, privateKey.from), error));
    });
    try {
      client.connect({
        ...addressOf(host, port, connectTo),
        username: user,
        privateKey: privateKey.reveal(),
        readyTimeout: 0,
        keepaliveInterval: 15_000,
        ...(type === undefined ? {} : { algorithms: { serverHostKey: type.algorithms } }),
        hostVerifier: (key: Buffer) => {
          const shown = shownKey(key);
          other = shown.fingerprint === hostKey ? undefined : shown;
          return other === undefined;
        },
      });
    } catch {
      // The parser's own words may quote the key, so they are not passed on.
      reject(this.#error("denied", `the private key of ${privateKey.from ?? user} cannot be read as an OpenSSH or PEM key`));
    }
    return promise;
  }

  #exec(client: Client, command: string, stdin: string): Promise<SshResult> {
    const { promise, resolve, reject } = Promise.withResolvers<SshResult>();
    const lost = () => reject(this.#error("sessionLost", "the SSH connection broke off before the command's end"));
    client.once("close", lost);
    client.exec(command, (error, channel) => {
      if (error) reject(this.#error("sessionLost", `no command could be started over SSH: ${messageOf(error)}`, error));
      else this.#collect(channel, stdin, resolve, reject);
    });
    return promise.finally(() => client.removeListener("close", lost));
  }

  #collect(channel: ClientChannel, stdin: string, resolve: (result: SshResult) => void, reject: (error: Error) => void): void {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    let code: number | undefined;
    const take = (into: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxOutputBytes) reject(this.#error("invalidAnswer", `more than ${maxOutputBytes} bytes came back over SSH`));
      else into.push(chunk);
    };
    channel.on("data", take(stdout));
    channel.stderr.on("data", take(stderr));
    channel.on("exit", (exit: number | null, signalName?: string) => {
      code = exit ?? undefined;
      if (exit === null) reject(this.#error("sessionLost", `the command was ended by ${signalName ?? "a signal"}`));
    });
    channel.on("close", () => {
      if (code === undefined) reject(this.#error("sessionLost", "the SSH connection broke off before the command's end"));
      else resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
    channel.on("error", (error: Error) => reject(this.#error("sessionLost", `the SSH connection broke off: ${messageOf(error)}`, error)));
    channel.end(stdin);
  }

  #error(reason: MailReason, detail: string, cause?: unknown): MailError {
    return new MailError(this.#options.host, reason, detail, cause === undefined ? {} : { cause });
  }
}

function reasonOf(error: Error & { level?: string }, user: string, from = "that was given"): [MailReason, string] {
  if (error.level === "client-authentication") return ["denied", `does not let ${user} in with the private key ${from}`];
  if (error.level === "client-timeout") return ["timedOut", "the SSH connection no longer answers"];
  return [socketReason(error), `SSH connection failed: ${messageOf(error)}`];
}
