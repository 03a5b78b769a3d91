// What outlives a run: where in the buffer's log the pause begins, and what the ledger says of it. Pure.
import { type LedgerTotals, ledgerOf } from "../../mail/ledger.ts";
import type { LogEvent } from "../../mail/log-events.ts";
import type { LogPosition } from "../../mail/log-reading.ts";
import type { BackupMxQueueArgs } from "./args.ts";
import type { ActualBuffer } from "./observe.ts";

export interface BufferMemory {
  /** The last reading before the buffer began to hold mail: the ledger counts from here. */
  readonly start?: { readonly position: LogPosition; readonly atMs: number };
  /** Whether mail has been held since; only then is there anything to count. */
  readonly pausing?: true;
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
  if (idle && moment === "atRest") return rested(started(memory, actual));
  const { start } = memory;
  if (start === undefined) return started(memory, actual);
  const pausing = memory.pausing === true || !idle;
  if (!pausing) return memory;
  const under: BufferMemory = { ...memory, pausing: true };
  if (actual.log === undefined) return under;
  if ("gap" in actual.log) return under.ledger === undefined ? under : { ...under, ledger: { ...under.ledger, gap: actual.log.gap } };
  const { totals } = ledgerOf(withoutProbes(args, actual.log.events), actual);
  return { ...under, ledger: { ...totals, fromMs: start.atMs, toMs: actual.log.readAtMs } };
}

function rested({ pausing: _pausing, ...memory }: BufferMemory): BufferMemory {
  return memory;
}

/** Our own question whether it refuses what nobody has is nobody's mail. */
function withoutProbes(args: BackupMxQueueArgs, events: readonly LogEvent[]): readonly LogEvent[] {
  return events.filter((event) => event.kind !== "refused" || !event.recipient.startsWith(`${args.probe.refused}@`));
}

function started(memory: BufferMemory, actual: ActualBuffer): BufferMemory {
  if (actual.log === undefined || "gap" in actual.log) return memory;
  return { ...memory, start: { position: actual.log.position, atMs: actual.log.readAtMs } };
}
