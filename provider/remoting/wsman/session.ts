// One runspace in one shell: opened, one cmdlet after the other, closed. Whoever owns it queues the calls and throws it away after any error.
// Here are the rules of what may be repeated: a lost Create and a lost Receive, never a Command. Source: [MS-PSRP] 3.1.
import { decodeClixml } from "../clixml/decode.ts";
import { property, textOf } from "../clixml/read.ts";
import { ClixmlError, isPsObject } from "../clixml/values.ts";
import { PipelineCollector } from "../psrp/collect.ts";
import { MessageType, type PsrpMessage } from "../psrp/messages.ts";
import { createPipeline, initRunspacePool, RunspaceStates, readRunspacePoolState, sessionCapability } from "../psrp/pipeline.ts";
import type { CmdletAnswer, CmdletParameters } from "../transport.ts";
import type { Ids, WsmanClient } from "./client.ts";
import { isGone, saysThrottling } from "./faults.ts";
import { WsmanError } from "./problems.ts";
import { isLost, repeatWhileLost } from "./repeat.ts";
import { Shell, understood } from "./shell.ts";

export interface SessionOptions {
  readonly ids: Ids;
  /** Largest request in bytes. */
  readonly maxEnvelopeBytes: number;
  /** Milliseconds before each repetition of a lost Receive. */
  readonly repeatPausesMs: readonly number[];
}

const OPENING = [
  { type: MessageType.sessionCapability, data: sessionCapability() },
  { type: MessageType.initRunspacePool, data: initRunspacePool() },
];

/** A session that is open. */
export class Session {
  readonly #shell: Shell;
  readonly #options: SessionOptions;
  #protocol = "2.3";
  /** Whether the server runs commands under the ids that we choose, so that one of them can be asked about. */
  #keepsOurIds = true;

  private constructor(shell: Shell, options: SessionOptions) {
    this.#shell = shell;
    this.#options = options;
  }

  /** Makes a shell and waits until its runspace is open. @throws {WsmanError} */
  static async open(client: WsmanClient, options: SessionOptions, signal: AbortSignal): Promise<Session> {
    const session = new Session(await createShell(client, options, signal), options);
    try {
      await session.#awaitOpened(signal);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /**
   * Runs one cmdlet. Its Command is sent once, whatever happens.
   * @throws {WsmanError} when `signal` aborted, `aborted`, after the server was told to stop the cmdlet
   */
  async run(cmdlet: string, parameters: CmdletParameters, signal: AbortSignal): Promise<CmdletAnswer> {
    const pipelineId = this.#options.ids.command();
    const collector = new PipelineCollector(pipelineId);
    const [first, ...rest] = this.#shell.fragmentsOf(pipelineId, {
      type: MessageType.createPipeline,
      data: this.#pipelineText(cmdlet, parameters),
    });
    let commandId = pipelineId;
    try {
      commandId = await this.#command(pipelineId, first, collector, signal);
      for (const fragment of rest) await this.#send(commandId, fragment, signal);
      while (collector.end === undefined) await this.#collect(commandId, collector, signal);
    } catch (error) {
      if (signal.aborted) await this.#shell.stop(commandId);
      throw error;
    }
    if (collector.end.kind === "cutShort") throw lost(collector.end.what);
    void this.#shell.terminate(commandId); // not waited for: that would add a round trip to every call
    return collector.end.answer;
  }

  /** Gives the shell back; never throws. */
  async close(): Promise<void> {
    await this.#shell.delete();
  }

