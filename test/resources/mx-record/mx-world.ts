// contoso.com's MX as a value: records at the API, two authoritative servers that follow with a lag, caches that remember. For replaying plans.
import assert from "node:assert/strict";
import { sameSet } from "../../../provider/dns/record-sets.ts";
import { type Exchange, keyOf, sameExchanges } from "../../../provider/dns/sets.ts";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import { recordSetOf } from "../../../provider/resources/mx-record/members.ts";
import type { ActualMx, MxAnswer } from "../../../provider/resources/mx-record/observe.ts";
import { desiredMx, type MxStep } from "../../../provider/resources/mx-record/plan.ts";
import type { MxRecordArgs, MxRecorded } from "../../../provider/resources/mx-record/shape.ts";
import { servedTtl } from "../../../provider/resources/mx-record/words.ts";
import { actualMx, answer, program, servers, takesMail } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import type { Model, Point } from "../../support/replay.ts";

export interface Version {
  readonly exchanges: readonly Exchange[];
  readonly ttlSeconds: number;
}

export interface MxWorld extends Version {
  readonly nowMs: number;
  readonly notes: Readonly<Record<string, string>>;
  /** What the API has held, the oldest first; the last is what it holds. */
  readonly history: readonly (Version & { readonly fromMs: number; readonly serial: number })[];
  /** How far each server is behind the API, in milliseconds. */
  readonly lagMs: readonly number[];
  /** Until when the second server does not answer. */
  readonly silentUntilMs: number;
}

export const slowestLagMs = 20_000;
const actTakesMs = 1_000;
const firstSerial = 2026120401;

/** What the API has held in turn, in `versions`, all but the last long ago; the second server has not heard of the last one yet. */
export function mxWorld(
  notes: MxWorld["notes"],
  versions: readonly [Version, ...Version[]],
  more: { readonly nowMs?: number; readonly silentMs?: number } = {},
): MxWorld {
  const nowMs = more.nowMs ?? eveningMs;
  const history = versions.map((version, index) => ({
    ...version,
    fromMs: versions.length > 1 && index === versions.length - 1 ? nowMs : nowMs - 100_000_000 + index,
    serial: firstSerial + index,
  }));
  const { exchanges, ttlSeconds } = history.at(-1) ?? versions[0];
  return { nowMs, exchanges, ttlSeconds, notes, history, lagMs: [0, slowestLagMs], silentUntilMs: nowMs + (more.silentMs ?? 0) };
}

/** A set as it stands, with the remarks that this program makes or none. */
export function version(exchanges: readonly Exchange[], ttlSeconds: number): Version {
  return { exchanges, ttlSeconds };
}

export const mxModel: Model<MxWorld, MxRecordArgs, ActualMx, MxRecorded, MxStep> = {
  resource,
  observe,
  apply,
  pass: (world, ms) => ({ ...world, nowMs: world.nowMs + ms }),
  nowMs: (world) => world.nowMs,
};

function observe(world: MxWorld, args: MxRecordArgs, recorded: MxRecorded): ActualMx {
  const { exchanges, ttlSeconds, notes } = world;
  const entering = desiredMx(args, recorded).exchanges.filter((wanted) => !exchanges.some((found) => keyOf(found) === keyOf(wanted)));
  const marks = Object.values(notes).some((note) => note.startsWith("pulumi-exchange "));
  return actualMx({
    exchanges,
    ttlSeconds,
    notes,
    answers: servers.map((_server, index) => answerOf(world, index)),
    probes: entering.map(({ exchange }) => ({ host: exchange, reading: takesMail() })),
    markedBy: marks ? [program] : [],
  });
}

function answerOf(world: MxWorld, index: number): MxAnswer {
  const server = servers[index] ?? "";
  if (index === 1 && world.nowMs < world.silentUntilMs)
    return { server, outcome: "failed", why: `${server} did not answer within 5000 ms.` };
  const heardMs = world.nowMs - (world.lagMs[index] ?? 0);
  const heard = world.history.findLast(({ fromMs }) => fromMs <= heardMs) ?? assert.fail("no version yet");
  return answer(server, heard.exchanges, servedTtl(heard.ttlSeconds), { serial: heard.serial });
}

