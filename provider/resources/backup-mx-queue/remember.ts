// What outlives a run: where in the buffer's log the pause begins, and what the ledger says of it. Pure.
import { type LedgerTotals, ledgerOf } from "../../mail/ledger.ts";
import type { LogPosition } from "../../mail/log-reading.ts";
import type { BackupMxQueueArgs } from "./args.ts";
import type { ActualBuffer } from "./observe.ts";

export interface BufferMemory {
  /** The last reading before the buffer began to hold mail: the ledger counts from here. */
  readonly start?: { readonly position: LogPosition; readonly atMs: number };
  readonly ledger?: PauseLedger;
}

export interface PauseLedger extends LedgerTotals {
  readonly fromMs: number;
  readonly toMs: number;
  /** Why the log could not be read whole. */
  readonly gap?: string;
}

export function adopt(_args: BackupMxQueueArgs, actual: ActualBuffer): { memory: BufferMemory } {
  return { memory: started({}, actual) };
}

/** At rest the beginning moves along and the last pause's ledger stays; under way the ledger follows the log. */
export function remember(
  args: BackupMxQueueArgs,
  actual: ActualBuffer,
  memory: BufferMemory,
  _nowMs: number,
  moment: "atRest" | "underWay",
): BufferMemory {
  const idle = args.state === "released" && !actual.holding && actual.queue.length === 0;
  if (idle && moment === "atRest") return started(memory, actual);
  const { start } = memory;
  if (start === undefined) return started(memory, actual);
  if (actual.log === undefined) return memory;
  if ("gap" in actual.log) return memory.ledger === undefined ? memory : { ...memory, ledger: { ...memory.ledger, gap: actual.log.gap } };
  const { totals } = ledgerOf(actual.log.events, actual);
  return { ...memory, ledger: { ...totals, fromMs: start.atMs, toMs: actual.log.readAtMs } };
}

function started(memory: BufferMemory, actual: ActualBuffer): BufferMemory {
  if (actual.log === undefined || "gap" in actual.log) return memory;
  return { ...memory, start: { position: actual.log.position, atMs: actual.log.readAtMs } };
}
