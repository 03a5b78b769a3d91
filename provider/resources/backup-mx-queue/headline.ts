// How a change of the buffer, and the end of a pause, are told. Pure.
import { sayUtcRange } from "../../common/utc.ts";
import { sayDuration, sayNumber } from "../../engine/progress.ts";
import type { ActualBuffer } from "./observe.ts";
import type { BackupMxQueueArgs, PauseLedger } from "./shape.ts";
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

/** The end of a pause as people read it. */
export function sayLedger(ledger: PauseLedger): string {
  const range = sayUtcRange(ledger.fromMs, ledger.toMs);
  const longest = ledger.longestWayMs === undefined ? "" : `, longest way ${sayDuration(ledger.longestWayMs)}`;
  const { accepted, recipients, delivered, stillHere, lost, duplicated, bounced, discarded, refused, gap } = ledger;
  // What is missing may have been lost.
  const sayLost = gap === undefined ? `lost ${lost}` : `lost ${lost === 0 ? "is not known" : `at least ${lost}`}`;
  const sayDiscarded = discarded === 0 ? "" : `, discarded on the buffer ${discarded}`;
  return `${range}: ${gap === undefined ? "" : `NOT COMPLETE (${gap}); as far as it is known: `}accepted by the buffer ${sayNumber(accepted)} messages for ${sayNumber(recipients)} recipients, delivered to Exchange ${sayNumber(delivered)}, still held ${sayNumber(stillHere)}, ${sayLost}, duplicated ${duplicated}, bounced ${bounced}${sayDiscarded}, refused at the door ${refused}${longest}`;
}
