// How an MX set becomes another without a moment in which a sender finds none: lower the TTL, let caches forget the old one, add, see it served
// everywhere, remove, see that too, and give back the TTL and what the records bear last. Pure. Rules: RFC 5321 5.1, RFC 2308 (an empty answer is remembered too).
import { type Exchange, keyOf, sameExchanges, saySet } from "../../dns/sets.ts";
import type { Plan, Wait } from "../../engine/plan.ts";
import { refusalsOf } from "./guard.ts";
import { fitnessOfHosts } from "./hosts.ts";
import { markOf } from "./mark.ts";
import { type AttributesByKey, after, has, type MxSet, marked, type Notes, notesOf, sameNotes, without } from "./members.ts";
import type { ActualMx, MxAnswer } from "./observe.ts";
import { fullName, type MxRecordArgs, type MxRecorded } from "./shape.ts";
import { sayName, sayTtl, servedTtl } from "./words.ts";

/** One change of the set. */
export type MxChange =
  | {
      readonly kind: "rewrite";
      readonly name: string;
      readonly fromSeconds: number;
      readonly toSeconds: number;
      readonly notes: Notes;
      /** What its records are given back besides; what is not named here stays as it is. */
      readonly attributes?: AttributesByKey;
    }
  | {
      readonly kind: "add";
      readonly name: string;
      readonly exchange: Exchange;
      readonly ttlSeconds: number;
      readonly note: string | undefined;
    }
  | { readonly kind: "remove"; readonly name: string; readonly exchange: Exchange };

/** A change, and the set that it is made for: of another one nothing is changed. */
export type MxStep = MxChange & { readonly before: MxSet };

/** One decision's view of the world: what is wanted, what is there, and what will be in force until the last step. */
interface Decision {
  readonly args: MxRecordArgs;
  readonly name: string;
  readonly actual: ActualMx;
  readonly recorded: MxRecorded;
  readonly nowMs: number;
  readonly exchanges: readonly Exchange[];
  readonly ttlSeconds: number;
  /** Whether what is wanted is the normal set with the normal TTL. */
  readonly normal: boolean;
  /** Our remark; none where the DNS host keeps none, and what is recorded alone tells what is normal. */
  readonly mark: string | undefined;
  /** The remarks that the wanted set bears: our mark, or what is normal. */
  readonly notes: Notes;
  /** The lower of the TTL found and the TTL wanted: in force while the set changes. */
  readonly lowTtl: number;
}

/** What the arguments mean, the absent ones filled with what is normal. */
export function desiredMx(
  args: MxRecordArgs,
  recorded: MxRecorded,
): { readonly exchanges: readonly Exchange[]; readonly ttlSeconds: number } {
  return { exchanges: args.exchanges ?? recorded.normal.exchanges, ttlSeconds: args.ttlSeconds ?? recorded.normal.ttlSeconds };
}

/** When the last cache forgets the normal set; `undefined` while the TTL has not been lowered everywhere. */
export function earliestFlipAtMs(recorded: MxRecorded): number | undefined {
  return recorded.lowSinceMs === undefined ? undefined : recorded.lowSinceMs + servedTtl(recorded.normal.ttlSeconds) * 1000;
}

/** Steps from `actual` to what is desired; none when every authoritative server answers it and caches have forgotten what went before. */
export function plan(args: MxRecordArgs, actual: ActualMx, recorded: MxRecorded, nowMs: number): Plan<MxStep> {
  const { exchanges, ttlSeconds } = desiredMx(args, recorded);
  const normal = sameExchanges(exchanges, recorded.normal.exchanges) && ttlSeconds === recorded.normal.ttlSeconds;
  const mark = actual.comments ? markOf(actual.program, recorded.normal.ttlSeconds) : undefined;
  const notes = normal ? recorded.normal.notes : marked(exchanges, mark);
  // A TTL that is low already is low enough for a change; a lower one now would have to run out first itself.
  const underWay =
    !sameExchanges(exchanges, actual.exchanges) ||
    (hasLeft(exchanges, recorded) && nowMs < (recorded.flippedSinceMs ?? nowMs) + servedTtl(actual.ttlSeconds) * 1000);
  const lowEnough = servedTtl(actual.ttlSeconds) < servedTtl(recorded.normal.ttlSeconds) && underWay;
  const lowTtl = servedTtl(ttlSeconds) < servedTtl(actual.ttlSeconds) && !lowEnough ? ttlSeconds : actual.ttlSeconds;
  const name = fullName(args);
  const it: Decision = { args, name, actual, recorded, nowMs, exchanges, ttlSeconds, normal, mark, notes, lowTtl };
  const found: MxSet = { exchanges: actual.exchanges, ttlSeconds: actual.ttlSeconds, notes: actual.notes };
  const steps = [...fitnessOfHosts(it).waits, ...lower(it), ...untilCachesForget(it), ...change(it), ...afterLeaving(it)];
  return { steps: withSets([...steps, ...settle(it, steps.reduce(done, found))], found), refusals: refusalsOf(it) };
}

