// How the buffer begins to hold mail and gives it back: claimed first, proved with a test message that is held, and released oldest first,
// that message alone before all others, only while Exchange takes mail. Pure. Source: measured behaviour of Postfix's hold queue.
import type { Plan, Refusal, Wait } from "../../engine/plan.ts";
import { fitnessOfBuffer, refusalsOf } from "./guard.ts";
import type { ActualBuffer } from "./observe.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "./shape.ts";
import { provesHolding, tokenRecipient, tokensIn } from "./token.ts";
import { batchOf, queueAge, sayHeld } from "./words.ts";

export type BufferStep =
  | { readonly kind: "claim"; readonly host: string; readonly program: string; readonly formerly?: string }
  | { readonly kind: "hold" | "unhold"; readonly host: string }
  | { readonly kind: "token"; readonly host: string; readonly from: string; readonly to: string }
  | {
      readonly kind: "release";
      readonly host: string;
      readonly ids: readonly string[];
      readonly requeue: boolean;
      readonly held: number;
      /** The test message, which goes by itself. */
      readonly isTest?: true;
    };

export function plan(args: BackupMxQueueArgs, actual: ActualBuffer, recorded: BufferRecorded): Plan<BufferStep> {
  return {
    steps: [
      ...claim(args, actual),
      ...fitnessOfBuffer(args, actual, recorded).waits,
      ...(args.state === "held" ? holding(args, actual) : releasing(args, actual)),
    ],
    refusals: refusalsOf(args, actual, recorded),
  };
}

/** A claim under an earlier name of this program is renewed; under that of another one, the plan is refused. */
function claim({ host }: BackupMxQueueArgs, { claim, program }: ActualBuffer): BufferStep[] {
  if (claim?.program === program) return [];
  return [{ kind: "claim", host, program, ...(claim === undefined ? {} : { formerly: claim.program }) }];
}

function holding(args: BackupMxQueueArgs, actual: ActualBuffer): (BufferStep | Wait)[] {
  const { host } = args;
  const hold: BufferStep[] = actual.holding ? [] : [{ kind: "hold", host }];
  const tokens = tokensIn(args, actual).filter((entry) => entry.queue === "hold");
  if (tokens.length > 0)
    return tokens.some(({ id }) => actual.untold.some((entry) => entry.id === id)) ? [...hold, untilTokenTold(args)] : hold;
  if (provesHolding(args, actual)) return [...hold, untilTokenHeld(args)];
  return [...hold, { kind: "token", host, from: actual.tokenSender, to: tokenRecipient(args) }, untilTokenHeld(args)];
}

function releasing(args: BackupMxQueueArgs, actual: ActualBuffer): (BufferStep | Wait)[] {
  const { host } = args;
  const unhold: BufferStep[] = actual.holding ? [{ kind: "unhold", host }] : [];
  if (actual.queue.length === 0) return unhold;
  const held = actual.queue.filter((entry) => entry.queue === "hold");
  const next = batchOf(args, actual);
  if (next === undefined) return [...unhold, untilLeft(args, actual)];
  const test = tokensIn(args, actual).length > 0 ? { isTest: true as const } : {};
  return [...unhold, { kind: "release", host, ...next, held: held.length, ...test }, untilLeft(args, actual)];
}

function untilTokenHeld(args: BackupMxQueueArgs): Wait {
  return {
    kind: "wait",
    key: "test message held",
    for: `the test message to lie in the hold queue of ${args.host}`,
    recheckMs: 5_000,
    stuck: {
      sentence: `${args.host} accepted a test message, and it does not lie in its hold queue.`,
      remedy: `Mail sent there now would not be kept; the MX was not changed. See in the mail log of ${args.host} who takes mail out of its hold queue (postsuper, a script, a service of master.cf with settings of its own), put an end to that, then run \`pulumi up\` again: it goes on from here.`,
    },
  };
}

/** What the log does not tell, the ledger could not count: it is written elsewhere, or not at all. */
function untilTokenTold(args: BackupMxQueueArgs): Wait {
  const { host, port, user, sudo, logFile } = args;
  return {
    kind: "wait",
    key: "test message in the log",
    for: `the log of ${host} to tell of the test message that it holds`,
    recheckMs: 5_000,
    stuck: {
      sentence: `${host} holds the test message, and its mail log does not tell of it: nothing would prove that no mail was lost.`,
      remedy: `The MX was not changed. See where Postfix writes its log. If it is another file, name it as logFile; if it is the journal and ${logFile} is an old file, type: ssh -p ${port} ${user}@${host} ${sudo ? "sudo " : ""}mv ${logFile} /root/. Then run \`pulumi up\` again.`,
    },
  };
}

function untilLeft(args: BackupMxQueueArgs, actual: ActualBuffer): Wait {
  return {
    kind: "wait",
    key: "delivered",
    for: `${sayHeld(actual)} to be delivered from ${args.host}, ${args.batchSize} at a time, the oldest first`,
    left: { count: actual.queue.length, unit: "message" },
    recheckMs: 5_000,
    stuck: stuck(args, actual),
  };
}

function stuck(args: BackupMxQueueArgs, actual: ActualBuffer): Refusal {
  const reason = actual.queue.find((entry) => entry.reason !== undefined)?.reason;
  return {
    sentence: `${args.host}: nothing has left for {time}; ${sayHeld(actual)} are there, the oldest ${queueAge(actual)} old${reason === undefined ? "" : `, last error "${reason}"`}.`,
    remedy:
      "None of it is lost, and the MX was not changed back. See why Exchange does not take it, then run `pulumi up` again: it goes on from here.",
  };
}
