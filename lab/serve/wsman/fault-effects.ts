// What each kind of scripted fault does to a WSMan request: one table for faults that name a request, and what differs for those that name a
// cmdlet and meet the request with which its pipeline is complete. Which fault comes when is the script's (../faults.ts).
import { setTimeout as delay } from "node:timers/promises";
import type { Fault, FaultDetail, FaultKind } from "../faults.ts";
import { joined, type Streams, splitOddly } from "../psrp/rearrange.ts";
import { type Outcome, refuse } from "./outcome.ts";
import * as quotas from "./quota-faults.ts";
import * as faults from "./soap-faults.ts";

/** Where a fault takes effect. */
export interface Place {
  readonly machine: string;
  readonly shellId: string;
  /** Shells that the user may have. */
  readonly shellLimit: number;
  /** Aborted when the client's connection is gone. */
  readonly signal: AbortSignal;
  /** Forgets the shell that was asked about, or the command. */
  readonly loseShell: () => void;
  readonly loseCommand: () => void;
}

export interface FaultEffect {
  /** What becomes of the request, which is not done. */
  readonly instead?: (place: Place) => Outcome;
  /** What becomes of its outcome; it was done. */
  readonly after?: (outcome: Outcome, place: Place) => Outcome | Promise<Outcome>;
  /** What becomes of the fragments of an answer to Receive. */
  readonly streams?: (streams: Streams) => Streams;
  /** The pool says that it is broken, for this reason. */
  readonly brokenPool?: string;
  /** What a pipeline that is complete is told before it runs: to spoil its output, to let Receives find nothing, to be waited for. */
  readonly pipeline?: { readonly isSpoilt?: true; readonly silences?: number; readonly isAwaited?: true };
}

const LOAD = { requests: 1000, seconds: 2 };
const SLOW_RECEIVES = 3;
const NONSENSE = '<rsp:Nonsense xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell">what nobody asked for</rsp:Nonsense>';
const BROKEN = "The runspace pool was broken because the lab was told to break it.";

/** What a scripted fault does; nothing when there is none. */
export function effectOf(fault: Fault | undefined): FaultEffect {
  if (fault === undefined) return {};
  const { when, what, how = {} } = fault;
  return (when.request === undefined ? AT_CMDLET[what] : undefined) ?? AT_REQUEST[what](how);
}

const AT_REQUEST: Readonly<Record<FaultKind, (how: FaultDetail) => FaultEffect>> = {
  timeOut: () => ({ instead: () => ({ kind: "silence" }) }),
  cutBefore: () => ({ instead: () => ({ kind: "cut" }) }),
  cutAfter: () => ({ after: lost }),
  refused: () => ({ instead: () => ({ kind: "html", status: 503 }) }),
  wrongAnswer: () => ({ after: (outcome) => (outcome.kind === "answer" ? { ...outcome, body: NONSENSE } : outcome) }),
  slow: ({ waitMs = 1_000 }) => ({ after: (outcome, { signal }) => later(outcome, waitMs, signal) }),
  nothingYet: () => ({ instead: ({ machine }) => refuse(faults.timedOut(machine)) }),
  shellLost: () => ({
    instead: ({ machine, shellId, loseShell }) => {
      loseShell();
      return refuse(faults.unknownShell(machine, shellId));
    },
  }),
  commandLost: () => ({
    instead: ({ machine, loseCommand }) => {
      loseCommand();
      return refuse(faults.unknownCommand(machine));
    },
  }),
  tooManyShells: () => ({ instead: ({ shellLimit }) => refuse(quotas.tooManyShells(shellLimit)) }),
  tooManySessions: () => ({ instead: ({ shellLimit }) => refuse(quotas.tooManySessions(shellLimit)) }),
  tooManyCommands: () => ({ instead: () => refuse(quotas.tooManyCommands()) }),
  loadQuota: ({ waitMs = 1_000, plain = false }) => ({
    instead: ({ machine }) =>
      plain ? { kind: "text", status: 500, text: quotas.loadQuotaText(LOAD, waitMs) } : refuse(quotas.loadQuota(machine, LOAD, waitMs)),
  }),
  accessDenied: () => ({ instead: ({ machine }) => refuse(faults.accessDenied(machine)) }),
  tooLarge: () => ({ instead: () => refuse(faults.tooLarge()) }),
  challenged: () => ({ instead: () => ({ kind: "challenged" }) }),
  page: ({ status = 503 }) => ({ instead: () => ({ kind: "html", status }) }),
  byteOrderMark: () => ({ after: odd("byteOrderMark") }),
  otherPrefixes: () => ({ after: odd("otherPrefixes") }),
  chunked: () => ({ after: odd("chunked") }),
  compressed: () => ({ after: odd("compressed") }),
  wrongRelatesTo: () => ({ after: odd("wrongRelatesTo") }),
  wrongContentType: () => ({ after: odd("wrongContentType") }),
  cutInBody: () => ({ after: odd("cutInBody") }),
  splitOddly: () => ({ streams: splitOddly }),
  joined: () => ({ streams: joined }),
  poolBroken: ({ reason = BROKEN }) => ({ brokenPool: reason }),
};

const AT_CMDLET: Partial<Record<FaultKind, FaultEffect>> = {
  cutAfter: { after: lost, pipeline: { isAwaited: true } },
  wrongAnswer: { pipeline: { isSpoilt: true } },
  slow: { pipeline: { silences: SLOW_RECEIVES } },
};

function lost(outcome: Outcome): Outcome {
  if (outcome.kind === "answer") outcome.onLost?.();
  return { kind: "cut" };
}

function odd(oddity: Extract<Outcome, { kind: "answer" }>["oddity"] & string): (outcome: Outcome) => Outcome {
  return (outcome) => (outcome.kind === "answer" || outcome.kind === "fault" ? { ...outcome, oddity } : outcome);
}

/** The outcome after so many real milliseconds, or as soon as nobody waits for it. */
async function later(outcome: Outcome, waitMs: number, signal: AbortSignal): Promise<Outcome> {
  await delay(waitMs, undefined, { signal }).catch(() => undefined);
  return outcome;
}
