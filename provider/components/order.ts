// The order of a site pause, as data: one way out, the other way back. Sources: the whole-site pause and its return, step by step.

export const words = ["online", "prepared", "offline"] as const;
/** What a site can be asked to be. `prepared` is online with a low TTL, so that going offline need not wait for the old one. */
export type Word = (typeof words)[number];

export type Part = "gate" | "queue" | "mx" | "transport" | "databases";

/** Mail is sent elsewhere before anything here stops: buffer, then MX, then transport, then databases. */
const leaving: readonly Part[] = ["gate", "queue", "mx", "transport", "databases"];

/** Gates first, MX last: nobody is sent here before mail that waited has been delivered. */
const returning: readonly Part[] = ["gate", "databases", "transport", "queue", "mx"];

/** Which part follows which on the way to `word`. */
export function orderTowards(word: Word): readonly Part[] {
  return word === "offline" ? leaving : returning;
}
