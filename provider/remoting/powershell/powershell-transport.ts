// The transport through a local PowerShell: what Windows management stations use, where PowerShell's own client knows how to reach Exchange.
// Starts PowerShell at the first call, runs one call at a time in the order of asking, and discards the process after any call without an answer;
// the next call starts another. Never repeats a call; the engine does, by reason. How PowerShell is spoken to: shell.ts and agent.ps1.
import { CallDeadline } from "../call-deadline.ts";
import type { PasswordTrial } from "../password-trial.ts";
import { SerialQueue } from "../serial-queue.ts";
import {
  type CmdletAnswer,
  type CmdletCall,
  type CmdletParameters,
  type CmdletTransport,
  type InvokeOptions,
  RemotingError,
} from "../transport.ts";
import { mayHaveRun, ShellError, wordingOf } from "./problems.ts";
import type { RemoteSession } from "./requests.ts";
import { AgentShell, type ShellDescription } from "./shell.ts";

export interface PowerShellTransportOptions {
  /** How a person says it, for messages: `ex01 (Microsoft.Exchange)`. */
  readonly endpoint: string;
  /** Where cmdlets run. Absent: in the local PowerShell itself. */
  readonly session?: RemoteSession;
  /** Of the session's password, shared with all others that send it. */
  readonly trial?: PasswordTrial;
  /** The program. Default: `powershell` on Windows, `pwsh` elsewhere; NODE_POWERSHELL in the environment goes before both. */
  readonly executable?: string;
}

/** What a test sets otherwise: shorter times. */
export interface PowerShellTransportInternals {
  /** Milliseconds for PowerShell to start, and again for the session to open. Default 60,000. */
  readonly startTimeoutMs?: number;
  /** Milliseconds for a cmdlet to stop when told to, and for the session to be given back. Default 5,000. */
  readonly graceMs?: number;
}

/** A transport that can also say which PowerShell it speaks to. */
export interface PowerShellTransport extends CmdletTransport {
  /** Absent before the first call, and while no PowerShell runs. */
  readonly description: ShellDescription | undefined;
}

/** A transport to one endpoint with one credential, each with a PowerShell of its own. Nothing is started before the first call. */
export function powerShellTransport(
  options: PowerShellTransportOptions,
  internals: PowerShellTransportInternals = {},
): PowerShellTransport {
  return new LocalShellTransport(options, internals);
}

class LocalShellTransport implements PowerShellTransport {
  readonly #options: PowerShellTransportOptions;
  readonly #internals: Required<PowerShellTransportInternals>;
  readonly #queue = new SerialQueue();
  readonly #closings = new Set<Promise<void>>();
  #shell: AgentShell | undefined;
  #closed = false;

  constructor(options: PowerShellTransportOptions, internals: PowerShellTransportInternals) {
    this.#options = options;
    this.#internals = { startTimeoutMs: 60_000, graceMs: 5_000, ...internals };
  }

  get description(): ShellDescription | undefined {
    return this.#shell?.hasEnded ? undefined : this.#shell?.description;
  }

  async invoke(cmdlet: string, parameters: CmdletParameters, options: InvokeOptions = {}): Promise<CmdletAnswer> {
    const call: CmdletCall = { endpoint: this.#options.endpoint, cmdlet, parameters };
    if (this.#closed) throw new RemotingError(call, "stopped", "the connection has been closed");
    const deadline = new CallDeadline(options);
    const { timeoutMs = 0 } = options;
    let sent = false;
    try {
      return await this.#queue.run(
        () =>
          this.#retiringOnError(async () => {
            const shell = await this.#opened(deadline.signal);
            await options.beforeSend?.();
            sent = true;
            const agentTimeoutMs = timeoutMs === 0 ? 0 : timeoutMs + this.#internals.graceMs;
            return await shell.run({ cmdlet, parameters, timeoutMs: agentTimeoutMs }, deadline.signal);
          }),
        deadline.signal,
        () => new ShellError({ kind: "aborted" }),
      );
    } catch (error) {
      if (!(error instanceof ShellError)) throw error;
      const { reason: given } = deadline;
      if (given !== undefined && given !== "closed") throw givenUp(call, given, timeoutMs, sent, error);
      const { reason, detail, ...wait } = wordingOf(error.problem);
      const from = error.problem.kind === "notOpened" && reason === "denied" ? this.#options.session?.credential?.password.from : undefined;
      const proof = from === undefined ? "" : ` (the password is ${from}: mend it before the next run)`;
      throw new RemotingError(call, reason, `${detail}${proof}`, { cause: error, mayHaveRun: mayHaveRun(error.problem), ...wait });
    } finally {
      deadline.dispose();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.run(async () => this.#retire());
    await Promise.all(this.#closings);
  }

  /** A PowerShell that ended while nobody asked it anything is replaced: nothing was sent to it, so nothing is repeated. */
  async #opened(signal: AbortSignal): Promise<AgentShell> {
    if (this.#shell?.hasEnded) this.#retire();
    this.#shell ??= await this.#open(signal);
    return this.#shell;
  }

  async #open(signal: AbortSignal): Promise<AgentShell> {
    const { session, trial, executable, endpoint } = this.#options;
    const mayOpen = async () => refuse(await trial?.admit(this));
    refuse(trial?.refusal); // before a PowerShell is started for nothing
    try {
      const shell = await AgentShell.open({ session, executable, mayOpen, ...this.#internals }, signal);
      trial?.accepted();
      return shell;
    } catch (error) {
      const isDenied = error instanceof ShellError && wordingOf(error.problem).reason === "denied";
      if (isDenied) trial?.refused(`${endpoint} did not let ${session?.credential?.user} in`);
      else trial?.leave(this);
      throw error;
    }
  }

  /** A PowerShell that failed once is not used again: what it is in is not known. A parameter that was not sent leaves it as it was. */
  async #retiringOnError<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ShellError) || error.problem.kind !== "unsendable") this.#retire();
      throw error;
    }
  }

  /** Ends the PowerShell, if there is one, without waiting: politely when it listens, so that the server gets its session back. */
  #retire(): void {
    if (this.#shell === undefined) return;
    const closing = this.#shell.close().finally(() => this.#closings.delete(closing));
    this.#shell = undefined;
    this.#closings.add(closing);
  }
}

/** @throws {ShellError} for a refusal */
function refuse(refusal: string | undefined): void {
  if (refusal !== undefined) throw new ShellError({ kind: "notAsked", why: refusal });
}

function givenUp(call: CmdletCall, reason: "timedOut" | "stopped", timeoutMs: number, sent: boolean, cause: ShellError): RemotingError {
  const said = reason === "timedOut" ? `no answer within ${timeoutMs / 1000} s` : "stopped on request";
  const more = sent ? (cause.problem.kind === "hung" ? `; ${wordingOf(cause.problem).detail}` : "") : "; it was not sent";
  return new RemotingError(call, reason, said + more, { cause, mayHaveRun: sent });
}
