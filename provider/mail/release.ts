// Plans how held mail goes back to Exchange: oldest first, one batch at a time, and for each whether it is released or requeued. Pure.
// Measured with Postfix 3.7: after `postsuper -H` a message older than maximal_queue_lifetime gets one attempt and is bounced if
// Exchange is not ready; `postsuper -r` starts its lifetime anew and keeps its arrival time.
import type { QueueEntry } from "./buffer-reading.ts";

export interface ReleaseLimits {
  /** The host's time, milliseconds since 1970. */
  readonly nowMs: number;
  /** maximal_queue_lifetime. */
  readonly lifetimeSeconds: number;
  /** Messages per batch, at least 1. */
  readonly batchSize: number;
}

export type NextBatch =
  | { readonly kind: "release"; readonly ids: readonly string[]; readonly requeue: boolean }
  /** The last batch has not left yet. */
  | { readonly kind: "underWay"; readonly left: number }
  /** The next hop puts off so many that releasing more would only move them from one queue into another. */
  | { readonly kind: "stalled"; readonly deferred: number; readonly reason: string }
  /** Nothing is held; `deferred` messages are still being tried by Postfix itself. */
  | { readonly kind: "noneHeld"; readonly deferred: number };

/** Released mail is tried for a while: this much of its lifetime must be left, or half of a shorter one. */
const marginSeconds = 86_400;

/** The next batch, or why there is none just now. One batch is all released or all requeued. */
export function nextBatch(queue: readonly QueueEntry[], limits: ReleaseLimits): NextBatch {
  const putOff = queue.filter((entry) => entry.queue === "deferred" && entry.reason !== undefined);
  const left = queue.filter((entry) => entry.queue !== "hold").length - putOff.length;
  if (left > 0) return { kind: "underWay", left };
  const held = queue.filter((entry) => entry.queue === "hold").toSorted(byAge);
  const [oldest] = held;
  if (oldest === undefined) return { kind: "noneHeld", deferred: putOff.length };
  if (putOff.length * 2 >= limits.batchSize) return { kind: "stalled", deferred: putOff.length, reason: putOff[0]?.reason ?? "" };
  const requeue = mustRequeue(oldest, limits);
  const batch = held.slice(0, limits.batchSize).filter((entry) => mustRequeue(entry, limits) === requeue);
  return { kind: "release", ids: batch.map(({ id }) => id), requeue };
}

function mustRequeue({ arrivedAtMs }: QueueEntry, { nowMs, lifetimeSeconds }: ReleaseLimits): boolean {
  const ageSeconds = (nowMs - arrivedAtMs) / 1_000;
  return ageSeconds >= lifetimeSeconds - Math.min(marginSeconds, lifetimeSeconds / 2);
}

function byAge(one: QueueEntry, other: QueueEntry): number {
  return one.arrivedAtMs - other.arrivedAtMs || (one.id < other.id ? -1 : 1);
}
