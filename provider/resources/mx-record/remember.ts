// What outlives a run: the set that is normal, and since when every authoritative server has been seen to answer what we asked for. Pure.
import { type Exchange, formatSet, sameExchanges } from "../../dns/sets.ts";
import type { Refusal } from "../../engine/plan.ts";
import type { MxRecordArgs } from "./args.ts";
import { has, type MxSet, without } from "./members.ts";
import type { ActualMx } from "./observe.ts";

export interface MxMemory {
  readonly normal: MxSet;
  /** Since when all servers have answered a TTL below the normal one: no cache got the normal one later. */
  readonly lowSinceMs?: number;
  /** Since when all servers have answered the set that stands in for the normal one. */
  readonly flippedSinceMs?: number;
  /** Where no mark can stand at a record: the hosts, not normal ones, that the program has put into the set. */
  readonly ours?: readonly Exchange[];
}

/** Cloudflare's automatic TTL is served as 300 s. */
export function servedTtl(ttlSeconds: number): number {
  return ttlSeconds === 1 ? 300 : ttlSeconds;
}

export function adopt(args: MxRecordArgs, actual: ActualMx, nowMs: number): { memory: MxMemory } | { refusal: Refusal } {
  if (args.normal !== undefined) return { memory: seen(args, { normal: { ...args.normal, notes: {} } }, actual, nowMs) };
  if (actual.markedBy.length > 0) {
    return {
      refusal: {
        sentence: `${args.zone} is entered into this program for the first time, and its MX bears the mark of a pause by ${actual.markedBy.join(", ")} (${formatSet(actual.exchanges)}).`,
        remedy: "What is normal there cannot be read from it. Bring it back first, or give `normal: { exchanges: […], ttlSeconds: … }`.",
      },
    };
  }
  return { memory: { normal: normalIn(actual) } };
}

export function remember(args: MxRecordArgs, actual: ActualMx, memory: MxMemory, nowMs: number, moment: "atRest" | "underWay"): MxMemory {
  if (args.normal !== undefined) return seen(args, { ...memory, normal: { ...args.normal, notes: memory.normal.notes } }, actual, nowMs);
  const asFound = args.exchanges === undefined && args.ttlSeconds === undefined;
  // Where no mark can stand, a set that a killed run has left behind looks like one that is normal now: only the program renews what is recorded.
  const renewed = moment === "atRest" && asFound && actual.comments && actual.markedBy.length === 0 && actual.exchanges.length > 0;
  return seen(args, renewed ? { normal: normalIn(actual) } : memory, actual, nowMs);
}

/** Keeps an instant that still holds, sets one that begins to hold, drops one that no longer does. */
function seen(args: MxRecordArgs, memory: MxMemory, actual: ActualMx, nowMs: number): MxMemory {
  const { normal } = memory;
  const answered = actual.answers.length > 0 && actual.answers.every((answer) => answer.outcome === "answered" && answer.authoritative);
  const heard = actual.answers.flatMap((answer) => (answer.outcome === "answered" ? [answer] : []));
  const low = answered && heard.every((answer) => answer.ttlSeconds < servedTtl(normal.ttlSeconds));
  const back =
    servedTtl(actual.ttlSeconds) >= servedTtl(normal.ttlSeconds) ||
    heard.some((answer) => answer.ttlSeconds >= servedTtl(normal.ttlSeconds));
  const flipped = answered && heard.every((answer) => !answer.exchanges.some((exchange) => sameIn(normal.exchanges, exchange)));
  const unflipped = [actual, ...heard].some((answer) => answer.exchanges.some((exchange) => sameIn(normal.exchanges, exchange)));
  const lowSinceMs = back ? undefined : (memory.lowSinceMs ?? (low ? nowMs : undefined));
  const flippedSinceMs = unflipped ? undefined : (memory.flippedSinceMs ?? (flipped ? nowMs : undefined));
  const ours = actual.comments ? [] : oursIn(args, memory, actual);
  return {
    normal,
    ...(lowSinceMs === undefined ? {} : { lowSinceMs }),
    ...(flippedSinceMs === undefined ? {} : { flippedSinceMs }),
    ...(ours.length === 0 ? {} : { ours }),
  };
}

/** Hosts that the program asks for, and those that it has asked for before and that are still there. */
function oursIn(args: MxRecordArgs, { normal, ours = [] }: MxMemory, actual: ActualMx): readonly Exchange[] {
  const asked = args.exchanges ?? [];
  const left = without(ours, asked).filter((exchange) => has(actual.exchanges, exchange));
  return without([...asked, ...left], normal.exchanges);
}

function sameIn(exchanges: readonly Exchange[], wanted: Exchange): boolean {
  return exchanges.some((exchange) => sameExchanges([exchange], [wanted]));
}

function normalIn(actual: ActualMx): MxSet {
  return { exchanges: actual.exchanges, ttlSeconds: actual.ttlSeconds, notes: actual.notes };
}
