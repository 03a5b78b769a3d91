// What went wrong between a request and its answer, in words: the only place that finds them.
import type { Effect, WsmanError, WsmanFault, WsmanProblem } from "../problem.ts";
import { quotaIn } from "../quotas.ts";
import { type CmdletCall, RemotingError, type RemotingReason } from "../transport.ts";
import { isDenial, isGone, isNothingYet, isThrottling } from "./faults.ts";
import { statusWording } from "./status.ts";

export interface Whom {
  /** Host and port as in the URL. */
  readonly server: string;
  /** The whole of it, where it is known. */
  readonly url?: string;
  readonly user: string;
  /** Where the password stands: `EXCHANGE_PASSWORD in the environment`; absent where nobody knows. */
  readonly passwordFrom?: string | undefined;
  /** Whose endpoint it is: `Microsoft.Exchange` or `Microsoft.PowerShell`. */
  readonly configurationName: string;
}

/** What an account lacks that an endpoint refuses a session. Source: Microsoft's pages of both. */
const RIGHTS: Readonly<Record<string, string>> = {
  "Microsoft.Exchange": "the account needs remote PowerShell (Set-User -RemotePowerShellEnabled $true) and a management role",
  "Microsoft.PowerShell": "the account must be a member of that server's local group Administrators",
};

export interface Wording {
  readonly reason: RemotingReason;
  readonly detail: string;
  readonly retryAfterMs?: number;
}

const MOST_SHOWN_CHARACTERS = 1_500;

/** The error that a caller of `call` sees. */
export function remotingErrorOf(call: CmdletCall, error: WsmanError, whom: Whom): RemotingError {
  const { reason, detail, retryAfterMs } = wordingOf(error.problem, whom);
  return new RemotingError(call, reason, `${printable(detail)}${error.problem.kind === "ended" ? "" : effectWords(error.effect)}`, {
    cause: error,
    mayHaveRun: error.effect !== "notSent" && error.effect !== "notRun",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The reason and the words for a person, without the call and its endpoint. Never a password, never a payload. */
export function wordingOf(problem: WsmanProblem, whom: Whom): Wording {
  const { server } = whom;
  switch (problem.kind) {
    case "notConnected":
      return { reason: "unreachable", detail: `no connection to ${server}: ${problem.why}` };
    case "broken":
      return { reason: "unreachable", detail: `the connection to ${server} broke: ${problem.why}` };
    case "status":
      return problem.page?.quotaText === undefined
        ? statusWording(problem, whom)
        : quotaWording(server, `"${problem.page.quotaText}" (HTTP ${problem.status})`, problem.page.quotaText);
    case "fault":
      return faultWording(problem.fault, whom);
    case "quota":
      return quotaWording(server, `"${problem.text}"`, problem.text);
    case "nonsense":
      return { reason: "invalidAnswer", detail: `${server} answered something else than expected: ${problem.what}` };
    case "ended":
      return { reason: problem.reason, detail: problem.what };
    case "aborted":
      return { reason: "stopped", detail: "stopped on request" };
  }
}

/** A limit in the server's words, with what to do about it. */
function quotaWording(server: string, said: string, text: string): Wording {
  const quota = quotaIn(text);
  const advice = quota === undefined ? "" : `; ${quota.advice}`;
  const wait = quota?.retryAfterMs === undefined ? {} : { retryAfterMs: quota.retryAfterMs };
  return { reason: "throttled", detail: `${server} is over a limit: ${said}${advice}`, ...wait };
}

function faultWording(fault: WsmanFault, { server, user, configurationName }: Whom): Wording {
  const code = fault.code === undefined ? fault.subcode : `${fault.subcode} ${fault.code}`.trim();
  const said = code === "" ? `"${fault.text}"` : `"${fault.text}" (${code})`;
  if (isThrottling(fault)) return quotaWording(server, said, fault.text);
  const advice = RIGHTS[configurationName] === undefined ? "" : `; ${RIGHTS[configurationName]}`;
  if (isDenial(fault)) return { reason: "denied", detail: `${server} refuses ${user}: ${said}${advice}` };
  if (isNothingYet(fault)) return { reason: "timedOut", detail: `${server} did not get to it in time: ${said}` };
  if (isGone(fault)) return { reason: "sessionLost", detail: `${server} no longer knows the session: ${said}` };
  return { reason: "rejected", detail: `${server} rejected the request: ${said}` };
}

/** Words of a stranger, as they may stand on a terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what takes them out
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
  return plain.length > MOST_SHOWN_CHARACTERS ? `${plain.slice(0, MOST_SHOWN_CHARACTERS)}…` : plain;
}

function effectWords(effect: Effect | undefined): string {
  if (effect === "notRun") return "; the cmdlet did not run";
  if (effect === "mayHaveRun") return "; the cmdlet may have run";
  return effect === "mayHaveFinished" ? "; the cmdlet may have finished" : "";
}
