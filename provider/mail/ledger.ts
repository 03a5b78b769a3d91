// What became of every message that the buffer took: the proof that none was lost. Pure: log events and a queue in, an account out.
// A message is followed by queue id, and through a requeue to its new id. It counts as taken once it was held or queued: an
// unfinished one shows in the log too (a sender that broke off). Notices that the buffer itself writes are not counted.
// A queue listing made while the queue moves may miss a message (postqueue(1)): read again before believing in a loss.
import type { QueueEntry } from "./buffer-reading.ts";
import type { LogEvent } from "./log-events.ts";

export type Outcome =
  /** Still in the buffer, in whatever queue. */
  | "here"
  /** Every recipient's copy was taken by the next hop. */
  | "delivered"
  /** Some recipient's copy went back to its sender. */
  | "bounced"
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
}

export interface LedgerRecipient {
  readonly address: string;
  readonly status: "waiting" | "sent" | "bounced";
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
  /** Recipients refused in the dialogue; nothing was taken for them. */
  readonly refused: number;
  /** Recipients that the next hop took the same message for more than once. */
  readonly duplicated: number;
  /** Longest time from arrival to the next hop's word, milliseconds; absent when nothing was delivered. */
  readonly longestWayMs?: number;
  /** accepted - delivered - stillHere - bounced. */
  readonly lost: number;
}

interface Track {
  readonly id: string;
  currentId: string;
  arrivedAtMs: number;
  taken: boolean;
  messageId: string;
  expired: boolean;
  removed: "no" | "settled" | "byHand";
  /** As many as the queue manager counted, 0 before it did. */
  recipients: number;
  lastAtMs: number;
  readonly tries: Map<string, { status: LedgerRecipient["status"]; reply: string; sent: number; atMs: number }>;
}

/**
 * The account of `events` (in the log's order, from the start of the pause) and the queue.
 * Read the queue first and the log afterwards, else what was delivered in between looks lost.
 */
export function ledgerOf(
  events: readonly LogEvent[],
  reading: { readonly queue: readonly QueueEntry[]; readonly readAtMs: number },
): Ledger {
  const tracks = follow(events);
  const queued = new Map(reading.queue.map((entry) => [entry.id, entry]));
  const entries = tracks
    .filter(({ taken, currentId }) => taken || queued.has(currentId))
    .map((track) => entryOf(track, queued.get(track.currentId), reading.readAtMs));
  return { entries, totals: totalsOf(entries, tracks, events) };
}

function follow(events: readonly LogEvent[]): readonly Track[] {
  const tracks: Track[] = [];
  const byId = new Map<string, Track>();
  for (const event of events) {
    if (event.kind === "refused") continue;
    if (event.kind === "arrived") {
      const track: Track = {
        id: event.id,
        currentId: event.id,
        arrivedAtMs: event.atMs,
        taken: false,
        messageId: "",
        expired: false,
        removed: "no",
        recipients: 0,
        lastAtMs: event.atMs,
        tries: new Map(),
      };
      tracks.push(track);
      byId.set(event.id, track);
      continue;
    }
    const track = byId.get(event.kind === "renamed" ? event.from : event.id);
    if (track === undefined) continue;
    record(track, event);
    if (event.kind === "renamed") byId.set(event.id, track);
  }
  return tracks;
}

function record(track: Track, event: Exclude<LogEvent, { kind: "refused" | "arrived" }>): void {
  track.lastAtMs = event.atMs;
  switch (event.kind) {
    case "held":
      track.taken = true;
      return;
    case "queued":
      track.taken = true;
      // After a requeue only those are counted that were left.
      track.recipients = Math.max(track.recipients, event.recipients);
      return;
    case "identified":
      track.messageId ||= event.messageId;
      return;
    case "renamed":
      track.currentId = event.id;
      return;
    case "expired":
      track.expired = true;
      return;
    case "removed":
      track.removed = event.byHand ? "byHand" : "settled";
      return;
    case "tried": {
      const sent = (track.tries.get(event.recipient)?.sent ?? 0) + (event.status === "sent" ? 1 : 0);
      const status = event.status === "deferred" ? "waiting" : event.status;
      track.tries.set(event.recipient, { status, reply: event.reply, sent, atMs: event.atMs });
      return;
    }
    case "released":
    case "requeued":
      return;
    default:
      event satisfies never;
  }
}

function entryOf(track: Track, queued: QueueEntry | undefined, queueReadAtMs: number): LedgerEntry {
  const recipients = recipientsOf(track, queued);
  const { id, currentId, messageId, arrivedAtMs } = track;
  const outcome = outcomeOf(track, recipients, queued !== undefined || track.lastAtMs >= queueReadAtMs);
  return { id, currentId, messageId, arrivedAtMs, outcome, recipients };
}

/** `queuedOrMoving`: the queue showed it, or the log has it later than the queue was read. What the log says last counts. */
function outcomeOf(track: Track, recipients: readonly LedgerRecipient[], queuedOrMoving: boolean): Outcome {
  if (track.removed === "byHand") return "lost";
  if (track.removed === "no") return queuedOrMoving ? "here" : "lost";
  if (recipients.some(({ status }) => status === "bounced")) return "bounced";
  const sent = recipients.filter(({ status }) => status === "sent").length;
  return sent > 0 && sent === recipients.length && sent >= track.recipients ? "delivered" : "lost";
}

function recipientsOf(track: Track, queued: QueueEntry | undefined): readonly LedgerRecipient[] {
  const tried = [...track.tries].map(([address, { status, reply }]): LedgerRecipient => {
    return { address, status: status === "waiting" && track.expired ? "bounced" : status, reply };
  });
  const untried = (queued?.recipients ?? []).map((address) => address.toLowerCase()).filter((address) => !track.tries.has(address));
  return [...tried, ...untried.map((address): LedgerRecipient => ({ address, status: "waiting" }))];
}

function totalsOf(entries: readonly LedgerEntry[], tracks: readonly Track[], events: readonly LogEvent[]): LedgerTotals {
  const count = (outcome: Outcome) => entries.filter((entry) => entry.outcome === outcome).length;
  const tries = tracks.flatMap((track) =>
    [...track.tries.values()].map((attempt) => ({ ...attempt, wayMs: attempt.atMs - track.arrivedAtMs })),
  );
  const ways = tries.filter(({ status }) => status === "sent").map(({ wayMs }) => wayMs);
  return {
    accepted: entries.length,
    recipients: new Set(entries.flatMap(({ recipients }) => recipients.map(({ address }) => address))).size,
    delivered: count("delivered"),
    stillHere: count("here"),
    bounced: count("bounced"),
    refused: events.filter(({ kind }) => kind === "refused").length,
    duplicated: tries.filter(({ sent }) => sent > 1).length,
    ...(ways.length > 0 ? { longestWayMs: ways.reduce((longest, way) => Math.max(longest, way)) } : {}),
    lost: count("lost"),
  };
}
