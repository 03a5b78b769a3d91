// What is normal for a thing: taken from a reading when the thing enters the program, renewed at rest, kept while a run is under way, never taken
// from a reading that bears a mark of maintenance, and never read at all where the program gives it. Pure.
import { isWait, type Plan, type Refusal, type Step } from "./plan.ts";
import type { Phase, RecordedState, Resource } from "./resource.ts";

/** How one resource's normal state, the member `normal` of what is recorded, is known. */
export interface Normal<Args, Actual, State> {
  /** The arguments that ask for the normal state; only under these a reading shows it. */
  readonly asked: Partial<Args>;
  /** What the program itself says is normal; `before` is what was normal until now. */
  given?(args: Args, actual: Actual, before: State | undefined): State | undefined;
  /** What a reading without a mark says is normal; what is to stay of what was normal until now, `before`, is the resource's to say. */
  read?(args: Args, actual: Actual, before: State | undefined): State;
  /** What in a reading forbids to take it for normal. */
  mark?(args: Args, actual: Actual): Mark | undefined;
  /** It in one line, from what to what a change of it leads; with a reading, also what is not part of it: `DB08 not mounted`. */
  say?(state: State, actual?: Actual): string;
  /** Whether a step only serves the program itself, as its claim or a test message does: it gives nothing back. */
  servesProgram?(step: Step): boolean;
}

/** A sign that somebody has taken a thing out of service, or that it cannot be told. */
export interface Mark {
  /** Goes on from "… is entered into this program for the first time, and": `it bears a mark of maintenance: MSExchangeTransport is paused` */
  readonly sign: string;
  /** What to do about it. */
  readonly remedy: string;
}

type Known<Args, Actual, Recorded extends RecordedState> = Pick<
  Resource<never, Args, Actual, Recorded, Step>,
  "normal" | "follow" | "titleOf" | "recordedFrom"
>;

/** What to record of a thing that enters the program, or why that cannot be told from this reading. */
export function entered<Args, Actual, Recorded extends RecordedState>(
  resource: Known<Args, Actual, Recorded>,
  args: Args,
  actual: Actual,
  nowMs: number,
): { readonly recorded: Recorded } | { readonly refusal: Refusal } {
  const { normal } = resource;
  const given = normal?.given?.(args, actual, undefined);
  const mark = given === undefined ? normal?.mark?.(args, actual) : undefined;
  if (mark !== undefined)
    return { refusal: firstTime(resource.titleOf(args), `${mark.sign}.`, `What is normal there cannot be read from it. ${mark.remedy}`) };
  const found = given ?? normal?.read?.(args, actual, undefined);
  const first = resource.recordedFrom(found === undefined ? {} : { normal: found });
  return { recorded: resource.follow?.(args, actual, first, nowMs, "atRest") ?? first };
}

/** What to record after a reading of a thing that is in the program. */
export function renewed<Args, Actual, Recorded extends RecordedState>(
  { normal, follow }: Pick<Known<Args, Actual, Recorded>, "normal" | "follow">,
  args: Args,
  actual: Actual,
  recorded: Recorded,
  nowMs: number,
  phase: Phase,
): Recorded {
  const next = normal === undefined ? recorded : withNormal(normal, args, actual, recorded, phase);
  return follow?.(args, actual, next, nowMs, phase) ?? next;
}

/**
 * Why a thing must enter the program as it is: the plan would change what has to be given back later and is recorded nowhere.
 * `undefined` where nothing has to be read for that: the program gives it, or nothing has to be given back.
 */
export function entersAsItIs<Args, Actual, Recorded extends RecordedState, S extends Step>(
  { normal, titleOf, say }: Pick<Resource<never, Args, Actual, Recorded, S>, "normal" | "titleOf" | "say">,
  args: Args,
  actual: Actual,
  plan: Plan<S>,
): Refusal | undefined {
  const first = plan.steps.find((step): step is S => !isWait(step));
  if (first === undefined || normal === undefined || normal.given?.(args, actual, undefined) !== undefined) return undefined;
  if (normal.read === undefined && asksNormal(normal, args)) return undefined;
  return firstTime(
    titleOf(args),
    `the program asks for another state than it is in (it would ${say(first)}).`,
    "Enter it as it is first, so that what is normal is recorded: set the state to what it is now (in a SitePause the word `online`), run `pulumi up`, then change it.",
  );
}

/** Whether `args` ask for the normal state. */
export function asksNormal<Args>({ asked }: Pick<Normal<Args, never, never>, "asked">, args: Args): boolean {
  return (Object.keys(asked) as (keyof Args)[]).every((name) => args[name] === asked[name]);
}

/** What would bring a thing back to its normal state, in words; nothing where it is as it normally is, or has no state to be given back. */
export function notGivenBack<Args, Actual, Recorded extends RecordedState, S extends Step>(
  { normal, plan, say }: Pick<Resource<never, Args, Actual, Recorded, S>, "normal" | "plan" | "say">,
  args: Args,
  actual: Actual,
  recorded: Recorded,
  nowMs: number,
): readonly string[] {
  if (normal === undefined) return [];
  const { steps } = plan({ ...args, ...normal.asked }, actual, recorded, nowMs);
  return steps.flatMap((step) => (isWait(step) || normal.servesProgram?.(step) === true ? [] : [say(step)]));
}

function withNormal<Args, Actual, Recorded extends RecordedState>(
  normal: Normal<Args, Actual, Recorded["normal"]>,
  args: Args,
  actual: Actual,
  recorded: Recorded,
  phase: Phase,
): Recorded {
  const given = normal.given?.(args, actual, recorded.normal);
  if (given !== undefined) return { ...recorded, normal: given };
  // It was saved before the first change, and is what the run goes back to.
  if (phase === "underWay" || normal.read === undefined || !asksNormal(normal, args) || normal.mark?.(args, actual) !== undefined)
    return recorded;
  return { ...recorded, normal: normal.read(args, actual, recorded.normal) };
}

function firstTime(title: string, why: string, remedy: string): Refusal {
  return { sentence: `${title} is entered into this program for the first time, and ${why}`, remedy };
}
