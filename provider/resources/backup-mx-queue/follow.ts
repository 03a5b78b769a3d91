// What outlives a run: where in the buffer's log the pause begins, and what the ledger says of it. Pure.
import type { Phase } from "../../engine/resource.ts";
import { ledgerOf } from "../../mail/ledger.ts";
import type { LogEvent } from "../../mail/log-events.ts";
import { remembered } from "../known-host.ts";
import type { ActualBuffer } from "./observe.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "./shape.ts";

/** At rest the beginning moves along and the last pause's ledger stays; under way the ledger follows the log. */
export function follow(
  args: BackupMxQueueArgs,
  actual: ActualBuffer,
  before: BufferRecorded,
  _nowMs: number,
  phase: Phase,
): BufferRecorded {
  const { claim, program } = actual;
  const recorded = claim === undefined || claim.program === program ? { ...before, program } : before;
  const idle = args.state === "released" && !actual.holding && actual.queue.length === 0;
  if (idle && phase === "atRest") return rested(withNextHop(started(recorded, actual), actual));
  const { start } = recorded;
  if (start === undefined) return started(recorded, actual);
  const pausing = recorded.pausing === true || !idle;
  if (!pausing) return recorded;
  const under: BufferRecorded = { ...recorded, pausing: true };
  if (actual.log === undefined) return under;
  if ("gap" in actual.log) return under.ledger === undefined ? under : { ...under, ledger: { ...under.ledger, gap: actual.log.gap } };
  const { totals } = ledgerOf(withoutProbes(args, actual.log.events), actual);
  return { ...under, ledger: { ...totals, fromMs: start.atMs, toMs: actual.log.readAtMs } };
}

function withNextHop(recorded: BufferRecorded, { nextHopAtRest }: ActualBuffer): BufferRecorded {
  const { nextHop: before } = recorded;
  const [nextHop = before] = remembered(before === undefined ? [] : [before], nextHopAtRest === undefined ? [] : [nextHopAtRest]);
  return nextHop === undefined ? recorded : { ...recorded, nextHop };
}

function rested({ pausing: _pausing, ...recorded }: BufferRecorded): BufferRecorded {
  return recorded;
}

/** Our own question whether it refuses what nobody has is nobody's mail. */
function withoutProbes(args: BackupMxQueueArgs, events: readonly LogEvent[]): readonly LogEvent[] {
  return events.filter((event) => event.kind !== "refused" || !event.recipient.startsWith(`${args.probe.refused}@`));
}

function started(recorded: BufferRecorded, actual: ActualBuffer): BufferRecorded {
  if (actual.log === undefined || "gap" in actual.log) return recorded;
  return { ...recorded, start: { position: actual.log.position, atMs: actual.log.readAtMs } };
}
