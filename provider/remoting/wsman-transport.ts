// The native transport: PSRP over WS-Management in TypeScript. Runs each call in a session of its pool and words what went wrong.
// Never repeats a call; the engine does, by reason. How many sessions there are and for how long: sessions.ts. Sources: facts in wsman/ and psrp/.
import { randomUUID } from "node:crypto";
import type { Authentication } from "./auth/authentication.ts";
import { CallDeadline } from "./call-deadline.ts";
import type { PooledSession, SessionSource } from "./endpoint-sessions.ts";
import { addressOfUrl } from "./http/address.ts";
import { HttpConnection } from "./http/connection.ts";
import { Cookies } from "./http/cookies.ts";
import { WsmanError } from "./problem.ts";
import { SessionPool } from "./sessions.ts";
import {
  type CmdletAnswer,
  type CmdletCall,
  type CmdletParameters,
  type CmdletTransport,
  type InvokeOptions,
  RemotingError,
} from "./transport.ts";
import { type Ids, WsmanClient } from "./wsman/client.ts";
import { NS } from "./wsman/names.ts";
import { remotingErrorOf } from "./wsman/problems.ts";
import { Session } from "./wsman/session.ts";

export interface WsmanTransportOptions {
  /** Shared by all servers of a site. */
  readonly authentication: Authentication;
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
  /** The sessions that this user has with this server, shared by its endpoints. Absent: a pool of this endpoint alone. */
  readonly sessions?: SessionPool;
}

/** What a test sets otherwise: ids of a recording, shorter times. */
export interface WsmanTransportInternals {
  readonly ids?: Ids;
  /** Milliseconds after which an idle session is given back, where no pool is given. */
  readonly idleMs?: number;
  /** Milliseconds before each repetition of a lost Receive. */
  readonly repeatPausesMs?: readonly number[];
}

/** What every server takes. The session goes to more once it knows that the server does. */
const MAX_ENVELOPE_BYTES = 153_600;

/** A transport to one endpoint of one server. Nothing is sent before the first call. */
export function wsmanTransport(options: WsmanTransportOptions, internals: WsmanTransportInternals = {}): CmdletTransport {
  return new WsmanTransport(options, internals);
}

interface SessionConnections {
  readonly main: HttpConnection;
  readonly aside: HttpConnection;
}

/** A session and the connections that it alone uses. */
class OpenSession implements PooledSession {
  readonly session: Session;
  readonly #connections: SessionConnections;

  constructor(session: Session, connections: SessionConnections) {
    this.session = session;
    this.#connections = connections;
  }

  get isUsable(): boolean {
    return this.session.isUsable;
  }

  async close(): Promise<void> {
    await this.session.close();
    closeBoth(this.#connections);
  }
}

class WsmanTransport implements CmdletTransport {
  readonly #options: WsmanTransportOptions;
  readonly #ids: Ids;
  readonly #repeatPausesMs: readonly number[];
  readonly #url: URL;
  /** Name or address that is really connected to. */
  readonly #host: string;
  readonly #authentication: Authentication;
  readonly #sessions: SessionSource<OpenSession>;
  /** Those under way. */
  readonly #calls = new Set<CallDeadline>();
  #isClosed = false;

  constructor(options: WsmanTransportOptions, { ids, repeatPausesMs, idleMs }: WsmanTransportInternals) {
    this.#options = options;
    this.#ids = ids ?? randomIds();
    this.#repeatPausesMs = repeatPausesMs ?? [0, 250, 1_000, 2_000];
    this.#url = new URL(options.url);
    this.#host = addressOfUrl(this.#url, options.connectTo).host;
    this.#authentication = options.authentication;
    const pool = options.sessions ?? new SessionPool(idleMs === undefined ? {} : { idleMs });
    this.#sessions = pool.endpoint((signal) => this.#openSession(signal));
  }

