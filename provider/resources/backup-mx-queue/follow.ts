// What outlives a run: where in the buffer's log the pause begins, and what the ledger says of it. Pure.
import type { Phase } from "../../engine/resource.ts";
import { accountOf } from "../../mail/account.ts";
import { ledgerOf } from "../../mail/ledger.ts";
import type { LogEvent } from "../../mail/log-events.ts";
import { remembered } from "../known-host.ts";
import type { PauseLedger } from "../pause-shape.ts";
import type { ActualBuffer } from "./observe.ts";
import { isNothing } from "./pauses.ts";
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
  if (recorded.start === undefined) return started(recorded, actual);
  const begins = args.state === "held" && !actual.holding && recorded.pausing !== true;
  if (begins) return { ...started(recorded, actual), pausing: true };
  // Mail that only passes by is no pause.
  const holds = args.state === "held" || actual.holding || actual.queue.some(({ queue }) => queue === "hold");
  if (recorded.pausing !== true && !holds) return recorded;
  return counted(args, actual, recorded, recorded.start);
}

/** Under way: the ledger as the log has it now, or what is known of it and what is not. */
function counted(
  args: BackupMxQueueArgs,
  actual: ActualBuffer,
  recorded: BufferRecorded,
  start: NonNullable<BufferRecorded["start"]>,
): BufferRecorded {
  const under: BufferRecorded = { ...recorded, pausing: true };
  const { log } = actual;
  if (log === undefined) return under;
  const events = "unreadable" in log ? [] : withoutProbes(args, log.events);
  const { entries, totals } = ledgerOf(events, actual);
  const over = args.state === "released" && !actual.holding && actual.queue.length === 0 ? ({ over: true } as const) : {};
  const found: PauseLedger = {
    ...totals,
    ...filled(accountOf(entries, events, args.domains)),
    fromMs: start.atMs,
    toMs: "unreadable" in log ? actual.readAtMs : log.readAtMs,
    ...over,
  };
  const told = new Set(events.map((event) => (event.kind === "refused" ? "" : event.id)));
  const untold = [...new Set([...(recorded.untold ?? []), ...actual.untold.map(({ id }) => id)])]
    .filter((id) => !told.has(id))
    .slice(0, mostUntold);
  const missing = "unreadable" in log ? log.unreadable : log.gap;
  const gaps = [...(missing === undefined ? [] : [missing]), ...(untold.length === 0 ? [] : [sayUntold(untold.length, args)])];
  const { untold: _before, ...rest } = { ...under, ...earlierOf(recorded, start.atMs) };
  const kept: BufferRecorded = untold.length === 0 ? rest : { ...rest, untold };
  if (gaps.length === 0) return { ...kept, ledger: found };
  // What was counted while all was there may be more than what is left; the ledger of an earlier pause says nothing of this one.
  const before = missing !== undefined && recorded.ledger?.fromMs === start.atMs ? recorded.ledger : found;
  const whole = before.accepted > found.accepted ? before : found;
  return { ...kept, ledger: { ...whole, ...over, gaps } };
}

/** Nothing of a list that is empty: each is kept in the state for years. */
function filled<T extends object>(account: T): Partial<T> {
  return Object.fromEntries(Object.entries(account).filter(([, value]) => !Array.isArray(value) || value.length > 0)) as Partial<T>;
}

/** The pauses before the one that began at `fromMs`. */
function earlierOf({ ledger, earlier = [] }: BufferRecorded, fromMs: number): Pick<BufferRecorded, "earlier"> {
  const isOther = ledger !== undefined && ledger.fromMs !== fromMs && !isNothing(ledger);
  const pauses = isOther ? [ledger, ...earlier].slice(0, mostEarlier) : earlier;
  return pauses.length === 0 ? {} : { earlier: pauses };
}

function withNextHop(recorded: BufferRecorded, { nextHopAtRest }: ActualBuffer): BufferRecorded {
  const { nextHop: before } = recorded;
  const [nextHop = before] = remembered(before === undefined ? [] : [before], nextHopAtRest === undefined ? [] : [nextHopAtRest]);
  return nextHop === undefined ? recorded : { ...recorded, nextHop };
}

const mostEarlier = 19;
/** More of them say no more. */
const mostUntold = 50;

function sayUntold(count: number, { host }: BackupMxQueueArgs): string {
  const many = count === mostUntold ? `${count} messages or more` : `${count} message${count === 1 ? "" : "s"}`;
  return `${many} lay in the queue of ${host} that its log does not tell of`;
}

function rested({ pausing: _pausing, untold: _untold, ...recorded }: BufferRecorded): BufferRecorded {
  return recorded;
}

/** Our own question whether it refuses what nobody has is nobody's mail. */
function withoutProbes(args: BackupMxQueueArgs, events: readonly LogEvent[]): readonly LogEvent[] {
  return events.filter((event) => event.kind !== "refused" || !event.recipient.startsWith(`${args.probe.refused}@`));
}

function started(recorded: BufferRecorded, actual: ActualBuffer): BufferRecorded {
  if (actual.log === undefined || "unreadable" in actual.log) return recorded;
  return { ...recorded, start: { position: actual.log.position, atMs: actual.log.readAtMs, sureMs: actual.log.endedAtMs } };
}
