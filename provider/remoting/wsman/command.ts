// One command of a session, from its Command to its end: sent once, asked about when its answer is lost, read until it has ended, stopped when it is
// given up. Nothing here ever sends a Command twice. Source: [MS-PSRP] 3.1; what a lost answer means is an inference, no document says it.
import { type Effect, WsmanError, withEffect } from "../problem.ts";
import { PipelineCollector } from "../psrp/collect.ts";
import { NO_GUID } from "../psrp/guid.ts";
import { MessageType, PsrpError, type PsrpMessage } from "../psrp/messages.ts";
import type { MessageStream } from "../psrp/stream.ts";
import type { CmdletAnswer } from "../transport.ts";
import { isSilent, type Received } from "./answer.ts";
import type { RequestOptions } from "./client.ts";
import { isGone, isNothingYet } from "./faults.ts";
import { Backoff, isLost, repeatWhileLost } from "./repeat.ts";
import { type OutgoingMessage, type Shell, understood } from "./shell.ts";

const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(MessageType));
/** Types from here on are about a pipeline. */
const FIRST_PIPELINE_TYPE = 0x00041000;

export interface CommandOptions {
  /** Whether the server runs commands under the ids that we choose, so that this one can be asked about. */
  readonly keepsOurId: boolean;
  /** Milliseconds before each repetition of a lost Receive. */
  readonly repeatPausesMs: readonly number[];
  readonly quickPausesMs?: readonly number[] | undefined;
}

export class Command {
  readonly #shell: Shell;
  readonly #options: CommandOptions;
  readonly #pipelineId: string;
  readonly #collector: PipelineCollector;
  readonly #stream: MessageStream;
  readonly #backoff: Backoff;
  #commandId: string;
  #effect: Effect = "notRun";
  #isFreed = false;
  /** Whether a piece of it may have left. */
  #isBegun = false;
  /** Whether whoever was asked before a piece was to leave has forbidden it. */
  #isHeldBack = false;

  constructor(shell: Shell, id: string, options: CommandOptions) {
    this.#shell = shell;
    this.#options = options;
    this.#pipelineId = id;
    this.#commandId = id;
    this.#collector = new PipelineCollector(id);
    this.#stream = shell.stream();
    this.#backoff = new Backoff(options.quickPausesMs);
  }

  /** Whether the server took our id for its own. */
  get keepsOurId(): boolean {
    return this.#commandId.toUpperCase() === this.#pipelineId.toUpperCase();
  }

  /** Whether the server has said how it ended: the session is then as before it. */
  get hasEnded(): boolean {
    return this.#collector.end?.kind === "answered";
  }

  /** Whether it was held back before any of it was sent: the session is then as before it. */
  get isUnsent(): boolean {
    return this.#isHeldBack && !this.#isBegun;
  }

