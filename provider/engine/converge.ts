// Observe, plan, apply the first step, observe again, until the plan is empty. The only place that waits.
// It knows no Exchange, DNS or Pulumi, and it may be stopped anywhere: the next run starts from what is really there.

import { messageOf } from "../common/reason.ts";
import { sayInstant } from "../common/utc.ts";
import type { Clock } from "./clock.ts";
import { type JournalEntry, noted } from "./journal.ts";
import { renewed } from "./normal.ts";
import { isWait, type Plan, type Step, type Wait, wordsOf } from "./plan.ts";
import { isStuck, type Progress, sayProgress, stuckWords, type Waits, waitsAfter, waitsAfterStep } from "./progress.ts";
import type { RecordedState, Resource } from "./resource.ts";
import { delayBeforeRetry } from "./retry.ts";
import type { Turn } from "./turn.ts";

export interface Circumstances {
  readonly clock: Clock;
  /** Aborted: the run ends before the next step, with everything done so far remembered. */
  readonly signal: AbortSignal;
  /** This run's turn to change the site: asked for before each step, and never by one who only looks. */
  readonly turn: Turn;
  /** Longest wait with a known end that is waited out, in milliseconds; a longer one ends the run. */
  readonly maxWaitMs: number;
  /** Milliseconds without any progress of a wait after which the run ends, for a person to look. */
  readonly stuckAfterMs: number;
  /** IANA name of the site's time zone, for times that people read. */
  readonly timeZone: string;
  /** Shows what is going on just now. */
  readonly status: (text: string) => void;
}

/** How a run ended. Whatever the ending, `recorded` and `journal` are to be kept. */
export interface Ending<Actual, Recorded> {
  readonly end: "done" | "refused" | "deferred" | "stuck" | "stopped" | "failed";
  /** What to tell a person; empty when done. */
  readonly sentence: string;
  readonly actual: Actual | undefined;
  readonly recorded: Recorded;
  readonly journal: readonly JournalEntry[];
  /** When a deferred run can go on, milliseconds since 1970. */
  readonly untilMs?: number;
  /** What failed, when it did. */
  readonly cause?: unknown;
}

interface Run<Actual, Recorded> {
  readonly recorded: Recorded;
  readonly actual: Actual | undefined;
  readonly journal: readonly JournalEntry[];
  readonly failures: number;
  /** The last step applied, in words. */
  readonly last: string | undefined;
  /** How often each step was applied, by its words. */
  readonly applied: Readonly<Record<string, number>>;
  readonly waits: Waits;
}

/** A step that the site accepts and that is due again is given this many chances, this far apart: it changes nothing, or somebody undoes it. */
const chances = 5;
const settleMs = 5_000;

/** Brings the site to what `args` desire, from wherever it is. Never throws: an error becomes the ending `failed`. */
export async function converge<Site, Args, Actual, Recorded extends RecordedState, S extends Step>(
  resource: Resource<Site, Args, Actual, Recorded, S>,
  site: Site,
  args: Args,
  recorded: Recorded,
  journal: readonly JournalEntry[],
  given: Circumstances,
): Promise<Ending<Actual, Recorded>> {
  const circumstances = { ...given, status: unfailing(given.status) };
  let run: Run<Actual, Recorded> = { recorded, actual: undefined, journal, failures: 0, last: undefined, applied: {}, waits: {} };
  const endWith = (end: Ending<Actual, Recorded>["end"], sentence: string, more: { cause?: unknown; untilMs?: number } = {}) => {
    const { actual, recorded, journal } = run;
    return { end, sentence, actual, recorded, journal, ...more };
  };
  for (;;) {
    if (circumstances.signal.aborted)
      return endWith("stopped", `stopped on request ${sayWhere(run.last)}; run \`pulumi up\` again and it goes on from here`);
    try {
      await circumstances.turn.enter();
      const actual = await resource.observe(site, args, run.recorded, { maxAgeMs: 0, signal: circumstances.signal });
      if (actual === undefined) return endWith("failed", `${resource.titleOf(args)}: the site says that there is no such thing`);
      const recorded = renewed(resource, args, actual, run.recorded, circumstances.clock.now(), "underWay");
      run = { ...run, actual, recorded };
      const plan = resource.plan(args, actual, recorded, circumstances.clock.now());
      const verdict = judge(plan, run, circumstances);
      if (verdict.end !== undefined) return endWith(verdict.end, verdict.sentence, verdict.more);
      run =
        "wait" in verdict
          ? await waitFor(verdict, run, circumstances)
          : await perform(resource, site, args, verdict.step, run, circumstances);
    } catch (error) {
      if (circumstances.signal.aborted) continue;
      const failures = run.failures + 1;
      const delayMs = delayBeforeRetry(error, failures);
      if (delayMs === undefined) return endWith("failed", messageOf(error), { cause: error });
      circumstances.status(`try ${failures + 1} soon; ${messageOf(error)}`);
      run = { ...run, failures };
      await rest(delayMs, circumstances);
    }
  }
}

