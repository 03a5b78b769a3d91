// One runspace in one shell: opened, one pipeline after the other, closed. Whoever owns it queues the calls, and throws it away once it is no
// longer usable. Says of every failure what is known of the cmdlet: whether it ran. Source: [MS-PSRP] 3.1.

import type { CallDeadline } from "../call-deadline.ts";
import { ClixmlError } from "../clixml/values.ts";
import { forget, remember } from "../open-sessions.ts";
import { WsmanError, withEffect } from "../problem.ts";
import type { SessionKey } from "../psrp/key-exchange.ts";
import { MessageType } from "../psrp/messages.ts";
import { createPipeline } from "../psrp/requests.ts";
import { quotaIn } from "../quotas.ts";
import { endOf } from "../serial-queue.ts";
import type { CmdletAnswer, CmdletParameters } from "../transport.ts";
import type { WsmanClient } from "./client.ts";
import { Command } from "./command.ts";
import { Pool, type PoolOptions } from "./pool.ts";

export type SessionOptions = PoolOptions;

/** A session at a server. Exchange counts it until it is closed. */
export class Session {
  readonly #client: WsmanClient;
  readonly #options: SessionOptions;
  readonly #pool: Pool;
  readonly #closing = new AbortController();
  /** Of the call that runs. */
  #running: CallDeadline | undefined;
  #key: SessionKey | undefined;
  #isUsable = true;
  #keepsOurIds = true;
  #isGivenBack = false;
  #work: Promise<void> = Promise.resolve();

  private constructor(client: WsmanClient, options: SessionOptions) {
    this.#client = client;
    this.#options = options;
    this.#pool = new Pool(client, options);
  }

  /**
   * Makes a shell and waits until its runspace is open. When that fails, clean-up may still be on its way: close the connection only once
   * `client.settled()` has resolved.
   * @throws {WsmanError} without waiting for anything once `signal` aborts
   */
  static async open(client: WsmanClient, options: SessionOptions, signal: AbortSignal): Promise<Session> {
    if (signal.aborted) throw new WsmanError({ kind: "aborted" }, { effect: "notSent" });
    const session = new Session(client, options);
    remember(session);
    try {
      await session.#tracked(session.#pool.open(AbortSignal.any([signal, session.#closing.signal])));
      session.#keepsOurIds = !/^2\.[01]$/.test(session.#pool.protocol); // recorded: 2008 R2 chooses ids itself
      return session;
    } catch (error) {
      void session.#giveBack();
      throw withEffect(signal.aborted ? error : closedUnder(error), "notSent");
    }
  }

  /** False once it is not known what state the session is in. What we refuse to send, and a cmdlet that the server refused, leave it usable. */
  get isUsable(): boolean {
    return this.#isUsable && !this.#closing.signal.aborted;
  }

  /**
   * Runs one cmdlet. Its Command is sent once, whatever happens.
   * @throws {WsmanError} with what is known of the cmdlet's effect in `effect`; `aborted` as soon as the call is given up, while the server is told to stop
   */
  async run(cmdlet: string, parameters: CmdletParameters, deadline: CallDeadline, beforeSend?: () => Promise<void>): Promise<CmdletAnswer> {
    return this.#tracked(this.#run(cmdlet, parameters, deadline, beforeSend));
  }

