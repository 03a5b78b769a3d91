// Since when every authoritative server has been seen to answer what we asked for, and which hosts are ours where no mark can say so. Pure.
import { type Exchange, keyOf } from "../../dns/sets.ts";
import type { Phase } from "../../engine/resource.ts";
import { remembered } from "../known-host.ts";
import { isOwn } from "./mark.ts";
import { has, without } from "./members.ts";
import type { ActualMx } from "./observe.ts";
import type { MxRecordArgs, MxRecorded } from "./shape.ts";
import { servedTtl } from "./words.ts";

/** Keeps an instant that still holds, sets one that begins to hold, drops one that no longer does. */
export function follow(args: MxRecordArgs, actual: ActualMx, recorded: MxRecorded, nowMs: number, phase: Phase): MxRecorded {
  const { normal } = recorded;
  const answered = actual.answers.length > 0 && actual.answers.every((answer) => answer.outcome === "answered" && answer.authoritative);
  const heard = actual.answers.flatMap((answer) => (answer.outcome === "answered" ? [answer] : []));
  const low = answered && heard.every((answer) => answer.ttlSeconds < servedTtl(normal.ttlSeconds));
  const back =
    servedTtl(actual.ttlSeconds) >= servedTtl(normal.ttlSeconds) ||
    heard.some((answer) => answer.ttlSeconds >= servedTtl(normal.ttlSeconds));
  const flipped = answered && heard.every((answer) => !answer.exchanges.some((exchange) => has(normal.exchanges, exchange)));
  const unflipped = [actual, ...heard].some((answer) => answer.exchanges.some((exchange) => has(normal.exchanges, exchange)));
  const lowSinceMs = back ? undefined : (recorded.lowSinceMs ?? (low ? nowMs : undefined));
  const flippedSinceMs = unflipped ? undefined : (recorded.flippedSinceMs ?? (flipped ? nowMs : undefined));
  const ours = actual.comments ? [] : oursIn(args, actual, recorded);
  const hosts = phase === "atRest" ? remembered(recorded.hosts ?? [], actual.atRest) : [];
  const known = hosts.length === 0 ? recorded.hosts : hosts;
  const program = programIn(actual, recorded);
  return {
    normal: { ...normal, ...borneIn(actual, recorded) },
    ...(known === undefined ? {} : { hosts: known }),
    ...(program === undefined ? {} : { program }),
    ...(lowSinceMs === undefined ? {} : { lowSinceMs }),
    ...(flippedSinceMs === undefined ? {} : { flippedSinceMs }),
    ...(ours.length === 0 ? {} : { ours }),
  };
}

/** What normal records bear, as it was last seen: one that is away bears nothing. */
function borneIn(actual: ActualMx, { normal }: MxRecorded): Pick<MxRecorded["normal"], "attributes"> {
  const seen = normal.exchanges.map(keyOf).flatMap((key) => (actual.attributes[key] === undefined ? [] : [[key, actual.attributes[key]]]));
  return seen.length === 0 ? {} : { attributes: { ...normal.attributes, ...Object.fromEntries(seen) } };
}

/** The name that marks of this program bear: the one of now, or, after it was renamed, the earlier one until they are renewed. */
function programIn({ markedBy, program }: ActualMx, recorded: MxRecorded): string | undefined {
  return markedBy.every((name) => isOwn(name, program)) ? program : recorded.program;
}

/** Hosts that the program asks for, and those that it has asked for before and that are still there. */
function oursIn(args: MxRecordArgs, actual: ActualMx, { normal, ours = [] }: MxRecorded): readonly Exchange[] {
  const asked = args.exchanges ?? [];
  const left = without(ours, asked).filter((exchange) => has(actual.exchanges, exchange));
  return without([...asked, ...left], normal.exchanges);
}
