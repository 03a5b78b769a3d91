// The native transport: PSRP over WS-Management in TypeScript. Opens a session at the first call, runs one call at a time, closes it when
// nobody needs it, and words what went wrong. Never repeats a call; the engine does, by reason. Sources: facts in wsman/ and psrp/.
import { randomUUID } from "node:crypto";
import { type AuthenticationOptions, authenticatorOf, refusalOf, tlsOf } from "./auth/authentication.ts";
import { limitsOf } from "./limits.ts";
import {
  type CmdletAnswer,
  type CmdletCall,
  type CmdletParameters,
  type CmdletTransport,
  type InvokeOptions,
  RemotingError,
} from "./transport.ts";
import { Turns } from "./turns.ts";
import { addressOf } from "./wsman/address.ts";
import { type Ids, WsmanClient } from "./wsman/client.ts";
import { HttpConnection } from "./wsman/http.ts";
import { NS } from "./wsman/names.ts";
import { WsmanError, wordingOf } from "./wsman/problems.ts";
import { Session } from "./wsman/session.ts";

export interface WsmanTransportOptions extends AuthenticationOptions {
  /** Such as `https://ex01.contoso.local/PowerShell/`. */
  readonly url: string;
  /** `Microsoft.Exchange` or `Microsoft.PowerShell`. */
  readonly configurationName: string;
  /** How a person says it, for messages: `ex01 (Microsoft.Exchange)`. */
  readonly endpoint: string;
  /** Other addresses for hosts of the URL, as curl's `--connect-to`: `{ "ex01.contoso.local:80": "127.0.0.1:34567" }`. */
  readonly connectTo?: Readonly<Record<string, string>>;
  /** Seconds after which the server answers a Receive with nothing in it (`1` to `900`). Default 20. */
  readonly operationTimeoutSeconds?: number;
}

/** What a test sets otherwise: ids of a recording, shorter times. */
export interface WsmanTransportInternals {
  readonly ids?: Ids;
  /** Milliseconds after which an idle session is closed. Windows disconnects one after about two minutes. Default 60,000. */
  readonly idleMs?: number;
  /** Milliseconds before each repetition of a lost Receive. */
  readonly repeatPausesMs?: readonly number[];
}

/** Windows Server 2008 R2 and later take this much; newer ones take more, which is not used. */
const MAX_ENVELOPE_BYTES = 153_600;

/** A transport to one endpoint of one server. Nothing is sent before the first call. */
export function wsmanTransport(options: WsmanTransportOptions, internals: WsmanTransportInternals = {}): CmdletTransport {
  return new WsmanTransport(options, internals);
}

interface OpenSession {
  readonly session: Session;
  readonly connection: HttpConnection;
}

class WsmanTransport implements CmdletTransport {
  readonly #options: WsmanTransportOptions;
  readonly #internals: Required<WsmanTransportInternals>;
  readonly #url: URL;
  readonly #turns = new Turns();
  readonly #goodbyes = new Set<Promise<void>>();
  #open: OpenSession | undefined;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: WsmanTransportOptions, internals: WsmanTransportInternals) {
    this.#options = options;
    this.#internals = { ids: randomIds(), idleMs: 60_000, repeatPausesMs: [0, 250, 1_000, 2_000], ...internals };
    this.#url = new URL(options.url);
  }

  async invoke(cmdlet: string, parameters: CmdletParameters, options: InvokeOptions = {}): Promise<CmdletAnswer> {
    const call: CmdletCall = { endpoint: this.#options.endpoint, cmdlet, parameters };
    this.#refuse(call);
    const limits = limitsOf(options);
    let sent = false;
    try {
      const run = async () => {
        clearTimeout(this.#idle);
        const { session } = await this.#opened(limits.signal);
        sent = true;
        return await session.run(cmdlet, parameters, limits.signal);
      };
      return await this.#turns.take(
        () => this.#retiringOnError(run),
        limits.signal,
        () => new WsmanError({ kind: "aborted" }),
      );
    } catch (error) {
      const reason = limits.reason();
      if (reason !== undefined) throw givenUp(call, reason, options.timeoutMs ?? 0, sent);
      throw this.#worded(call, error);
    } finally {
      limits.dispose();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#turns.take(async () => this.#retire());
    await Promise.all(this.#goodbyes);
  }

  /** What is refused before anything is sent. */
  #refuse(call: CmdletCall): void {
    if (this.#closed) throw new RemotingError(call, "stopped", "the connection has been closed");
    const { host } = addressOf(this.#url, this.#options.connectTo);
    const refusal = refusalOf(this.#options, this.#url, host);
    if (refusal !== undefined) throw new RemotingError(call, "denied", refusal);
  }

  async #opened(signal: AbortSignal): Promise<OpenSession> {
    this.#open ??= await this.#openSession(signal);
    return this.#open;
  }

  async #openSession(signal: AbortSignal): Promise<OpenSession> {
    const { url, configurationName, connectTo = {}, operationTimeoutSeconds = 20 } = this.#options;
    const { ids, repeatPausesMs } = this.#internals;
    const connection = new HttpConnection({
      url: this.#url,
      connectTo,
      authenticator: authenticatorOf(this.#options),
      tls: tlsOf(this.#options),
    });
    const resourceUri = `${NS.powershell}/${configurationName}`;
    const frame = { url, resourceUri, sessionId: ids.session(), maxEnvelopeBytes: MAX_ENVELOPE_BYTES, operationTimeoutSeconds };
    try {
      const session = await Session.open(
        new WsmanClient(connection, frame, ids.message),
        { ids, maxEnvelopeBytes: MAX_ENVELOPE_BYTES, repeatPausesMs },
        signal,
      );
      return { session, connection };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** A session that failed once is not used again: what it is in is not known. */
  async #retiringOnError<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      const result = await run();
      this.#idle = setTimeout(() => void this.#turns.take(async () => this.#retire()), this.#internals.idleMs).unref();
      return result;
    } catch (error) {
      this.#retire();
      throw error;
    }
  }

  /** Says goodbye to the session, if there is one, without waiting. */
  #retire(): void {
    if (this.#open === undefined) return;
    const { session, connection } = this.#open;
    this.#open = undefined;
    const goodbye = session.close().finally(() => {
      connection.close();
      this.#goodbyes.delete(goodbye);
    });
    this.#goodbyes.add(goodbye);
  }

  #worded(call: CmdletCall, error: unknown): unknown {
    if (!(error instanceof WsmanError) || error.problem.kind === "aborted") return error;
    const { reason, detail } = wordingOf(error.problem, { server: this.#url.host, user: this.#options.user });
    return new RemotingError(call, reason, detail, { cause: error });
  }
}

function givenUp(call: CmdletCall, reason: "timedOut" | "stopped", timeoutMs: number, sent: boolean): RemotingError {
  const unsent = sent ? "" : "; it was not sent";
  const detail = reason === "timedOut" ? `no answer within ${timeoutMs / 1000} s${unsent}` : `stopped on request${unsent}`;
  return new RemotingError(call, reason, detail);
}

function randomIds(): Ids {
  const guid = () => randomUUID().toUpperCase();
  return { session: guid, shell: guid, command: guid, message: guid };
}