  /** Stops what runs and gives the shell back. Never throws. Takes as long as the server, some seconds at most. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#running?.giveUp("closed");
    await this.#work; // which tells the server to stop, for no server answers a Delete while a pipeline runs
    await this.#giveBack();
  }

  async #giveBack(): Promise<void> {
    if (!this.#isGivenBack) this.#pool.delete();
    this.#isGivenBack = true;
    await this.#client.settled();
    forget(this);
  }

  /** Remembers what is under way until it has ended, well or not. */
  #tracked<Result>(work: Promise<Result>): Promise<Result> {
    this.#work = endOf(work);
    return work;
  }

  async #run(
    cmdlet: string,
    parameters: CmdletParameters,
    deadline: CallDeadline,
    beforeSend: (() => Promise<void>) | undefined,
  ): Promise<CmdletAnswer> {
    if (this.#closing.signal.aborted) deadline.giveUp("closed");
    this.#running = deadline;
    try {
      return await this.#runUntil(cmdlet, parameters, deadline.signal, beforeSend);
    } catch (error) {
      throw deadline.reason === "closed" ? closedUnder(error) : error;
    } finally {
      this.#running = undefined;
    }
  }

  async #runUntil(
    cmdlet: string,
    parameters: CmdletParameters,
    signal: AbortSignal,
    beforeSend: (() => Promise<void>) | undefined,
  ): Promise<CmdletAnswer> {
    const data = await this.#prepared(cmdlet, parameters, signal).catch((error: unknown) => {
      throw withEffect(error, "notRun");
    });
    const { ids, repeatPausesMs, quickPausesMs } = this.#options;
    const command = new Command(this.#pool.shell, ids.command(), { keepsOurId: this.#keepsOurIds, repeatPausesMs, quickPausesMs });
    try {
      const answer = await command.run({ type: MessageType.createPipeline, data }, signal, beforeSend);
      this.#keepsOurIds &&= command.keepsOurId;
      return unthrottled(answer);
    } catch (error) {
      this.#isUsable &&= command.hasEnded || command.isUnsent || isPassing(error);
      throw error;
    }
  }

  /** CREATE_PIPELINE, after a key exchange when it is the first with a secret in it. */
  async #prepared(cmdlet: string, parameters: CmdletParameters, signal: AbortSignal): Promise<string> {
    if (signal.aborted) throw new WsmanError({ kind: "aborted" });
    let hasSecret = false;
    const write = () => {
      const protect = (secret: Parameters<SessionKey["protect"]>[0]) => {
        hasSecret = true;
        return this.#key?.protect(secret) ?? null;
      };
      return sayable(() => createPipeline(cmdlet, parameters, protect));
    };
    const data = write();
    if (!hasSecret || this.#key !== undefined) return data;
    this.#isUsable = false;
    this.#key = await this.#pool.exchangeKey(signal);
    this.#isUsable = true;
    return write();
  }
}

/** A call that was aborted because its session was closed under it was not given up by its caller. Any other error stays as it is. */
function closedUnder(error: unknown): unknown {
  if (!(error instanceof WsmanError) || error.problem.kind !== "aborted") return error;
  const effect = error.effect ?? "notRun";
  const known = effect === "notRun" || effect === "notSent" ? "did not run" : "may have run";
  const what = `the session was closed meanwhile; the cmdlet ${known}`;
  return new WsmanError({ kind: "ended", reason: "stopped", what }, { cause: error, effect });
}

function sayable(write: () => string): string {
  try {
    return write();
  } catch (error) {
    throw error instanceof ClixmlError ? refused(error.message, error) : error;
  }
}

/** Exchange's throttling of a single cmdlet comes as its error. */
function unthrottled(answer: CmdletAnswer): CmdletAnswer {
  const record = answer.errors.find(({ message, failureCategory }) => quotaIn(message) !== undefined || /OverBudget/.test(failureCategory));
  if (record === undefined) return answer;
  const effect = answer.objects.length === 0 && answer.warnings.length === 0 ? "notRun" : "mayHaveRun";
  throw new WsmanError({ kind: "quota", text: record.message }, { effect });
}

/** The load quota refuses a request, not a session; opening another would be more requests. */
function isPassing(error: unknown): boolean {
  return error instanceof WsmanError && error.problem.kind === "fault" && quotaIn(error.problem.fault.text)?.retryAfterMs !== undefined;
}

function refused(what: string, cause?: unknown): WsmanError {
  return new WsmanError({ kind: "ended", reason: "rejected", what }, { cause, effect: "notRun" });
}
