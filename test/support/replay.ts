// Walks a plan over a model of the site: look, plan, take the first step or let time pass, until nothing is left. Every look is kept as a point
// from which another walk can start: as after a kill, as after a stop, in the same direction or back.
import assert from "node:assert/strict";
import { renewed } from "../../provider/engine/normal.ts";
import { isWait, type Plan, type Step } from "../../provider/engine/plan.ts";
import type { RecordedState, Resource } from "../../provider/engine/resource.ts";

/** A site as a value: each function gives the site that comes of it. */
export interface Model<World, Args, Actual, Recorded extends RecordedState, S extends Step> {
  readonly resource: Pick<Resource<never, Args, Actual, Recorded, S>, "plan" | "normal" | "follow" | "say">;
  observe(world: World, args: Args, recorded: Recorded): Actual;
  apply(world: World, step: S): World;
  pass(world: World, ms: number): World;
  nowMs(world: World): number;
}

/** The site at one look, and what the run remembered by then. */
export interface Point<World, Recorded> {
  readonly world: World;
  readonly recorded: Recorded;
}

export interface Walk<World, Recorded> {
  readonly end: Point<World, Recorded>;
  readonly points: readonly Point<World, Recorded>[];
  /** What was done, in words; waits begin with `wait for`. */
  readonly did: readonly string[];
}

const longestWalk = 200;

/** From `start` to what `args` ask. Fails when it is refused, or when there seems to be no end. */
export function walk<World, Args, Actual, Recorded extends RecordedState, S extends Step>(
  model: Model<World, Args, Actual, Recorded, S>,
  args: Args,
  start: Point<World, Recorded>,
): Walk<World, Recorded> {
  const points: Point<World, Recorded>[] = [];
  const did: string[] = [];
  let { world, recorded } = start;
  while (points.length < longestWalk) {
    const actual = model.observe(world, args, recorded);
    recorded = renewed(model.resource, args, actual, recorded, model.nowMs(world), "underWay");
    points.push({ world, recorded });
    const { steps, refusals } = model.resource.plan(args, actual, recorded, model.nowMs(world));
    assert.deepEqual(refusals, [], "it was refused on the way");
    const [step] = steps;
    if (step === undefined) return { end: { world, recorded }, points, did };
    did.push(sayOne(model.resource, step));
    world = isWait(step)
      ? model.pass(world, step.dueAtMs === undefined ? step.recheckMs : step.dueAtMs - model.nowMs(world))
      : model.apply(world, step);
  }
  return assert.fail(`no end after ${longestWalk} steps; the last ones: ${did.slice(-6).join("; ")}`);
}

/** How the run up to a point ended: what is kept of it differs. */
export const breaks = ["killed", "stopped"] as const;

/** What the next run starts from after this one was killed or stopped at `point`: read at rest, by the arguments that were kept. */
export function resumed<World, Args, Actual, Recorded extends RecordedState, S extends Step>(
  model: Model<World, Args, Actual, Recorded, S>,
  how: (typeof breaks)[number],
  before: { readonly args: Args; readonly recorded: Recorded },
  asked: Args,
  point: Point<World, Recorded>,
): Point<World, Recorded> {
  const kept = how === "killed" ? before : { args: asked, recorded: point.recorded };
  let { recorded } = kept;
  // Twice, as after a preview and an update: a reading must not become evidence for the next one.
  for (let reading = 0; reading < 2; reading += 1) {
    const actual = model.observe(point.world, kept.args, recorded);
    recorded = renewed(model.resource, kept.args, actual, recorded, model.nowMs(point.world), "atRest");
  }
  return { world: point.world, recorded };
}

/** A plan in words: steps as the administrator reads them, waits begin with `wait for`. */
export function said<S extends Step>(resource: { say(step: S): string }, plan: Plan<S>): readonly string[] {
  return plan.steps.map((step) => sayOne(resource, step));
}

function sayOne<S extends Step>(resource: { say(step: S): string }, step: Plan<S>["steps"][number]): string {
  return isWait(step) ? `wait for ${step.for}` : resource.say(step);
}
