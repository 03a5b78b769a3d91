// What a Pulumi program keeps of one resource from run to run, and one `pulumi up` over it: read at rest, then converge, then keep what came of it.
// A run that is killed keeps only what was kept before. It stands in for provider/host, which has tests of its own.
import type { Clock } from "../../provider/engine/clock.ts";
import { type Circumstances, converge, type Ending } from "../../provider/engine/converge.ts";
import type { JournalEntry } from "../../provider/engine/journal.ts";
import { renewed } from "../../provider/engine/normal.ts";
import type { Step } from "../../provider/engine/plan.ts";
import type { RecordedState, Resource } from "../../provider/engine/resource.ts";
import { ourTurn } from "./turns.ts";

export interface Kept<Recorded> {
  readonly recorded: Recorded;
  readonly journal: readonly JournalEntry[];
}

/** What becomes of a run: an ending, or nothing at all. */
export type Outcome<Actual, Recorded> = Ending<Actual, Recorded> | "killed";

/** Circumstances of a run that nobody stops, in Berlin; `said` collects what its status line showed. */
export function circumstancesOf(clock: Clock, overrides: Partial<Circumstances> = {}, said: string[] = []): Circumstances {
  const { signal } = new AbortController();
  return {
    clock,
    signal,
    turn: ourTurn,
    maxWaitMs: 900_000,
    stuckAfterMs: 900_000,
    timeZone: "Europe/Berlin",
    status: (text) => said.push(text),
    ...overrides,
  };
}

/** One `pulumi up` from `last` to `args`; `killed` is the moment the process dies, should it come. */
export async function up<Site, Args, Actual, Recorded extends RecordedState, S extends Step>(
  resource: Resource<Site, Args, Actual, Recorded, S>,
  site: Site,
  last: Args,
  args: Args,
  before: Kept<Recorded>,
  circumstances: Circumstances,
  killed: Promise<void> = new Promise(() => {}),
): Promise<{ readonly kept: Kept<Recorded>; readonly outcome: Outcome<Actual, Recorded> }> {
  const { clock, signal } = circumstances;
  let kept = before;
  const run = async (): Promise<Ending<Actual, Recorded>> => {
    const actual = await resource.observe(site, last, kept.recorded, { maxAgeMs: 60_000, signal });
    if (actual !== undefined) kept = { ...kept, recorded: renewed(resource, last, actual, kept.recorded, clock.now(), "atRest") };
    return converge(resource, site, args, kept.recorded, kept.journal, circumstances);
  };
  const outcome = await Promise.race([run(), killed.then(() => "killed" as const)]);
  return { outcome, kept: outcome === "killed" ? kept : { recorded: outcome.recorded, journal: outcome.journal } };
}
