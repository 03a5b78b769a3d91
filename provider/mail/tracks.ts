// Follows every message through the log: by queue id, through a requeue to its new id, and through a content filter, which gives it back to this host as
// another message: by the queue id that the filter passes on, by the one that its answer names, or by the Message-ID. Pure; counts nothing.
import type { DeliveryStatus, LogEvent } from "./log-events.ts";

/** What the log says of one message while it bears one queue id, or several after each other. */
export interface Track {
  readonly id: string;
  readonly from: "another host" | "this host" | "sendmail";
  /** As what it came back from a filter of this host, when it did. */
  readonly parts: readonly Track[];
  readonly currentId: string;
  readonly arrivedAtMs: number;
  /** Held, or given to the queue manager: what is not has been broken off. */
  readonly taken: boolean;
  readonly messageId: string;
  readonly expired: boolean;
  readonly removed: "no" | "settled" | "byHand" | "discarded";
  /** As many as the queue manager counted, 0 before it did. */
  readonly recipients: number;
  readonly lastAtMs: number;
  /** By recipient. */
  readonly tries: ReadonlyMap<string, Tries>;
}

export interface Tries {
  /** The last one's. */
  readonly status: DeliveryStatus;
  readonly reply: string;
  readonly isOnward: boolean;
  readonly atMs: number;
  /** How often another host took it. */
  readonly sentOnward: number;
}

type Open = { -readonly [Member in keyof Track]: Track[Member] } & {
  readonly parts: Open[];
  readonly tries: Map<string, Tries>;
  /** Whether the queue manager has had it: only then a filter may. */
  active: boolean;
};

/** The messages of `events`, in the order of their arrival; what a filter gave back is only a part of what it was given. */
export function follow(events: readonly LogEvent[]): readonly Track[] {
  const whole = new Set<Open>();
  const byId = new Map<string, Open>();
  const byMessageId = new Map<string, Open>();
  /** Whose part will bear that id, when the filter's answer was logged before its arrival. */
  const expected = new Map<string, Open>();
  const join = (part: Open, to: Open | undefined) => {
    if (to === undefined || to === part || !whole.delete(part)) return;
    to.parts.push(part);
  };
  for (const event of events) {
    if (event.kind === "refused") continue;
    if (event.kind === "arrived") {
      const track = begun(event);
      whole.add(track);
      byId.set(event.id, track);
      if (event.from !== "another host") join(track, byId.get(event.before ?? "") ?? expected.get(event.id));
      continue;
    }
    const track = byId.get(event.kind === "renamed" ? event.from : event.id);
    if (track === undefined) continue;
    record(track, event);
    if (event.kind === "renamed") byId.set(event.id, track);
    if (event.kind === "identified" && event.messageId !== "") {
      const before = byMessageId.get(event.messageId);
      if (track.from !== "another host" && before?.active) join(track, before);
      byMessageId.set(event.messageId, track);
    }
    if (event.kind === "tried" && event.queuedAs !== undefined && !event.isOnward) {
      const part = byId.get(event.queuedAs);
      if (part === undefined) expected.set(event.queuedAs, track);
      else join(part, track);
    }
  }
  return [...whole];
}

function begun({ id, from, atMs }: Extract<LogEvent, { kind: "arrived" }>): Open {
  return {
    id,
    from,
    parts: [],
    currentId: id,
    arrivedAtMs: atMs,
    taken: false,
    messageId: "",
    expired: false,
    removed: "no",
    recipients: 0,
    lastAtMs: atMs,
    tries: new Map(),
    active: false,
  };
}

function record(track: Open, event: Exclude<LogEvent, { kind: "refused" | "arrived" }>): void {
  track.lastAtMs = event.atMs;
  switch (event.kind) {
    case "held":
      track.taken = true;
      return;
    case "queued":
      track.taken = true;
      track.active = true;
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
    case "discarded":
      track.taken = true;
      track.removed = "discarded";
      return;
    case "removed":
      track.removed = event.byHand ? "byHand" : "settled";
      return;
    case "tried": {
      const { recipient, status, reply, isOnward, atMs } = event;
      const sentOnward = (track.tries.get(recipient)?.sentOnward ?? 0) + (status === "sent" && isOnward ? 1 : 0);
      track.tries.set(recipient, { status, reply, isOnward, atMs, sentOnward });
      return;
    }
    case "released":
    case "requeued":
      return;
    default:
      event satisfies never;
  }
}
