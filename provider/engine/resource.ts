// The contract of one resource: data and pure functions, plus `observe` and `apply`, which alone touch the site.
// The engine and the Pulumi host know nothing else of a resource.
import type { ReadOptions } from "../common/options.ts";
import type { Normal } from "./normal.ts";
import type { Plan, Step } from "./plan.ts";
import type { MayAct } from "./turn.ts";

/** Now, and how a time is written for the people of this site. */
export interface Moment {
  readonly nowMs: number;
  readonly sayInstant: (ms: number) => string;
}

/** What Pulumi remembers of a thing: what is normal for it, and whatever else must outlive a run. Plain data. */
export type RecordedState = { readonly normal?: unknown; readonly [member: string]: unknown };

/** Whether a run is changing the thing just now. */
export type Phase = "atRest" | "underWay";

/**
 * `Args` is what the program says, `Actual` one reading, `Recorded` what must outlive the run: the normal state to restore and since when
 * something has been seen. All three are plain data that survive JSON.
 */
export interface Resource<Site, Args, Actual, Recorded extends RecordedState, S extends Step> {
  /** What a person calls it: `ex01`, `contoso.com`. */
  titleOf(args: Args): string;
  /** Reads what was recorded, of whatever version. @throws {Error} in words when it cannot be read */
  recordedFrom(data: unknown): Recorded;
  /**
   * The state of things just now; `undefined` only when the site itself says that there is no such thing. `recorded` says what else is worth
   * looking at. @throws an edge's error
   */
  observe(site: Site, args: Args, recorded: Recorded | undefined, options: ReadOptions): Promise<Actual | undefined>;
  /** What is normal, and how that is known. Absent: nothing has to be given back. */
  readonly normal?: Normal<Args, Actual, Recorded["normal"]>;
  /** What else is to be remembered after this reading, as since when something has been seen. Absent: nothing. */
  follow?(args: Args, actual: Actual, recorded: Recorded, nowMs: number, phase: Phase): Recorded;
  /** From `actual` to what `args` desire. Pure, sorted, complete: a preview prints all of it. */
  plan(args: Args, actual: Actual, recorded: Recorded, nowMs: number): Plan<S>;
  /**
   * Performs one step; performing it again changes nothing more. `mayAct` is awaited again right before each request that changes something.
   * @throws an edge's error
   */
  apply(site: Site, args: Args, step: S, mayAct: MayAct): Promise<void>;
  /** One step in the administrator's words, without a full stop: `suspend MSExchangeTransport on ex01`. */
  say(step: S): string;
  /**
   * The same in ten columns at most, `DB03 down`, for a row of which a narrow terminal shows no more. Absent, or `undefined` for a step: its words
   * begin with what matters.
   */
  brief?(step: S): string | undefined;
  /** The change in one line, from what to what; further lines below it state facts that a person approves. */
  headline(args: Args, actual: Actual, recorded: Recorded, moment: Moment): readonly string[];
  /** What has changed by itself since `before` was recorded, and why: of what people were told, whatever holds no longer. Absent: nothing. */
  news?(args: Args, actual: Actual, before: Recorded, now: Recorded, moment: Moment): readonly string[];
  /** Whether the headline is said also where nothing is to be done, because what is asked for is itself to be approved. Absent: never. */
  isAlwaysSaid?(args: Args): boolean;
  /** What the program may use further. */
  outputs(args: Args, actual: Actual | undefined, recorded: Recorded): Readonly<Record<string, unknown>>;
  /** Whether no answer at all is what these arguments lead one to expect: a server of a site that is offline. Absent: never. */
  expectsSilence?(args: Args): boolean;
  /** Gives back what only the program itself needed at the site (a claim). Never undoes a state. */
  forget?(site: Site, args: Args, mayAct: MayAct): Promise<void>;
}

/** A resource whose type arguments only itself knows. */
// biome-ignore lint/suspicious/noExplicitAny: a list of resources is heterogeneous by nature; each is checked where it is defined
export type AnyResource<Site> = Resource<Site, any, any, any, any>;