  async #awaitOpened(signal: AbortSignal): Promise<void> {
    for (let opened = false; !opened; ) {
      const { messages } = await repeatWhileLost(() => this.#shell.receive(undefined, signal), this.#options.repeatPausesMs, signal);
      opened = understood(() => messages.map((message) => this.#opens(message))).includes(true);
    }
  }

  /** Whether a message says that the pool is open. */
  #opens(message: PsrpMessage): boolean {
    if (message.type === MessageType.sessionCapability) {
      const [capability] = decodeClixml(message.data);
      this.#protocol = (isPsObject(capability) ? textOf(property(capability, "protocolversion")) : undefined) ?? this.#protocol;
      this.#keepsOurIds = this.#protocol !== "2.1" && this.#protocol !== "2.0"; // recorded: 2008 R2 chooses ids itself
    }
    if (message.type !== MessageType.runspacePoolState) return false;
    const { state, error } = readRunspacePoolState(message.data);
    if (state !== RunspaceStates.broken && state !== RunspaceStates.closed) return state === RunspaceStates.opened;
    const why = error?.message ?? `runspace state ${state}`;
    throw new WsmanError({
      kind: "ended",
      reason: saysThrottling(why) ? "throttled" : "rejected",
      what: `the server did not open a session: ${why}`,
    });
  }

  #pipelineText(cmdlet: string, parameters: CmdletParameters): string {
    try {
      return createPipeline(cmdlet, parameters, this.#protocol);
    } catch (error) {
      if (!(error instanceof ClixmlError)) throw error;
      throw new WsmanError({ kind: "ended", reason: "rejected", what: `a parameter cannot be sent: ${error.message}` }, { cause: error });
    }
  }

  /**
   * Sends the Command and says under which id it runs. Where the answer is lost, one Receive tells whether it arrived, for the id is ours:
   * output or silence means that it runs, an unknown id that it never started (an inference; no document says so).
   */
  async #command(pipelineId: string, fragment: Uint8Array, collector: PipelineCollector, signal: AbortSignal): Promise<string> {
    try {
      const commandId = await this.#shell.command(pipelineId, fragment, signal);
      this.#keepsOurIds &&= commandId.toUpperCase() === pipelineId.toUpperCase();
      return commandId;
    } catch (error) {
      if (!mayHaveArrived(error)) throw error;
      if (!this.#keepsOurIds) throw lost("the connection broke while the cmdlet was sent; it may have run", error);
      await this.#receive(pipelineId, collector, signal).catch((asked: unknown) => {
        if (signal.aborted) throw asked;
        const gone = asked instanceof WsmanError && asked.problem.kind === "fault" && isGone(asked.problem.fault);
        throw lost(
          gone
            ? "the connection broke before the cmdlet started; it did not run"
            : "the connection broke while the cmdlet was sent and the server could not be asked about it; it may have run",
          error,
        );
      });
      return pipelineId;
    }
  }

  /** The cmdlet starts with its last fragment. */
  async #send(commandId: string, fragment: Uint8Array, signal: AbortSignal): Promise<void> {
    try {
      await this.#shell.send(commandId, fragment, signal);
    } catch (error) {
      throw mayHaveArrived(error) ? lost("the connection broke while the cmdlet was sent; it may have run", error) : error;
    }
  }

  async #collect(commandId: string, collector: PipelineCollector, signal: AbortSignal): Promise<void> {
    try {
      await repeatWhileLost(() => this.#receive(commandId, collector, signal), this.#options.repeatPausesMs, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof WsmanError)) throw error;
      const { problem } = error;
      if (isLost(error)) throw lost("the connection broke again and again while the cmdlet ran; it may have finished", error);
      if (problem.kind === "status" && problem.status >= 500)
        throw lost(`the server answered HTTP ${problem.status} while the cmdlet ran; it may have finished`, error);
      if (problem.kind === "fault" && isGone(problem.fault))
        throw lost("the server lost the session while the cmdlet ran; it may have finished", error);
      throw error;
    }
  }

  async #receive(commandId: string, collector: PipelineCollector, signal: AbortSignal): Promise<void> {
    const { messages, done } = await this.#shell.receive(commandId, signal);
    understood(() => {
      for (const message of messages) collector.take(message);
    });
    if (done && collector.end === undefined) throw new WsmanError({ kind: "nonsense", what: "the command ended without a pipeline state" });
  }
}

/** A Create whose answer is lost is repeated once, under a new id: the first may have made a shell, which then closes by itself. */
async function createShell(client: WsmanClient, { ids, maxEnvelopeBytes }: SessionOptions, signal: AbortSignal): Promise<Shell> {
  const attempt = async () => {
    const shell = new Shell(client, ids.shell(), maxEnvelopeBytes);
    await shell.create(OPENING, signal);
    return shell;
  };
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof WsmanError) || error.problem.kind !== "broken") throw error;
    return await attempt();
  }
}

/** Whether a request may have reached the server although it was not answered. A gateway that answers 500, 502 or 504 may have passed it on. */
function mayHaveArrived(error: unknown): boolean {
  if (!(error instanceof WsmanError)) return false;
  const { problem } = error;
  return problem.kind === "broken" || (problem.kind === "status" && [500, 502, 504].includes(problem.status));
}

function lost(what: string, cause?: unknown): WsmanError {
  return new WsmanError({ kind: "ended", reason: "sessionLost", what }, cause === undefined ? undefined : { cause });
}
