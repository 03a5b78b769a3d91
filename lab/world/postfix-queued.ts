// A message in the queue of the lab's Postfix, and what became of a recipient that was given up.
import type { Message } from "./message.ts";

export type QueueName = "hold" | "deferred" | "active" | "incoming" | "maildrop";

export interface Queued {
  readonly id: string;
  readonly message: Message;
  /** When it was first taken; kept by a requeue. */
  readonly arrivedAtMs: number;
  /** From when its lifetime counts. */
  readonly queuedAtMs: number;
  readonly sizeBytes: number;
  queue: QueueName;
  /** Recipients still to be delivered, with the reason of the last delay. */
  readonly waiting: Map<string, string | undefined>;
  nextTryAtMs: number;
  /** Whether the content filter gave it back. */
  readonly isFiltered?: boolean;
}

export interface Bounce {
  readonly id: string;
  readonly messageId: string;
  readonly recipient: string;
  readonly reason: string;
  readonly atMs: number;
}
