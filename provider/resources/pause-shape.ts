// What is kept of the mail of a pause, and how a program gets it. How it is counted: mail/ledger.ts, mail/account.ts.
import { z } from "zod";

const count = z.int();

const sums = {
  accepted: count.describe("messages that the buffer took"),
  delivered: count.describe("messages of which Exchange took every recipient's copy"),
  stillHere: count.describe("messages that are still in the buffer"),
  bounced: count.describe("messages of which a copy went back to its sender"),
  discarded: count.describe("messages that a content filter, a rule or a mailbox on the buffer took and did not pass on"),
};
const perZone = z
  .strictObject({
    zone: z.string().describe("a mail domain of the program; all other recipients, and those that the log does not name, are one"),
    ...sums,
    lost: count.describe("messages that are neither there nor anywhere else"),
  })
  .describe("in messages; one for recipients in two zones is counted in both");
const reason = z.strictObject({
  count: count.describe("recipients"),
  reply: z.string().describe("the host's words from its code on, without names and addresses"),
  id: z.string().optional().describe("queue id of one such message"),
});
const further = {
  recipients: count.describe("different addresses that mail was taken for"),
  refused: count.describe("recipients refused at the door; nothing was taken for them"),
  duplicated: count.describe("recipients that got a message more than once"),
  zones: z.array(perZone).readonly().optional().describe("the same by zone; absent where an earlier version counted, or nothing was taken"),
  bounces: z.array(reason).readonly().optional().describe("why copies went back, the most frequent first"),
  refusals: z.array(reason).readonly().optional().describe("why recipients were refused, the most frequent first"),
  gaps: z
    .array(z.string())
    .readonly()
    .optional()
    .describe("what is missing in the proof, each in a sentence: then the counts are those of the last whole reading, or of what there is"),
};

const kept = z.strictObject({ id: z.string(), arrivedAtMs: z.number() });

/** As it is recorded: times in milliseconds since 1970. */
export const pauseLedger = z.strictObject({
  ...sums,
  ...further,
  lost: count,
  longestWayMs: z.number().optional(),
  longestWay: kept.optional(),
  lostMessages: z.array(kept).readonly().optional(),
  duplicatedMessages: z.array(kept).readonly().optional(),
  fromMs: z.number(),
  toMs: z.number(),
  /** Whether everything that was held had left by then. */
  over: z.literal(true).optional(),
});
export type PauseLedger = z.output<typeof pauseLedger>;

const message = z.strictObject({
  id: z.string().describe("queue id, as the buffer's log has it"),
  arrived: z.string().describe("ISO 8601, UTC"),
});

/** As a program gets it. */
export const pause = z.strictObject({
  from: z.string().describe("when the buffer began to hold mail, ISO 8601, UTC"),
  to: z.string().describe("when this was counted, ISO 8601, UTC"),
  over: z.boolean().describe("whether everything that was held had left by then"),
  ...sums,
  ...further,
  lost: count.optional().describe("messages that are neither in the buffer nor anywhere else; absent where that is not known"),
  lostAtLeast: count.optional().describe("in its place where there are gaps: as many as are known of"),
  longestWay: z
    .strictObject({
      seconds: z.number().describe("from the buffer's taking it to Exchange's"),
      id: z.string().optional().describe("queue id; absent where an earlier version counted"),
      arrived: z.string().optional().describe("ISO 8601, UTC"),
    })
    .optional()
    .describe("of the message that was under way for the longest time; absent when nothing was delivered"),
  lostMessages: z.array(message).readonly().optional().describe("the first twenty"),
  duplicatedMessages: z.array(message).readonly().optional().describe("the first twenty"),
});
export type Pause = z.output<typeof pause>;

/** Of a state that an earlier version wrote, in which what is missing was one sentence. */
export function withGaps(recorded: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (recorded["ledger"] === undefined) return recorded;
  const { gap, ...ledger } = z.looseObject({}).parse(recorded["ledger"]);
  const over = recorded["pausing"] === undefined ? { over: true } : {};
  return { ...recorded, ledger: { ...ledger, ...(gap === undefined ? {} : { gaps: [gap] }), ...over } };
}
