// The test message of a pause: to whom it goes, and which messages of a queue it is. Pure.
import type { QueueEntry } from "../../mail/buffer-reading.ts";
import type { ActualBuffer } from "./observe.ts";
import type { BackupMxQueueArgs } from "./shape.ts";

type Queue = Pick<ActualBuffer, "queue" | "tokenSender">;

/** A mailbox of the site, so that whatever becomes of it comes to somebody who looks after mail. */
export function tokenRecipient({ token, domains }: BackupMxQueueArgs): string {
  return token ?? `postmaster@${domains[0] ?? ""}`;
}

/** Those in the queue. */
export function tokensIn(args: BackupMxQueueArgs, { queue, tokenSender }: Queue): readonly QueueEntry[] {
  const to = tokenRecipient(args).toLowerCase();
  const sender = tokenSender.toLowerCase();
  return queue.filter((entry) => entry.sender.toLowerCase() === sender && entry.recipients.every((one) => one.toLowerCase() === to));
}

/** Whether one is held, or on its way to be. One that is put off was passed on before; it proves nothing of what arrives now. */
export function provesHolding(args: BackupMxQueueArgs, actual: Queue): boolean {
  return tokensIn(args, actual).some(({ queue }) => queue !== "deferred");
}
