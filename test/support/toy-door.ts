// The smallest thing for the engine to converge: a door, of which a test says what it answers and what comes of knocking.
import { type Circumstances, converge } from "../../provider/engine/converge.ts";
import type { Plan, Wait } from "../../provider/engine/plan.ts";
import type { Resource } from "../../provider/engine/resource.ts";
import { eveningMs, HandClock } from "./hand-clock.ts";
import { circumstancesOf } from "./kept.ts";

export interface Knock {
  readonly kind: "knock";
  readonly on: string;
}

/** A door: what is planned follows from what it answers, and knocking may do something. */
export interface Door {
  answer(nowMs: number): Plan<Knock> | undefined;
  knock?(on: string): void;
}

const door: Resource<Door, { readonly clock: HandClock }, Plan<Knock>, { readonly looks: number }, Knock> = {
  titleOf: () => "the door",
  recordedFrom: () => ({ looks: 0 }),
  observe: async (site, { clock }) => site.answer(clock.now()),
  follow: (_args, _actual, { looks }, _nowMs, phase) => ({ looks: phase === "underWay" ? looks + 1 : -1 }),
  plan: (_args, actual) => actual,
  apply: async (site, _args, step) => site.knock?.(step.on),
  say: (step) => `knock on ${step.on}`,
  headline: () => [],
  outputs: () => ({}),
};

/** Nothing is left to do. */
export const nothing: Plan<Knock> = { steps: [], refusals: [] };
export const knock: Knock = { kind: "knock", on: "wood" };
/** What an earlier run wrote. */
export const earlier = [{ at: "2026-12-05T18:00:00Z", what: "oil the hinges" }];

/** One run, with what it said and how long it took. */
export async function run(site: Door, overrides: Partial<Circumstances> = {}, clock = new HandClock()) {
  const said: string[] = [];
  const ending = await converge(door, site, { clock }, { looks: 0 }, earlier, circumstancesOf(clock, overrides, said));
  return { ending, said, clock, waitedMs: clock.now() - eveningMs };
}

/** A plan of these and no refusals. */
export function only(...steps: (Knock | Wait)[]): Plan<Knock> {
  return { steps, refusals: [] };
}

/** A door that fails as often as there are reasons, then answers that nothing is left to do. */
export function failing(errors: readonly unknown[]): Door & { readonly asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    answer: () => {
      asked += 1;
      if (asked <= errors.length) throw errors[asked - 1];
      return nothing;
    },
  };
}
