// What is in the buffer, in words and as the next batch. Pure.
import { sayDuration, sayNumber } from "../../engine/progress.ts";
import { nextBatch } from "../../mail/release.ts";
import type { ActualBuffer } from "./observe.ts";
import type { BackupMxQueueArgs } from "./shape.ts";
import { tokensIn } from "./token.ts";

/** The next messages to send on: the test message alone while it is there, else the oldest; `undefined` while others are under way. */
export function batchOf(
  args: BackupMxQueueArgs,
  actual: ActualBuffer,
): { readonly ids: readonly string[]; readonly requeue: boolean } | undefined {
  const tokens = tokensIn(args, actual);
  // Until Exchange has taken the test message, it has not been shown to take anything.
  if (tokens.some((entry) => entry.queue !== "hold")) return undefined;
  const first = tokens.length === 0 ? actual.queue : [...tokens, ...actual.queue.filter((entry) => entry.queue !== "hold")];
  const next = nextBatch(first, { nowMs: actual.readAtMs, lifetimeSeconds: actual.lifetimeSeconds, batchSize: args.batchSize });
  return next.kind === "release" ? { ids: next.ids, requeue: next.requeue } : undefined;
}

/** `4,812 messages` */
export function sayHeld(actual: ActualBuffer): string {
  return `${sayNumber(actual.queue.length)} message${actual.queue.length === 1 ? "" : "s"}`;
}

/** Age of the oldest message. */
export function queueAge(actual: ActualBuffer): string {
  const oldestMs = Math.min(actual.readAtMs, ...actual.queue.map((entry) => entry.arrivedAtMs));
  return sayDuration(actual.readAtMs - oldestMs);
}
