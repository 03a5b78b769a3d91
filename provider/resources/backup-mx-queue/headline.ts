// How a change of the buffer is told. Pure.
import { sayDuration, sayNumber } from "../../engine/progress.ts";
import type { ActualBuffer } from "./observe.ts";
import type { BackupMxQueueArgs } from "./shape.ts";
import { queueAge, sayHeld } from "./words.ts";

export function headline(args: BackupMxQueueArgs, actual: ActualBuffer): readonly string[] {
  if (args.state === "held") {
    const free = `${sayNumber(Math.round(actual.freeBytes / 1_000_000_000))} GB free`;
    if (actual.holding) return [`${args.host} holds mail (${sayHeld(actual)}, ${free})`];
    const filters =
      actual.filters.length === 0
        ? []
        : [`On ${args.host} mail passes ${actual.filters.join(" and ")}: what that discards does not reach Exchange.`];
    return [`${args.host} begins to hold mail (${free}, kept for ${sayDuration(actual.lifetimeSeconds * 1000)} at most)`, ...filters];
  }
  if (actual.queue.length === 0 && !actual.holding) return [`${args.host} passes mail on; nothing is held there`];
  return [
    `${args.host} delivers what it holds: ${sayHeld(actual)}${actual.queue.length === 0 ? "" : `, the oldest ${queueAge(actual)} old`}`,
  ];
}