  /**
   * Runs the pipeline of a CREATE_PIPELINE; `beforeSend` is awaited before each piece of it leaves, and what it throws comes out as it is.
   * @throws {WsmanError} with what is known of its effect; by then the server is being told to stop
   */
  async run(message: OutgoingMessage, signal: AbortSignal, beforeSend?: () => Promise<void>): Promise<CmdletAnswer> {
    const options = { signal, beforeSend: () => this.#ask(beforeSend) };
    const [first, ...rest] = this.#shell.fragmentsOf(this.#pipelineId, message);
    try {
      await this.#start(first, rest.length === 0, options);
      for (const [index, fragment] of rest.entries()) await this.#send(fragment, index === rest.length - 1, options);
      this.#effect = "mayHaveFinished";
      while (this.#collector.end === undefined) await this.#collect(signal);
    } catch (error) {
      if (!this.#isFreed && !this.isUnsent && !isRefusal(error)) this.#shell.stop(this.#commandId);
      throw withEffect(error, this.#effect);
    }
    if (this.#collector.end.kind === "cutShort") throw lost(this.#collector.end.what, "mayHaveRun");
    this.#free();
    return this.#collector.end.answer;
  }

  async #ask(beforeSend: (() => Promise<void>) | undefined): Promise<void> {
    try {
      await beforeSend?.();
      this.#isBegun = true;
    } catch (error) {
      this.#isHeldBack = true;
      throw error;
    }
  }

  /** Sends the Command. Where its answer is lost, one Receive tells whether it arrived, for the id is ours: output or silence means that it did. */
  async #start(fragment: Uint8Array, isWhole: boolean, options: RequestOptions & { readonly signal: AbortSignal }): Promise<void> {
    const { signal } = options;
    if (signal.aborted) throw new WsmanError({ kind: "aborted" });
    if (isWhole) this.#effect = "mayHaveRun";
    try {
      this.#commandId = await this.#shell.command(this.#pipelineId, fragment, options);
    } catch (error) {
      if (signal.aborted || this.#isHeldBack) throw error;
      if (!mayHaveArrived(error)) throw withEffect(error, "notRun");
      if (!this.#options.keepsOurId) throw lost(`${lossOf(error)} while the cmdlet was sent; it may have run`, "mayHaveRun", error);
      await this.#askAfterLoss(error, signal);
    }
  }

  async #askAfterLoss(error: unknown, signal: AbortSignal): Promise<void> {
    await this.#receive(signal).catch((asked: unknown) => {
      if (signal.aborted) throw asked;
      const gone = asked instanceof WsmanError && asked.problem.kind === "fault" && isGone(asked.problem.fault);
      if (gone) throw lost(`${lossOf(error)} before the cmdlet started; it did not run`, "notRun", error);
      const what = `${lossOf(error)} while the cmdlet was sent and the server could not be asked about it; it may have run`;
      throw lost(what, "mayHaveRun", error);
    });
  }

  /** The cmdlet starts with its last fragment. */
  async #send(fragment: Uint8Array, isLast: boolean, options: RequestOptions): Promise<void> {
    if (isLast) this.#effect = "mayHaveRun";
    try {
      await this.#shell.send(this.#commandId, fragment, options);
    } catch (error) {
      if (options.signal?.aborted || this.#isHeldBack) throw error;
      if (!mayHaveArrived(error)) throw withEffect(error, "notRun");
      const what = `${lossOf(error)} while the cmdlet was sent`;
      throw isLast ? lost(`${what}; it may have run`, "mayHaveRun", error) : lost(`${what}; it did not run`, "notRun", error);
    }
  }

  async #collect(signal: AbortSignal): Promise<void> {
    const onLost = () => this.#stream.answerWasLost();
    const receive = () => repeatWhileLost(() => this.#receive(signal), this.#options.repeatPausesMs, signal, onLost);
    try {
      await this.#backoff.ask(receive, isSilent, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof WsmanError)) throw error;
      const { problem } = error;
      if (isLost(error)) throw lost("the connection broke again and again while the cmdlet ran; it may have finished", this.#effect, error);
      if (problem.kind === "status" && problem.status >= 500 && problem.page?.quotaText === undefined)
        throw lost(`the server answered HTTP ${problem.status} while the cmdlet ran; it may have finished`, this.#effect, error);
      if (problem.kind === "fault" && isGone(problem.fault))
        throw lost("the server lost the session while the cmdlet ran; it may have finished", this.#effect, error);
      throw error;
    }
  }

  /** The server frees a command that is done while we read what it brought. */
  async #receive(signal: AbortSignal): Promise<Received> {
    const answer = await this.#shell.receive(this.#commandId, signal);
    if (answer.done) this.#free();
    understood(() => {
      const messages = answer.chunks.flatMap((chunk) => this.#stream.push(chunk));
      for (const message of messages) this.#collector.take(this.#ours(message));
    });
    const { end } = this.#collector;
    if (end !== undefined && !this.#stream.isIdle) throw nonsense("the command ended in the middle of a message");
    if (answer.done && end === undefined) throw nonsense("the command ended without a pipeline state");
    return answer;
  }

  #free(): void {
    if (!this.#isFreed) this.#shell.terminate(this.#commandId);
    this.#isFreed = true;
  }

  /** The pool may say something meanwhile. Output that passes for something else would be missed by nobody. */
  #ours(message: PsrpMessage): PsrpMessage {
    if (!KNOWN_TYPES.has(message.type)) throw new PsrpError(`a message of the unknown type ${message.type}`);
    if (message.pipelineId === this.#pipelineId.toUpperCase()) return message;
    if (message.pipelineId === NO_GUID && message.type < FIRST_PIPELINE_TYPE) return message;
    throw new PsrpError(`a message of another pipeline, ${message.pipelineId}`);
  }
}

function nonsense(what: string): WsmanError {
  return new WsmanError({ kind: "nonsense", what });
}

/** Whether a request may have reached the server although its answer says nothing of that. Gateways answer 500, 502 and 504 for one that may have. */
function mayHaveArrived(error: unknown): boolean {
  if (!(error instanceof WsmanError)) return true;
  const { problem } = error;
  if (problem.kind === "status") return problem.page?.quotaText === undefined && [200, 500, 502, 504].includes(problem.status);
  return problem.kind === "broken" || problem.kind === "nonsense" || (problem.kind === "fault" && isNothingYet(problem.fault));
}

/** What became of a request that may have arrived, as the beginning of a sentence. */
function lossOf(error: unknown): string {
  const isNonsense = error instanceof WsmanError && error.problem.kind === "nonsense";
  return isNonsense ? "the server's answer made no sense" : "the connection broke";
}

/** Whether an error says that no such command runs, so that there is none to stop. */
function isRefusal(error: unknown): boolean {
  return error instanceof WsmanError && (error.effect === "notRun" || (error.problem.kind === "fault" && isGone(error.problem.fault)));
}

function lost(what: string, effect: Effect, cause?: unknown): WsmanError {
  return new WsmanError({ kind: "ended", reason: "sessionLost", what }, { cause, effect });
}