/** Each change with the set that the ones before it make of what was found. */
function withSets(steps: readonly (MxChange | Wait)[], found: MxSet): (MxStep | Wait)[] {
  return steps.map((step, index) => (step.kind === "wait" ? step : { ...step, before: steps.slice(0, index).reduce(done, found) }));
}

function done(set: MxSet, step: MxChange | Wait): MxSet {
  return step.kind === "wait" ? set : after(set, step);
}

function lower(it: Decision): (MxChange | Wait)[] {
  const { actual, lowTtl, name } = it;
  const what = `TTL ${sayTtl(servedTtl(lowTtl))} for ${sayName(name)}`;
  if (lowTtl === actual.ttlSeconds || actual.exchanges.length === 0) {
    const late = actual.answers.filter((answer) =>
      isLate(answer, (heard) => heard.exchanges.length === 0 || heard.ttlSeconds <= servedTtl(lowTtl)),
    );
    const waits = it.ttlSeconds === lowTtl && late.length > 0 ? [untilServed(it, what, late)] : [];
    return marksFirst(it) ? [markAll(it), ...waits] : waits;
  }
  const notes = notesOf(actual.exchanges, { ...marked(actual.exchanges, it.mark), ...it.notes });
  return [{ kind: "rewrite", name, fromSeconds: actual.ttlSeconds, toSeconds: lowTtl, notes }, untilServed(it, what, [])];
}

/** Before a set that bears no mark of ours loses or gains a member: a run that is killed then is known for what it was. */
function marksFirst(it: Decision): boolean {
  return !it.normal && it.mark !== undefined && it.actual.exchanges.length > 0 && it.actual.markedBy.length === 0;
}

function markAll({ actual, name, mark }: Decision): MxChange {
  const notes = notesOf(actual.exchanges, marked(actual.exchanges, mark));
  return { kind: "rewrite", name, fromSeconds: actual.ttlSeconds, toSeconds: actual.ttlSeconds, notes };
}

/** Only a set that was lowered for the purpose is waited for; a flip without a lower TTL is the program's own choice. */
function untilCachesForget(it: Decision): Wait[] {
  const { recorded, nowMs, name, args } = it;
  const normalTtl = servedTtl(recorded.normal.ttlSeconds);
  const leaves = without(it.actual.exchanges, it.exchanges).some((exchange) => has(recorded.normal.exchanges, exchange));
  if (!leaves || args.ttlSeconds === undefined || args.ttlSeconds >= normalTtl) return [];
  const dueAtMs = earliestFlipAtMs(recorded) ?? nowMs + normalTtl * 1000;
  if (dueAtMs <= nowMs) return [];
  return [
    {
      kind: "wait",
      key: "old TTL",
      for: `the old TTL of ${sayName(name)} (${sayTtl(normalTtl)}) to run out: until then caches may hold the old MX`,
      dueAtMs,
      recheckMs: 60_000,
    },
  ];
}

function change(it: Decision): (MxChange | Wait)[] {
  const { actual, name, exchanges, mark: note } = it;
  const adds = without(exchanges, actual.exchanges).map(
    (exchange): MxChange => ({ kind: "add", name, exchange, ttlSeconds: it.lowTtl, note }),
  );
  const removes = without(actual.exchanges, exchanges).map((exchange): MxChange => ({ kind: "remove", name, exchange }));
  const lacking = actual.answers.filter((answer) => isLate(answer, (heard) => without(exchanges, heard.exchanges).length === 0));
  const differing = actual.answers.filter((answer) => isLate(answer, (heard) => sameExchanges(heard.exchanges, exchanges)));
  const added = `${saySet(exchanges)} for ${sayName(name)}`;
  const alone = `${saySet(exchanges)} and nothing else for ${sayName(name)}`;
  if (adds.length > 0)
    return [...adds, untilServed(it, added, []), ...removes, ...(removes.length > 0 ? [untilServed(it, alone, [])] : [])];
  if (removes.length > 0) return [...(lacking.length > 0 ? [untilServed(it, added, lacking)] : []), ...removes, untilServed(it, alone, [])];
  return differing.length > 0 ? [untilServed(it, alone, differing)] : [];
}

