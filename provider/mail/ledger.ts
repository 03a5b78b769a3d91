// What became of every message that the buffer took: the proof that none was lost. Pure: log events and a queue in, an account out.
// How a message is followed through the log stands in tracks.ts. It counts as taken once it was held or queued: an unfinished one
// shows in the log too (a sender that broke off). What the buffer itself writes, and what is submitted there without SMTP, is not counted.
// Only what another host took is delivered: a filter, a program or a mailbox on the buffer may keep it.
// A queue listing made while the queue moves may miss a message (postqueue(1)): read again before believing in a loss.
import type { QueueEntry } from "./buffer-reading.ts";
import type { LogEvent } from "./log-events.ts";
import { follow, type Track, type Tries } from "./tracks.ts";

export type Outcome =
  /** Still in the buffer, in whatever queue. */
  | "here"
  /** Every recipient's copy was taken by the next hop. */
  | "delivered"
  /** Some recipient's copy went back to its sender. */
  | "bounced"
  /** Taken by a content filter, a rule or a mailbox of the buffer, for some recipient, and not passed on. */
  | "discarded"
  /** None of these: deleted, or gone without a word. */
  | "lost";

export interface LedgerEntry {
  /** The id under which it was taken. */
  readonly id: string;
  /** The id it bears now, after a requeue. */
  readonly currentId: string;
  /** Without brackets; empty when the message had none. */
  readonly messageId: string;
  readonly arrivedAtMs: number;
  readonly outcome: Outcome;
  /** Those known: from the queue while it is here, from the attempts afterwards. */
  readonly recipients: readonly LedgerRecipient[];
  /** Recipients that the next hop took it for more than once. */
  readonly duplicated: number;
  /** Longest time from arrival to the next hop's word, milliseconds; absent when nothing of it was delivered. */
  readonly longestWayMs?: number;
}

export interface LedgerRecipient {
  readonly address: string;
  readonly status: "waiting" | "sent" | "bounced" | "discarded";
  /** The next hop's last word. */
  readonly reply?: string;
}

export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  readonly totals: LedgerTotals;
}

/** Messages, unless said otherwise. */
export interface LedgerTotals {
  readonly accepted: number;
  /** Different addresses that mail was taken for. */
  readonly recipients: number;
  readonly delivered: number;
  readonly stillHere: number;
  readonly bounced: number;
  readonly discarded: number;
  /** Recipients refused in the dialogue; nothing was taken for them. */
  readonly refused: number;
  /** Recipients that the next hop took the same message for more than once. */
  readonly duplicated: number;
  /** Longest time from arrival to the next hop's word, milliseconds; absent when nothing was delivered. */
  readonly longestWayMs?: number;
  /** accepted - delivered - stillHere - bounced - discarded. */
  readonly lost: number;
}

/**
 * The account of `events` (in the log's order, from the start of the pause) and the queue.
 * Read the queue first and the log afterwards, else what was delivered in between looks lost.
 */
export function ledgerOf(
  events: readonly LogEvent[],
  reading: { readonly queue: readonly QueueEntry[]; readonly readAtMs: number },
): Ledger {
  const queued = new Map(reading.queue.map((entry) => [entry.id, entry]));
  const taken = follow(events)
    .filter(({ from }) => from !== "sendmail")
    .filter((track) => [track, ...partsOf(track)].some(({ taken, currentId }) => taken || queued.has(currentId)));
  const entries = taken.map((track) => entryOf(track, queued, reading.readAtMs));
  return { entries, totals: totalsOf(entries, events) };
}

/** The messages in the queue, arrived after `sinceMs`, that no event names: what wrote `events` is not the whole log. */
export function untoldOf(events: readonly LogEvent[], queue: readonly QueueEntry[], sinceMs: number): readonly QueueEntry[] {
  const told = new Set(events.flatMap((event) => (event.kind === "refused" ? [] : [event.id])));
  // What is on its way into the queue gets its line, and its id, in that very moment.
  return queue.filter(
    ({ id, queue: name, arrivedAtMs }) => name !== "maildrop" && name !== "incoming" && arrivedAtMs > sinceMs && !told.has(id),
  );
}

/** What a filter gave back of a message, and what the next filter gave back of that. */
function partsOf({ parts }: Track): readonly Track[] {
  return parts.flatMap((part) => [part, ...partsOf(part)]);
}

function entryOf(track: Track, queued: ReadonlyMap<string, QueueEntry>, queueReadAtMs: number): LedgerEntry {
  const { id, currentId, messageId, arrivedAtMs } = track;
  return { id, currentId, messageId, arrivedAtMs, ...fateOf(track, queued, queueReadAtMs), ...onwardOf(track) };
}

