// The contract of one resource kind: data and pure functions, plus `observe` and `apply`, which alone touch the site.
// The engine and the Pulumi host know nothing else of a resource.
import type { ReadOptions } from "../common/options.ts";
import type { Plan, Refusal, Step } from "./plan.ts";
import type { MayAct } from "./turn.ts";

/** Now, and how a time is written for the people of this site. */
export interface Moment {
  readonly nowMs: number;
  readonly sayInstant: (ms: number) => string;
}

/**
 * `Args` is what the program says, `Actual` one reading, `Memory` what must outlive the run: the normal state to restore and since when
 * something has been seen. All three are plain data that survive JSON.
 */
export interface Kind<Site, Args, Actual, Memory, S extends Step> {
  /** `MxRecord`; the Pulumi token is `exchange:index:<name>`. */
  readonly name: string;
  /** Arguments that say which thing it is: another value is another thing. */
  readonly identity: readonly (keyof Args & string)[];
  /** Arguments that say what is wanted of it; a difference in any of them shows in the preview. */
  readonly desired: readonly (keyof Args & string)[];
  /** What a person calls it: `ex01`, `contoso.com`. */
  titleOf(args: Args): string;
  /**
   * The state of things just now; `undefined` only when the site itself says that there is no such thing. `memory` says what else is worth
   * looking at. @throws an edge's error
   */
  observe(site: Site, args: Args, memory: Memory | undefined, options: ReadOptions): Promise<Actual | undefined>;
  /** Takes a thing into the program: what is normal for it, or why that cannot be read from it now. */
  adopt(args: Args, actual: Actual, nowMs: number): { readonly memory: Memory } | { readonly refusal: Refusal };
  /** True when everything that must be restored later stands in the program, so that even the first run may change the site. */
  isSelfContained(args: Args): boolean;
  /**
   * What to remember after this reading. While `underWay`, what is normal stays as it is in `memory`: it was saved before the first change.
   * Otherwise it is renewed, unless the reading bears a mark of maintenance.
   */
  remember(args: Args, actual: Actual, memory: Memory, nowMs: number, moment: "atRest" | "underWay"): Memory;
  /** From `actual` to what `args` desire. Pure, sorted, complete: a preview prints all of it. */
  plan(args: Args, actual: Actual, memory: Memory, nowMs: number): Plan<S>;
  /**
   * Performs one step; performing it again changes nothing more. `mayAct` is awaited again right before each request that changes something.
   * @throws an edge's error
   */
  apply(site: Site, args: Args, step: S, mayAct: MayAct): Promise<void>;
  /** One step in the administrator's words, without a full stop: `suspend MSExchangeTransport on ex01`. */
  sayStep(step: S): string;
  /** The change in one line, from what to what; further lines below it state facts that a person approves. */
  headline(args: Args, actual: Actual, memory: Memory, moment: Moment): readonly string[];
  /** The reading in the program's vocabulary; what equals `args` in meaning is given as `args` has it. */
  liveArgs(args: Args, actual: Actual, memory: Memory): Args;
  /** What the program may use further. */
  outputs(args: Args, actual: Actual | undefined, memory: Memory): Readonly<Record<string, unknown>>;
  /** Whether no answer at all is what these arguments lead one to expect: a server of a site that is offline. */
  expectsSilence(args: Args): boolean;
  /** Gives back what only the program itself needed at the site (a claim). Never undoes a state. */
  forget?(site: Site, args: Args, mayAct: MayAct): Promise<void>;
}

/** A kind whose type arguments only itself knows. */
// biome-ignore lint/suspicious/noExplicitAny: a registry of kinds is heterogeneous by nature; each entry is checked where it is made
export type AnyKind<Site> = Kind<Site, any, any, any, any>;