  async invoke(cmdlet: string, parameters: CmdletParameters, options: InvokeOptions = {}): Promise<CmdletAnswer> {
    const call: CmdletCall = { endpoint: this.#options.endpoint, cmdlet, parameters };
    this.#refuse(call);
    const deadline = new CallDeadline(options);
    this.#calls.add(deadline);
    let sent = false;
    try {
      const beforeSend = async () => {
        await options.beforeSend?.();
        sent = true;
      };
      return await this.#sessions.use(({ session }) => session.run(cmdlet, parameters, deadline, beforeSend), deadline.signal);
    } catch (error) {
      const { reason } = deadline;
      if (reason !== undefined && reason !== "closed") throw givenUp(call, reason, options.timeoutMs ?? 0, sent);
      throw this.#worded(call, error);
    } finally {
      deadline.dispose();
      this.#calls.delete(deadline);
    }
  }

  /** Stops what is under way: a session is not given back while a cmdlet runs in it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const deadline of this.#calls) deadline.giveUp("stopped");
    await this.#sessions.close();
  }

  /** What is refused before anything is sent. */
  #refuse(call: CmdletCall): void {
    if (this.#isClosed) throw new RemotingError(call, "stopped", "the connection has been closed", { mayHaveRun: false });
    const refusal = this.#authentication.refusal(this.#url, this.#host);
    if (refusal !== undefined) throw new RemotingError(call, "denied", refusal, { mayHaveRun: false });
  }

  async #openSession(signal: AbortSignal): Promise<OpenSession> {
    const { url, configurationName, operationTimeoutSeconds = 20 } = this.#options;
    const cookies = new Cookies(); // so that both connections reach the same server behind a front end
    const connections = { main: this.#connection(cookies), aside: this.#connection(cookies) };
    const resourceUri = `${NS.powershell}/${configurationName}`;
    const frame = { url, resourceUri, sessionId: this.#ids.session(), maxEnvelopeBytes: MAX_ENVELOPE_BYTES, operationTimeoutSeconds };
    const client = new WsmanClient(connections, frame, this.#ids.message);
    try {
      const session = await Session.open(
        client,
        { ids: this.#ids, maxEnvelopeBytes: MAX_ENVELOPE_BYTES, repeatPausesMs: this.#repeatPausesMs },
        signal,
      );
      return new OpenSession(session, connections);
    } catch (error) {
      void client.settled().finally(() => closeBoth(connections)); // a shell that was made in vain is given back over them
      throw error;
    }
  }

  #connection(cookies: Cookies): HttpConnection {
    return new HttpConnection({
      url: this.#url,
      connectTo: this.#options.connectTo ?? {},
      authenticator: this.#authentication.authenticator(this.#url, this.#host),
      tls: this.#authentication.tls,
      cookies,
    });
  }

  #worded(call: CmdletCall, error: unknown): unknown {
    if (!(error instanceof WsmanError) || error.problem.kind === "aborted") return error;
    return remotingErrorOf(call, error, {
      server: this.#url.host,
      url: this.#options.url,
      user: this.#authentication.user,
      passwordFrom: this.#authentication.passwordFrom,
      configurationName: this.#options.configurationName,
    });
  }
}

function closeBoth({ main, aside }: SessionConnections): void {
  main.close();
  aside.close();
}

function givenUp(call: CmdletCall, reason: "timedOut" | "stopped", timeoutMs: number, sent: boolean): RemotingError {
  const unsent = sent ? "" : "; it was not sent";
  const detail = reason === "timedOut" ? `no answer within ${timeoutMs / 1000} s${unsent}` : `stopped on request${unsent}`;
  return new RemotingError(call, reason, detail, { mayHaveRun: sent });
}

/** No two alike: a random start of its own for each transport, and a number. */
function randomIds(): Ids {
  const start = randomUUID().slice(0, 24).toUpperCase();
  let count = 0;
  const guid = () => start + (++count).toString(16).toUpperCase().padStart(12, "0");
  return { session: guid, shell: guid, command: guid, message: guid };
}