/** How often, and how late, another host took a message or a part of it. */
function onwardOf(track: Track): Pick<LedgerEntry, "duplicated" | "longestWayMs"> {
  const ways: number[] = [];
  const sent = new Map<string, number>();
  for (const [address, { sentOnward, status, isOnward, atMs }] of [track, ...partsOf(track)].flatMap(({ tries }) => [...tries])) {
    sent.set(address, (sent.get(address) ?? 0) + sentOnward);
    if (status === "sent" && isOnward) ways.push(atMs - track.arrivedAtMs);
  }
  return { duplicated: [...sent.values()].filter((times) => times > 1).length, ...longestOf(ways) };
}

function longestOf(ways: readonly number[]): { readonly longestWayMs?: number } {
  return ways.length === 0 ? {} : { longestWayMs: ways.reduce((longest, way) => Math.max(longest, way)) };
}

/** From the worst on: what befell one part of a message is what befell the message. */
const outcomes = ["lost", "here", "bounced", "discarded", "delivered"] as const satisfies readonly Outcome[];

/** What became of a message and of its parts. */
function fateOf(
  track: Track,
  queued: ReadonlyMap<string, QueueEntry>,
  queueReadAtMs: number,
): { readonly outcome: Outcome; readonly recipients: readonly LedgerRecipient[] } {
  const parts = track.parts.map((part) => fateOf(part, queued, queueReadAtMs));
  const given = new Map(parts.flatMap(({ recipients }) => recipients.map((recipient) => [recipient.address, recipient] as const)));
  const kept = [...track.tries].filter(([, { status, isOnward }]) => status === "sent" && !isOnward);
  // A filter may write recipients anew: then only their number tells whether all came back.
  const isAllBack = given.size >= kept.length;
  const own = [...track.tries].flatMap(([address, tries]): LedgerRecipient[] => {
    if (tries.status !== "sent" || tries.isOnward) return [{ address, status: statusOf(tries, track), reply: tries.reply }];
    return isAllBack || given.has(address) ? [] : [{ address, status: "discarded", reply: tries.reply }];
  });
  const entry = queued.get(track.currentId);
  const untried = (entry?.recipients ?? []).map((address) => address.toLowerCase()).filter((address) => !track.tries.has(address));
  const recipients = [...own, ...given.values(), ...untried.map((address): LedgerRecipient => ({ address, status: "waiting" }))];
  const found = [
    ...parts.map(({ outcome }) => outcome),
    outcomeOf(track, own, kept.length, entry !== undefined || track.lastAtMs >= queueReadAtMs),
  ];
  return { outcome: outcomes.find((outcome) => found.includes(outcome)) ?? "lost", recipients };
}

function statusOf({ status }: Tries, { expired }: Track): LedgerRecipient["status"] {
  if (status === "deferred") return expired ? "bounced" : "waiting";
  return status;
}

/**
 * Of what a track itself says, `kept` recipients taken by a filter or a mailbox of the buffer. `queuedOrMoving`: the queue showed it, or the log has it
 * later than the queue was read. What the log says last counts.
 */
function outcomeOf(track: Track, recipients: readonly LedgerRecipient[], kept: number, queuedOrMoving: boolean): Outcome {
  if (track.removed === "byHand") return "lost";
  if (track.removed === "discarded") return "discarded";
  if (track.removed === "no") return queuedOrMoving ? "here" : "lost";
  const count = (wanted: LedgerRecipient["status"]) => recipients.filter(({ status }) => status === wanted).length;
  if (count("bounced") > 0) return "bounced";
  const isSettled = track.tries.size > 0 && track.tries.size >= track.recipients && count("waiting") === 0;
  if (!isSettled) return "lost";
  return kept > 0 && count("discarded") > 0 ? "discarded" : "delivered";
}

function totalsOf(entries: readonly LedgerEntry[], events: readonly LogEvent[]): LedgerTotals {
  const count = (outcome: Outcome) => entries.filter((entry) => entry.outcome === outcome).length;
  return {
    accepted: entries.length,
    recipients: new Set(entries.flatMap(({ recipients }) => recipients.map(({ address }) => address))).size,
    delivered: count("delivered"),
    stillHere: count("here"),
    bounced: count("bounced"),
    discarded: count("discarded"),
    refused: events.filter(({ kind }) => kind === "refused").length,
    duplicated: entries.reduce((sum, { duplicated }) => sum + duplicated, 0),
    ...longestOf(entries.flatMap(({ longestWayMs }) => longestWayMs ?? [])),
    lost: count("lost"),
  };
}