function apply(before: MxWorld, step: MxStep): MxWorld {
  const world = { ...before, nowMs: before.nowMs + actTakesMs };
  assert.ok(sameSet(recordSetOf(step.name, world), recordSetOf(step.name, step.before)), "a step for another set than is there");
  switch (step.kind) {
    case "add": {
      const key = keyOf(step.exchange);
      if (world.exchanges.some((exchange) => keyOf(exchange) === key)) return world;
      const ttlSeconds = Math.max(step.ttlSeconds, ...(world.exchanges.length === 0 ? [] : [world.ttlSeconds]));
      const notes = step.note === undefined ? world.notes : { ...world.notes, [key]: step.note };
      return publish({ ...world, exchanges: [...world.exchanges, step.exchange], ttlSeconds, notes });
    }
    case "remove": {
      const gone = keyOf(step.exchange);
      const exchanges = world.exchanges.filter((exchange) => keyOf(exchange) !== gone);
      return publish({ ...world, exchanges, notes: Object.fromEntries(Object.entries(world.notes).filter(([key]) => key !== gone)) });
    }
    case "rewrite":
      return publish({ ...world, ttlSeconds: step.toSeconds, notes: step.notes });
  }
}

function publish(world: MxWorld): MxWorld {
  const { exchanges, ttlSeconds, nowMs, history } = world;
  return { ...world, history: [...history, { exchanges, ttlSeconds, fromMs: nowMs, serial: firstSerial + history.length }] };
}

/** Sets that a cache somewhere may hold, with the milliseconds for which it still may. */
export function cached(world: MxWorld): readonly (Version & { readonly forMs: number })[] {
  return world.lagMs.flatMap((lagMs) =>
    world.history.flatMap(({ fromMs, exchanges, ttlSeconds }, index) => {
      const untilMs = Math.min((world.history[index + 1]?.fromMs ?? world.nowMs) + lagMs, world.nowMs);
      const forMs = untilMs + servedTtl(ttlSeconds) * 1000 - world.nowMs;
      return fromMs + lagMs < untilMs && forMs > 0 ? [{ exchanges, ttlSeconds, forMs }] : [];
    }),
  );
}

/** Whoever asks finds at least one of the `proper` hosts: those that are normal, that are asked for, or that were asked for before. */
export function assertSendersFindAHost({ world }: Pick<Point<MxWorld, MxRecorded>, "world">, proper: readonly Exchange[]): void {
  const served = servers.flatMap((_server, index) => {
    const heard = answerOf(world, index);
    return heard.outcome === "answered" ? [heard.exchanges] : [];
  });
  for (const exchanges of [world.exchanges, ...served]) {
    assert.ok(
      exchanges.some((exchange) => has(proper, exchange)),
      `senders find ${exchanges.map(keyOf).join(", ") || "no MX"}`,
    );
  }
}

/** The API and every server have the set that is asked for, its TTL and its remarks; where the normal hosts have left it, no cache names them. */
export function assertIsAsAsked({ world, recorded }: Point<MxWorld, MxRecorded>, args: MxRecordArgs): void {
  const { exchanges, ttlSeconds } = desiredMx(args, recorded);
  const { normal } = recorded;
  const isNormal = sameExchanges(exchanges, normal.exchanges) && ttlSeconds === normal.ttlSeconds;
  const mark = `pulumi-exchange ${program}: paused; normally TTL ${normal.ttlSeconds}`;
  const marked = Object.fromEntries(exchanges.map((exchange) => [keyOf(exchange), mark]));
  const found = {
    set: keys(world.exchanges),
    ttlSeconds: world.ttlSeconds,
    notes: world.notes,
    answers: servers.map((_server, index) => {
      const heard = answerOf(world, index);
      return heard.outcome === "answered" ? [keys(heard.exchanges), heard.ttlSeconds] : heard;
    }),
  };
  const expected = [keys(exchanges), servedTtl(ttlSeconds)];
  assert.deepEqual(found, { set: keys(exchanges), ttlSeconds, notes: isNormal ? normal.notes : marked, answers: [expected, expected] });
  if (normal.exchanges.some((exchange) => has(exchanges, exchange))) return;
  const late = cached(world).filter(
    (held) => held.forMs > slowestLagMs && held.exchanges.some((exchange) => has(normal.exchanges, exchange)),
  );
  assert.deepEqual(late, [], "a cache still names a host that is about to go away");
}

function has(exchanges: readonly Exchange[], wanted: Exchange): boolean {
  return exchanges.some((exchange) => keyOf(exchange) === keyOf(wanted));
}

function keys(exchanges: readonly Exchange[]): readonly string[] {
  return exchanges.map(keyOf).sort();
}