interface Waited {
  readonly wait: Wait;
  readonly progress: Progress;
  readonly waits: Waits;
}

type Verdict<S extends Step> =
  | {
      readonly end: "done" | "refused" | "deferred" | "stuck" | "failed";
      readonly sentence: string;
      readonly more?: { readonly untilMs: number };
    }
  | ({ readonly end: undefined } & Waited)
  | { readonly end: undefined; readonly step: S };

function judge<S extends Step, A, M>(plan: Plan<S>, run: Run<A, M>, circumstances: Circumstances): Verdict<S> {
  if (plan.refusals.length > 0) return { end: "refused", sentence: plan.refusals.map(wordsOf).join("\n") };
  const step = plan.steps[0];
  if (step === undefined) return { end: "done", sentence: "" };
  if (!isWait(step)) return { end: undefined, step };
  const nowMs = circumstances.clock.now();
  if (step.dueAtMs !== undefined && step.dueAtMs - nowMs > circumstances.maxWaitMs) {
    const when = sayInstant(step.dueAtMs, circumstances.timeZone);
    const sentence = `A planned wait, nothing is wrong: it waits for ${step.for}.\nRun \`pulumi up\` again from ${when} on: it goes on from here.`;
    return { end: "deferred", sentence, more: { untilMs: step.dueAtMs } };
  }
  const { progress, waits } = waitsAfter(run.waits, step, nowMs);
  if (isStuck(progress, circumstances.stuckAfterMs, nowMs))
    return { end: "stuck", sentence: wordsOf(stuckWords(step, circumstances.stuckAfterMs)) };
  return { end: undefined, wait: step, progress, waits };
}

async function waitFor<A, M>({ wait, progress, waits }: Waited, run: Run<A, M>, circumstances: Circumstances): Promise<Run<A, M>> {
  const nowMs = circumstances.clock.now();
  circumstances.status(sayProgress(progress, wait, nowMs));
  // An end that has come without the plan going on is not asked for without a rest.
  const untilDueMs = (wait.dueAtMs ?? nowMs) - nowMs;
  await rest(untilDueMs > 0 ? Math.min(wait.recheckMs, untilDueMs) : wait.recheckMs, circumstances);
  return { ...run, failures: 0, waits };
}

async function perform<Site, Args, A, M extends RecordedState, S extends Step>(
  resource: Resource<Site, Args, A, M, S>,
  site: Site,
  args: Args,
  step: S,
  run: Run<A, M>,
  circumstances: Circumstances,
): Promise<Run<A, M>> {
  const words = resource.say(step);
  const times = (run.applied[words] ?? 0) + 1;
  if (times > chances)
    throw new Error(
      wordsOf({
        sentence: `${resource.titleOf(args)}: "${words}" was done ${chances} times and is due again: it changes nothing, or somebody undoes it.`,
        remedy: "See who undoes it, and put an end to that; then run `pulumi up` again: it goes on from here.",
      }),
    );
  if (times > 1) await rest(settleMs, circumstances);
  if (circumstances.signal.aborted) return run;
  if (!(await circumstances.turn.begin()) || circumstances.signal.aborted) return run;
  const brief = resource.brief?.(step);
  circumstances.status(brief === undefined ? words : `${brief}; ${words}`);
  await resource.apply(site, args, step, circumstances.turn.mayAct);
  const journal = noted(run.journal, circumstances.clock.now(), words);
  return {
    ...run,
    journal,
    failures: 0,
    last: words,
    applied: { ...run.applied, [words]: times },
    waits: waitsAfterStep(run.waits, circumstances.clock.now()),
  };
}

/** A line that cannot be shown is no reason to stop. */
function unfailing(show: (text: string) => void): (text: string) => void {
  return (text) => {
    try {
      show(text);
    } catch {
      // Nobody is left to tell.
    }
  };
}

function sayWhere(last: string | undefined): string {
  return last === undefined ? "before the first step" : `after "${last}"`;
}

/** Sleeps; being stopped meanwhile is for the loop to see. */
async function rest(ms: number, circumstances: Circumstances): Promise<void> {
  await circumstances.clock.sleep(ms, circumstances.signal).catch((error: unknown) => {
    if (!circumstances.signal.aborted) throw error;
  });
}