/** After the normal hosts have left the set, caches still name them for the TTL in force. */
function afterLeaving(it: Decision): Wait[] {
  const { recorded, nowMs, name } = it;
  if (!hasLeft(it.exchanges, recorded)) return [];
  // A cache may have got the normal set with its normal TTL until the moment from which a lower one was served.
  const normalMs = servedTtl(recorded.normal.ttlSeconds) * 1000;
  const lowSinceMs = recorded.lowSinceMs ?? (servedTtl(it.lowTtl) * 1000 < normalMs ? nowMs : undefined);
  const flippedMs = recorded.flippedSinceMs ?? Math.max(nowMs, lowSinceMs === undefined ? nowMs : lowSinceMs + normalMs);
  const dueAtMs = Math.max(flippedMs + servedTtl(it.lowTtl) * 1000, Math.min(lowSinceMs ?? flippedMs, flippedMs) + normalMs);
  if (dueAtMs <= nowMs) return [];
  const seconds = Math.round((dueAtMs - flippedMs) / 1000);
  return [
    {
      kind: "wait",
      key: "caches",
      for: `caches to forget ${saySet(recorded.normal.exchanges)} for ${sayName(name)} (${sayTtl(seconds)})`,
      dueAtMs,
      recheckMs: 30_000,
    },
  ];
}

/** Whether none of the normal hosts is among those that are wanted. */
function hasLeft(exchanges: readonly Exchange[], { normal }: MxRecorded): boolean {
  return normal.exchanges.length > 0 && !normal.exchanges.some((exchange) => has(exchanges, exchange));
}

/** Last of all, because a high TTL delays whatever comes next: the TTL goes up, and a mark that is no longer true goes away. */
function settle(it: Decision, before: MxSet): (MxChange | Wait)[] {
  const { actual, name, exchanges, ttlSeconds } = it;
  const what = `TTL ${sayTtl(servedTtl(ttlSeconds))} for ${sayName(name)}`;
  const notes = notesOf(exchanges, it.notes);
  const attributes = lostAttributes(it);
  const bearsAll = Object.keys(attributes).length === 0;
  if (ttlSeconds !== before.ttlSeconds || !sameNotes(before.notes, notes) || !bearsAll) {
    const more = bearsAll ? {} : { attributes };
    const rewrite: MxChange = { kind: "rewrite", name, fromSeconds: before.ttlSeconds, toSeconds: ttlSeconds, notes, ...more };
    return [rewrite, ...(ttlSeconds === before.ttlSeconds ? [] : [untilServed(it, what, [])])];
  }
  const lowered = it.lowTtl !== actual.ttlSeconds || marksFirst(it);
  const late = actual.answers.filter((answer) => isLate(answer, (heard) => heard.ttlSeconds >= servedTtl(ttlSeconds)));
  return lowered || late.length === 0 || !sameExchanges(exchanges, actual.exchanges) ? [] : [untilServed(it, what, late)];
}

/** What normal records of the wanted set bore, do not bear (any more, or when they are made anew), and can be given. */
function lostAttributes({ actual, exchanges, recorded }: Decision): AttributesByKey {
  return Object.fromEntries(
    exchanges.map(keyOf).flatMap((key) => {
      const borne = actual.attributes[key] ?? {};
      const normally = Object.entries(recorded.normal.attributes?.[key] ?? {});
      const lost = normally.filter(([name]) => !(name in borne) && actual.takes.includes(name));
      return lost.length === 0 ? [] : [[key, Object.fromEntries(lost)]];
    }),
  );
}

/** With `late`, they are named with what they answer; without, the change is still to come. */
function untilServed(it: Decision, what: string, late: readonly MxAnswer[]): Wait {
  const { args, actual } = it;
  const servers = actual.answers.map((answer) => answer.server).join(" and ");
  const who = late.map(sayLate).join("; ");
  return {
    kind: "wait",
    key: what,
    for: late.length === 0 ? `${servers} to answer ${what}` : `${what}: ${who}`,
    ...(late.length === 0 ? {} : { left: { count: late.length, unit: "name server" } }),
    recheckMs: 5_000,
    stuck: {
      sentence: `${sayName(args.zone)}: expected ${what}, and for {time} ${who || servers}.`,
      remedy:
        "Nothing that senders still use was taken away. See to that server (zone transfer, NOTIFY), then run `pulumi up` again: it goes on from here.",
    },
  };
}

function isLate(answer: MxAnswer, isRight: (heard: Extract<MxAnswer, { outcome: "answered" }>) => boolean): boolean {
  return answer.outcome === "failed" || !answer.authoritative || !isRight(answer);
}

function sayLate(answer: MxAnswer): string {
  if (answer.outcome === "failed") return answer.why.replace(/\.$/, "");
  const authority = answer.authoritative ? "" : " without authority";
  return `${answer.server} still answers ${saySet(answer.exchanges)} with TTL ${sayTtl(answer.ttlSeconds)}${authority} (serial ${answer.serial})`;
}

export type { Decision };
