// How a change of the buffer, and the end of a pause, are told. Pure.
import { sayUtcRange } from "../../common/utc.ts";
import { sayDuration, sayNumber } from "../../engine/progress.ts";
import type { ActualBuffer } from "./observe.ts";
import type { BackupMxQueueArgs, PauseLedger } from "./shape.ts";
import { queueAge, sayHeld } from "./words.ts";

export function headline(args: BackupMxQueueArgs, actual: ActualBuffer): readonly string[] {
  if (args.state === "held") {
    const free = `${sayNumber(Math.round(actual.freeBytes / 1_000_000_000))} GB free`;
    return [
      actual.holding
        ? `${args.host} holds mail (${sayHeld(actual)}, ${free})`
        : `${args.host} begins to hold mail (${free}, kept for ${sayDuration(actual.lifetimeSeconds * 1000)} at most)`,
    ];
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
  const gap = ledger.gap === undefined ? "" : ` (not complete: ${ledger.gap})`;
  const { accepted, recipients, delivered, stillHere, lost, duplicated, bounced, refused } = ledger;
  return `${range}: accepted by the buffer ${sayNumber(accepted)} messages for ${sayNumber(recipients)} recipients, delivered to Exchange ${sayNumber(delivered)}, still held ${sayNumber(stillHere)}, lost ${lost}, duplicated ${duplicated}, bounced ${bounced}, refused at the door ${refused}${longest}${gap}`;
}
