// Walks a plan over a model of the site: look, plan, take the first step or let time pass, until nothing is left. Every look is kept as a point
// from which another walk can start: as after a kill, as after a stop, in the same direction or back.
import assert from "node:assert/strict";
import type { Kind } from "../../provider/engine/kind.ts";
import { isWait, type Plan, type Step } from "../../provider/engine/plan.ts";
import { atRest, type Kept } from "./kept.ts";

/** A site as a value: each function gives the site that comes of it. */
export interface Model<World, Args, Actual, Memory, S extends Step> {
  readonly kind: Pick<Kind<never, Args, Actual, Memory, S>, "plan" | "remember" | "liveArgs" | "sayStep">;
  observe(world: World, args: Args, memory: Memory): Actual;
  apply(world: World, step: S): World;
  pass(world: World, ms: number): World;
  nowMs(world: World): number;
}

/** The site at one look, and what the run remembered by then. */
export interface Point<World, Memory> {
  readonly world: World;
  readonly memory: Memory;
}

export interface Walk<World, Memory> {
  readonly end: Point<World, Memory>;
  readonly points: readonly Point<World, Memory>[];
  /** What was done, in words; waits begin with `wait for`. */
  readonly did: readonly string[];
}

const longestWalk = 200;

/** From `start` to what `args` ask. Fails when it is refused, or when there seems to be no end. */
export function walk<World, Args, Actual, Memory, S extends Step>(
  model: Model<World, Args, Actual, Memory, S>,
  args: Args,
  start: Point<World, Memory>,
): Walk<World, Memory> {
  const points: Point<World, Memory>[] = [];
  const did: string[] = [];
  let { world, memory } = start;
  while (points.length < longestWalk) {
    const actual = model.observe(world, args, memory);
    memory = model.kind.remember(args, actual, memory, model.nowMs(world), "underWay");
    points.push({ world, memory });
    const { steps, refusals } = model.kind.plan(args, actual, memory, model.nowMs(world));
    assert.deepEqual(refusals, [], "it was refused on the way");
    const [step] = steps;
    if (step === undefined) return { end: { world, memory }, points, did };
    did.push(sayOne(model.kind, step));
    world = isWait(step)
      ? model.pass(world, step.dueAtMs === undefined ? step.recheckMs : step.dueAtMs - model.nowMs(world))
      : model.apply(world, step);
  }
  return assert.fail(`no end after ${longestWalk} steps; the last ones: ${did.slice(-6).join("; ")}`);
}

/** How the run up to a point ended: what is kept of it differs. */
export const breaks = ["killed", "stopped"] as const;

/** What the next run starts from after this one was killed or stopped at `point`: read at rest, by the arguments that were kept. */
export function resumed<World, Args, Actual, Memory, S extends Step>(
  model: Model<World, Args, Actual, Memory, S>,
  how: (typeof breaks)[number],
  before: Pick<Kept<Args, Memory>, "args" | "memory">,
  asked: Args,
  point: Point<World, Memory>,
): Point<World, Memory> {
  let kept: Kept<Args, Memory> = { journal: [], ...(how === "killed" ? before : { args: asked, memory: point.memory }) };
  // Twice, as after a preview and an update: a reading must not become evidence for the next one.
  for (let reading = 0; reading < 2; reading += 1) {
    kept = atRest(model.kind, kept, model.observe(point.world, kept.args, kept.memory), model.nowMs(point.world));
  }
  return { world: point.world, memory: kept.memory };
}

/** A plan in words: steps as the administrator reads them, waits begin with `wait for`. */
export function said<S extends Step>(kind: { sayStep(step: S): string }, plan: Plan<S>): readonly string[] {
  return plan.steps.map((step) => sayOne(kind, step));
}

function sayOne<S extends Step>(kind: { sayStep(step: S): string }, step: Plan<S>["steps"][number]): string {
  return isWait(step) ? `wait for ${step.for}` : kind.sayStep(step);
}
