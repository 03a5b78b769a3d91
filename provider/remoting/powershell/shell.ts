// The lifetime of one local PowerShell with agent.ps1 and a session in it: starts it, asks it one thing at a time, gives the session back, ends it.
// Waiting for a turn, and what becomes of a call that failed, is the transport's. A frame that is none, or silence, is for its caller to end it over.
import { type KeyObject, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { property, textOf } from "../clixml/read.ts";
import { ClixmlError, type PsObject } from "../clixml/values.ts";
import { readOutput } from "../psrp/pipeline.ts";
import type { CmdletAnswer } from "../transport.ts";
import { answerOf, endOf } from "./answers.ts";
import { endProcessTree, endWithUs } from "./end-process.ts";
import type { FramedPowerShell } from "./framed-powershell.ts";
import { FrameError, FrameReader } from "./frames.ts";
import { ShellError } from "./problems.ts";
import { type CmdletRun, closeLine, helloLine, keyIn, openLine, PROTOCOL, type RemoteSession, runLine } from "./requests.ts";
import { startPowerShell } from "./start.ts";

export interface ShellOptions {
  /** Default: what node-powershell chooses. */
  readonly executable: string | undefined;
  /** None: cmdlets run in the local PowerShell. */
  readonly session: RemoteSession | undefined;
  /** Resolves when the session may be opened, for which PowerShell has been started by then. @throws {ShellError} when it may not */
  readonly mayOpen: () => Promise<void>;
  /** Milliseconds for PowerShell to start, and again for the session to open. */
  readonly startTimeoutMs: number;
  /** Milliseconds for a cmdlet to stop, and for the session to be given back, before the process is killed. */
  readonly graceMs: number;
}

/** What a PowerShell says of itself. */
export interface ShellDescription {
  readonly version: string;
  readonly system: string;
}

const AGENT = path.join(import.meta.dirname, "agent.ps1");
/** Characters of stderr that are kept, to say why PowerShell did not get ready. */
const SAID = 400;

export class AgentShell {
  readonly #options: ShellOptions;
  readonly #powershell: FramedPowerShell;
  readonly #folder: string;
  /** Resolves, with how, when the process has ended. */
  readonly #ended: Promise<ShellError>;
  #description: ShellDescription = { version: "", system: "" };
  #key: KeyObject | undefined;
  #hasEnded = false;
  #isAsked = false;
  #isOpen = false;
  #said = "";

  private constructor(options: ShellOptions) {
    this.#options = options;
    this.#powershell = startPowerShell(options.executable);
    this.#folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-powershell-"));
    this.#ended = this.#end();
    this.#powershell.output.resume();
    this.#powershell.errors.on("data", (chunk) => {
      this.#said = (this.#said + String(chunk)).slice(-SAID);
    });
  }

  /** Starts PowerShell and opens the session. Nothing is left running when that fails. @throws {ShellError} */
  static async open(options: ShellOptions, signal: AbortSignal): Promise<AgentShell> {
    const shell = new AgentShell(options);
    try {
      await shell.#open(signal);
      return shell;
    } catch (error) {
      await shell.kill();
      throw error;
    }
  }

  get description(): ShellDescription {
    return this.#description;
  }

  /** Whether the process has ended by itself, or was killed. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Runs one cmdlet. When `signal` aborts, the agent is told to stop it; an answer that was complete before is still given.
   * @throws {ShellError} the shell is of no use afterwards
   */
  async run(run: Omit<CmdletRun, "cancelFile">, signal: AbortSignal): Promise<CmdletAnswer> {
    const cancelFile = path.join(this.#folder, "cancel");
    const objects: PsObject[] = [];
    const giveUp = Promise.withResolvers<never>();
    let deadline: NodeJS.Timeout | undefined;
    const cancel = () => {
      writeFileSync(cancelFile, "");
      deadline = setTimeout(() => giveUp.reject(new ShellError({ kind: "hung" })), this.#options.graceMs);
    };
    const asked = this.#ask(
      (mark) => runLine(mark, { ...run, cancelFile }, this.#secretsKey()),
      (clixml) => {
        for (const object of readOutput(clixml)) objects.push(object);
      },
    );
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
    try {
      return answerOf(await Promise.race([asked, giveUp.promise]), objects);
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener("abort", cancel);
      rmSync(cancelFile, { force: true });
    }
  }

  /** Gives the session back to the server and ends the process; kills it when it does not end. Never throws. */
  async close(): Promise<void> {
    if (!this.#hasEnded && !this.#isAsked) {
      const closing = this.#ask(closeLine).then(() => this.#ended);
      await within(closing, this.#options.graceMs, () => new ShellError({ kind: "hung" })).catch(() => undefined);
    }
    await this.kill();
  }

  /** Ends the process and all that it started, now. Never throws. */
  async kill(): Promise<void> {
    const { pid } = this.#powershell.child;
    if (!this.#hasEnded && pid !== undefined) await endProcessTree(pid);
    await this.#ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { session, startTimeoutMs, graceMs, mayOpen } = this.#options;
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(new ShellError({ kind: "aborted" }));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    const inTime = (asked: Promise<PsObject>, waitedMs: number) =>
      within(Promise.race([asked, aborted.promise]), waitedMs, () => new ShellError({ kind: "silent", waitedMs, said: this.#said }));
    try {
      const hello = await inTime(
        this.#ask((mark) => helloLine(AGENT, mark)),
        startTimeoutMs,
      );
      const protocol = textOf(property(hello, "Protocol")) ?? "unknown";
      if (protocol !== String(PROTOCOL)) throw new ShellError({ kind: "otherAgent", expected: PROTOCOL, found: protocol });
      this.#description = { version: textOf(property(hello, "Version")) ?? "", system: textOf(property(hello, "System")) ?? "" };
      this.#key = understood(() => keyIn(hello));
      await Promise.race([mayOpen(), aborted.promise]);
      const opened = await inTime(
        this.#ask((mark) => openLine(mark, session, this.#secretsKey(), startTimeoutMs)),
        startTimeoutMs + graceMs,
      );
      const why = textOf(property(opened, "Problem"));
      if (why !== undefined) throw new ShellError({ kind: "notOpened", id: textOf(property(opened, "ProblemId")) ?? "", why });
      this.#isOpen = true;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #secretsKey(): KeyObject {
    if (this.#key === undefined) throw new TypeError("the shell is not open");
    return this.#key;
  }

  /** Sends one line and waits for the last frame that answers it. */
  async #ask(lineOf: (mark: string) => string, onObject: (clixml: string) => void = () => {}): Promise<PsObject> {
    const mark = randomBytes(16).toString("hex");
    const line = sendable(() => lineOf(mark));
    const reader = new FrameReader(mark);
    const end = Promise.withResolvers<PsObject>();
    const take = (chunk: unknown) => {
      try {
        for (const { kind, clixml } of reader.push(String(chunk))) {
          if (kind === "object") onObject(clixml);
          else end.resolve(endOf(clixml));
        }
      } catch (error) {
        this.#powershell.output.off("data", take);
        end.reject(misunderstood(error));
      }
    };
    this.#isAsked = true;
    this.#powershell.output.on("data", take);
    void this.#powershell.send(line);
    try {
      const answer = await Promise.race([end.promise, this.#ended]);
      if (answer instanceof ShellError) throw answer;
      this.#powershell.lineEnded();
      this.#isAsked = false;
      return answer;
    } finally {
      this.#powershell.output.off("data", take);
    }
  }

  /** Resolves when the process has ended and all that it wrote was read, for which a process that it started may have to be waited. */
  async #end(): Promise<ShellError> {
    const { child } = this.#powershell;
    const forget = endWithUs(child);
    const ended = Promise.withResolvers<ShellError>();
    const tell = () => ended.resolve(this.#endedWith(child.exitCode, child.signalCode));
    child.once("error", (error) => ended.resolve(new ShellError({ kind: "notStarted", program: child.spawnfile, why: error.message })));
    child.once("close", tell);
    child.once("exit", () => {
      this.#hasEnded = true;
      setTimeout(tell, this.#options.graceMs).unref();
    });
    const how = await ended.promise;
    this.#hasEnded = true;
    forget();
    return how;
  }

  #endedWith(code: number | null, signal: string | null): ShellError {
    const how = signal === null ? `with exit code ${code ?? "unknown"}` : `by ${signal}`;
    return new ShellError({ kind: "ended", how, said: this.#isOpen ? "" : this.#said || "nothing" });
  }
}

function sendable(lineOf: () => string): string {
  try {
    return lineOf();
  } catch (error) {
    if (!(error instanceof ClixmlError)) throw error;
    throw new ShellError({ kind: "unsendable", what: error.message }, { cause: error });
  }
}

function understood<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw misunderstood(error);
  }
}

function misunderstood(error: unknown): unknown {
  if (!(error instanceof FrameError || error instanceof ClixmlError)) return error;
  return new ShellError({ kind: "nonsense", what: error.message }, { cause: error });
}

async function within<Result>(running: Promise<Result>, timeoutMs: number, onTimeout: () => Error): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(onTimeout()), timeoutMs);
  return await Promise.race([running, late.promise]).finally(() => clearTimeout(timer));
}
