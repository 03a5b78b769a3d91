// What can go wrong between a call and its answer when a local PowerShell stands between, as one error with a union inside, and the only place
// that puts it into words. Ids of New-PSSession: PowerShell's own table of WinRM error codes.
import { quotaIn } from "../quotas.ts";
import type { RemotingReason } from "../transport.ts";

export type ShellProblem =
  /** There is no such program, or it may not be run. */
  | { readonly kind: "notStarted"; readonly program: string; readonly why: string }
  /** It runs and does not say hello; `said` is the end of what it wrote to stderr. */
  | { readonly kind: "silent"; readonly waitedMs: number; readonly said: string }
  | { readonly kind: "otherAgent"; readonly expected: number; readonly found: string }
  /** New-PSSession failed, with its id and words. */
  | { readonly kind: "notOpened"; readonly id: string; readonly why: string }
  /** Another session with the same password was refused: why this one was not opened, in a sentence. */
  | { readonly kind: "notAsked"; readonly why: string }
  /** The process ended by itself. `said`, before a session was open: the end of what it wrote to stderr. */
  | { readonly kind: "ended"; readonly how: string; readonly said: string }
  /** The session is there no more; the cmdlet may have run. */
  | { readonly kind: "lost"; readonly what: string }
  /** The cmdlet was to stop and did not. */
  | { readonly kind: "hung" }
  /** An answer that makes no sense here. */
  | { readonly kind: "nonsense"; readonly what: string }
  /** A name or a parameter that cannot be sent, in a sentence; nothing was sent. */
  | { readonly kind: "unsendable"; readonly what: string }
  /** The caller gave up before anything was sent. */
  | { readonly kind: "aborted" };

export class ShellError extends Error {
  override readonly name = "ShellError";
  readonly problem: ShellProblem;
  constructor(problem: ShellProblem, options?: ErrorOptions) {
    super(problem.kind, options);
    this.problem = problem;
  }
}

export interface Wording {
  readonly reason: RemotingReason;
  readonly detail: string;
  /** Milliseconds that the server asked to be left alone. */
  readonly retryAfterMs?: number;
}

/** Whether the cmdlet may have run although there is no answer. */
export function mayHaveRun(problem: ShellProblem): boolean {
  if (problem.kind === "ended") return problem.said === "";
  return ["lost", "hung", "nonsense"].includes(problem.kind);
}

/** The reason and the words for a person, without the call and its endpoint. Never a password, never a payload. */
export function wordingOf(problem: ShellProblem): Wording {
  switch (problem.kind) {
    case "notStarted":
      return {
        reason: "rejected",
        detail: `the local PowerShell could not be started: ${problem.program}: ${problem.why}; install PowerShell, or name its program in NODE_POWERSHELL`,
      };
    case "silent":
      return {
        reason: "unreachable",
        detail: `the local PowerShell was not ready within ${problem.waitedMs / 1000} s${quoted(problem.said)}`,
      };
    case "otherAgent":
      return {
        reason: "rejected",
        detail: `agent.ps1 answers with protocol ${problem.found}, expected ${problem.expected}; install this package again, so that its files belong together`,
      };
    case "notOpened":
      return openingWording(problem.id, oneLine(problem.why));
    case "notAsked":
      return { reason: "denied", detail: problem.why };
    case "ended":
      return problem.said === ""
        ? { reason: "sessionLost", detail: `the local PowerShell ended ${problem.how} while the cmdlet ran; it may have finished` }
        : { reason: "unreachable", detail: `the local PowerShell ended ${problem.how} before it was ready${quoted(problem.said)}` };
    case "lost":
      return { reason: "sessionLost", detail: problem.what };
    case "hung":
      return { reason: "sessionLost", detail: "the local PowerShell did not stop the cmdlet and was ended; the cmdlet may still run" };
    case "nonsense":
      return { reason: "invalidAnswer", detail: `the local PowerShell answered something else than expected: ${problem.what}` };
    case "unsendable":
      return { reason: "rejected", detail: problem.what };
    case "aborted":
      return { reason: "stopped", detail: "stopped on request; it was not sent" };
  }
}

const DENIED = new Set([
  "AccessDenied",
  "AuthenticationFailed",
  "LogonFailure",
  "InvalidAuthentication",
  "RemoteConnectionDisallowed",
  "RemoteSessionDisallowed",
]);
const UNREACHABLE = new Set([
  "NetworkPathNotFound",
  "ComputerNotFound",
  "TargetUnknown",
  "CannotConnect",
  "CannotConnectWinRMService",
  "WinRMOperationTimeout",
  "WinRMOperationAborted",
  "WinRMHttpError",
  "ShutDownInProgress",
  "URLNotAvailable",
]);

/** By the first part of New-PSSession's id (`AccessDenied,PSSessionOpenFailed`); quotas are told by their words only. */
function openingWording(id: string, why: string): Wording {
  const detail = `PowerShell could not open a session: ${why}`;
  const quota = quotaIn(why);
  if (quota !== undefined) {
    const { advice, retryAfterMs } = quota;
    return { reason: "throttled", detail: `${detail}; ${advice}`, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  const [first = ""] = id.split(",");
  return { reason: DENIED.has(first) ? "denied" : UNREACHABLE.has(first) ? "unreachable" : "rejected", detail };
}

function quoted(said: string): string {
  return said === "" ? "" : `; it said: ${oneLine(said)}`;
}

/** Without the hint at a help topic that WinRM puts under everything. */
function oneLine(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/ For more information, see the about_Remote_Troubleshooting Help topic\.?/, "")
    .trim();
}
