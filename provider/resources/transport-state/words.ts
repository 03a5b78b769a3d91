// How queues and counts are written for people. Pure.
import { sayCount, sayNumber } from "../../engine/progress.ts";
import type { QueueReading } from "./observe.ts";

/** `96 to DB01, 47 to smarthost.contoso.net`, the largest first; beyond four the rest as one number. */
export function sayQueues(queues: readonly QueueReading[]): string {
  const told = queues
    .slice(0, 4)
    .map((queue) => `${sayNumber(queue.messages)} to ${queue.nextHop}${queue.suspended ? " (suspended)" : ""}`);
  const rest = queues.slice(4).reduce((sum, queue) => sum + queue.messages, 0);
  return [...told, ...(rest > 0 ? [`${sayNumber(rest)} in ${queues.length - 4} more`] : [])].join(", ");
}

/** `1 message`, `31 messages` */
export function sayMessages(count: number): string {
  return sayCount(count, "message");
}

/** What a person types to let suspended queues move again: `Resume-Queue "EX01\\17"`. */
export function sayResume(queues: readonly QueueReading[]): string {
  return `Resume ${queues.length === 1 ? "it" : "them"} (${queues.map(({ identity }) => `\`Resume-Queue "${identity}"\``).join(", ")})`;
}

/** The words alone of `[{LRT=…};{LED=451 4.4.0 …};{FQDN=…};{IP=…}]`; any other text as it is. */
export function bareError(lastError: string): string {
  return /\{LED=(.*?)\}(?:;\{|\]|$)/s.exec(lastError)?.[1] ?? lastError;
}
