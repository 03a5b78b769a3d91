// What a Pulumi program keeps of one resource from run to run, and one `pulumi up` over it: read at rest, then converge, then keep what came of it.
// A run that is killed keeps only what was kept before. It stands in for provider/host, which has tests of its own.
import type { Clock } from "../../provider/engine/clock.ts";
import { type Circumstances, converge, type Ending } from "../../provider/engine/converge.ts";
import type { JournalEntry } from "../../provider/engine/journal.ts";
import type { Kind } from "../../provider/engine/kind.ts";
import type { Step } from "../../provider/engine/plan.ts";
import { ourTurn } from "./turns.ts";

export interface Kept<Args, Memory> {
  readonly args: Args;
  readonly memory: Memory;
  readonly journal: readonly JournalEntry[];
}

/** What becomes of a run: an ending, or nothing at all. */
export type Outcome<Actual, Memory> = Ending<Actual, Memory> | "killed";

/** Circumstances of a run that nobody stops, in Berlin; `said` collects what its status line showed. */
export function around(clock: Clock, overrides: Partial<Circumstances> = {}, said: string[] = []): Circumstances {
  const { signal } = new AbortController();
  return { clock, signal, turn: ourTurn, maxWaitMs: 900_000, timeZone: "Europe/Berlin", status: (text) => said.push(text), ...overrides };
}

/** What is kept after a reading at rest, as a refresh does it: the memory renewed, the arguments in the words of what is there. */
export function atRest<Site, Args, Actual, Memory, S extends Step>(
  kind: Pick<Kind<Site, Args, Actual, Memory, S>, "remember" | "liveArgs">,
  kept: Kept<Args, Memory>,
  actual: Actual,
  nowMs: number,
): Kept<Args, Memory> {
  const memory = kind.remember(kept.args, actual, kept.memory, nowMs, "atRest");
  return { ...kept, memory, args: kind.liveArgs(kept.args, actual, memory) };
}

/** One `pulumi up` to `args`; `killed` is the moment the process dies, should it come. */
export async function up<Site, Args, Actual, Memory, S extends Step>(
  kind: Kind<Site, Args, Actual, Memory, S>,
  site: Site,
  args: Args,
  before: Kept<Args, Memory>,
  circumstances: Circumstances,
  killed: Promise<void> = new Promise(() => {}),
): Promise<{ readonly kept: Kept<Args, Memory>; readonly outcome: Outcome<Actual, Memory> }> {
  const { clock, signal } = circumstances;
  let kept = before;
  const run = async (): Promise<Ending<Actual, Memory>> => {
    const actual = await kind.observe(site, kept.args, kept.memory, { maxAgeMs: 60_000, signal });
    if (actual !== undefined) kept = atRest(kind, kept, actual, clock.now());
    return converge(kind, site, args, kept.memory, kept.journal, circumstances);
  };
  const outcome = await Promise.race([run(), killed.then(() => "killed" as const)]);
  return { outcome, kept: outcome === "killed" ? kept : { args, memory: outcome.memory, journal: outcome.journal } };
}
