// What Pulumi asks of a resource, said in the terms of the contract in engine/kind.ts. Nothing here knows gRPC, and nothing here waits.
// State is plain data: the arguments, the kind's outputs, `recorded` (what must outlive the run) and `journal`.
import { isSilence } from "../common/reason.ts";
import { type Circumstances, converge, type Ending } from "../engine/converge.ts";
import type { JournalEntry } from "../engine/journal.ts";
import type { AnyKind, Moment } from "../engine/kind.ts";
import { isWait, type Plan, type Refusal, type Step, wordsOf } from "../engine/plan.ts";
import { sayInstant } from "../engine/progress.ts";
import { readAgainOnce } from "../engine/retry.ts";
import type { Site } from "../resources/site.ts";
import { withoutUndefined } from "./check.ts";
import { sentenceOf } from "./defect.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** What every operation on one resource has around it. */
export interface Around extends Circumstances {
  readonly site: Site;
  /** A line that stays: in a preview the plan, in a run what a person must know afterwards. */
  readonly lasting: (text: string) => void;
  /** The same, as a warning. */
  readonly warning: (text: string) => void;
}

/** The last reading of a resource in this process; `silent` when nobody answered. */
export type Reading = { readonly actual: unknown } | { readonly silent: true };

/** Milliseconds that a shared reading serves all who ask within one preview. */
const previewAgeMs = 60_000;

/** An operation that ended otherwise than asked, with everything that was done recorded in `state`. */
export class Unfinished extends Error {
  override readonly name = "Unfinished";
  readonly state: Properties;
  constructor(sentence: string, state: Properties, options?: ErrorOptions) {
    super(sentence, options);
    this.state = state;
  }
}

export function idOf(kind: AnyKind<Site>, args: Properties): string {
  return kind.identity.map((key) => String(args[key])).join("/");
}

/** Takes a thing into the program. @throws {Error} with the sentence why not, before anything is changed */
export async function create(kind: AnyKind<Site>, args: Properties, preview: boolean, around: Around): Promise<Properties> {
  const actual = await observed(kind, args, undefined, around, preview ? previewAgeMs : 0);
  if (actual === undefined) throw new Error(`${kind.titleOf(args)}: the site says that there is no such thing.`);
  const adoption = kind.adopt(args, actual, around.clock.now());
  if ("refusal" in adoption) throw new Error(wordsOf(adoption.refusal));
  const { memory } = adoption;
  const plan = kind.plan(args, actual, memory, around.clock.now());
  refuse(plan, around);
  if (plan.steps.some((step) => !isWait(step)) && !kind.isSelfContained(args)) throw new Error(wordsOf(entersAsItIs(kind, args, plan)));
  if (preview) {
    if (plan.steps.length > 0) around.lasting(sayPlan(kind, args, actual, memory, plan, momentOf(around)));
    return stateOf(kind, args, actual, memory, []);
  }
  if (plan.steps.length === 0) return stateOf(kind, args, actual, memory, []);
  return ended(kind, args, await converge(kind, around.site, args, memory, [], around), around);
}

/** Brings a thing to what the program asks. @throws {Unfinished} */
export async function update(
  kind: AnyKind<Site>,
  olds: Properties,
  args: Properties,
  preview: boolean,
  around: Around,
): Promise<Properties> {
  const { memory, journal } = recordedIn(olds);
  if (preview) {
    const actual = await observed(kind, args, memory, around).catch((error: unknown) => {
      if (isSilence(error)) return undefined;
      throw error;
    });
    if (actual === undefined) {
      around.lasting(`${kind.titleOf(args)} does not answer just now; what is to be done there will be seen when it does.`);
      return { ...olds, ...args };
    }
    const seen = kind.remember(args, actual, memory, around.clock.now(), "underWay");
    const plan = kind.plan(args, actual, seen, around.clock.now());
    refuse(plan, around);
    if (plan.steps.length > 0) around.lasting(sayPlan(kind, args, actual, seen, plan, momentOf(around)));
    return stateOf(kind, args, actual, seen, journal);
  }
  return ended(kind, args, await converge(kind, around.site, args, memory, journal, around), around);
}

export interface ReadResult {
  readonly state: Properties;
  readonly inputs: Properties;
  readonly reading: Reading;
}

/** What the site says of a thing now. Nobody answering is never taken for absence: the last known state stays. */
export async function read(kind: AnyKind<Site>, args: Properties, state: Properties, around: Around): Promise<ReadResult> {
  const { memory, journal } = recordedIn(state);
  try {
    const actual = await observed(kind, args, memory, around);
    if (actual === undefined)
      throw new Error(`${kind.titleOf(args)}: the site says that there is no such thing. It stays in the program's state.`);
    const seen = kind.remember(args, actual, memory, around.clock.now(), "atRest");
    return {
      state: stateOf(kind, args, actual, seen, journal),
      inputs: withoutUndefined(kind.liveArgs(args, actual, seen)),
      reading: { actual },
    };
  } catch (error) {
    if (!isSilence(error)) throw error;
    if (!kind.expectsSilence(args)) {
      around.warning(
        `${error instanceof Error ? error.message : String(error)}. Its state is not known; nothing is assumed, and the last known one stays.`,
      );
    }
    return { state, inputs: args, reading: { silent: true } };
  }
}

export interface Difference {
  /** Properties that make it another thing. */
  readonly replaces: readonly string[];
  /** Properties of which something else is wanted than is there. */
  readonly changes: readonly string[];
}

/** Whether anything is to be done, by the last reading; `observe` reads where there is none. */
export async function diff(
  kind: AnyKind<Site>,
  oldInputs: Properties,
  olds: Properties,
  args: Properties,
  reading: Reading | undefined,
  around: Around,
): Promise<Difference> {
  const replaces = kind.identity.filter((key) => oldInputs[key] !== undefined && !same(oldInputs[key], args[key]));
  if (replaces.length > 0) return { replaces, changes: replaces };
  const asked = kind.desired.filter((key) => !same(oldInputs[key], args[key]));
  if (asked.length > 0) return { replaces, changes: asked };
  const { memory } = recordedIn(olds);
  const known = reading ?? { actual: await observed(kind, args, memory, around) };
  if ("silent" in known || known.actual === undefined) return { replaces, changes: [] };
  const { steps, refusals } = kind.plan(args, known.actual, memory, around.clock.now());
  if (steps.length === 0 && refusals.length === 0) return { replaces, changes: [] };
  const live: Properties = kind.liveArgs(args, known.actual, memory);
  const differing = kind.desired.filter((key) => !same(live[key], args[key]));
  return { replaces, changes: differing.length > 0 ? differing : kind.desired.slice(0, 1) };
}

/** Takes a thing out of the program, which changes nothing at the site but what was only the program's own. */
export async function remove(kind: AnyKind<Site>, args: Properties, around: Around): Promise<void> {
  if (kind.forget === undefined) return;
  await around.turn.begin();
  await kind.forget(around.site, args, around.turn.mayAct);
}

/** What the site says now, or said within `maxAgeMs` milliseconds. In a run that changes something, the engine looks by itself. */
function observed(kind: AnyKind<Site>, args: Properties, memory: unknown, around: Around, maxAgeMs = previewAgeMs): Promise<unknown> {
  return readAgainOnce(() => kind.observe(around.site, args, memory, { maxAgeMs, signal: around.signal }));
}

/** @throws {Error} with what keeps the plan from being carried out */
function refuse({ steps, refusals }: Plan<Step>, { turn }: Around): void {
  const acts = steps.some((step) => !isWait(step));
  const all = [...refusals, ...(acts && turn.refusal !== undefined ? [turn.refusal] : [])];
  if (all.length > 0) throw new Error(all.map(wordsOf).join("\n"));
}

/** The plan as a change board reads it. */
function sayPlan(kind: AnyKind<Site>, args: Properties, actual: unknown, memory: unknown, plan: Plan<Step>, moment: Moment): string {
  const [first = kind.titleOf(args), ...facts] = kind.headline(args, actual, memory, moment);
  const steps = plan.steps.map((step, index) => `  ${index + 1}. ${isWait(step) ? `wait for ${step.for}` : kind.sayStep(step)}`);
  return [first, ...steps, ...facts].join("\n");
}

function entersAsItIs(kind: AnyKind<Site>, args: Properties, plan: Plan<Step>): Refusal {
  const first = plan.steps.find((step) => !isWait(step));
  return {
    sentence: `${kind.titleOf(args)} is entered into this program for the first time, and the program asks for another state than it is in (it would ${first === undefined ? "change" : kind.sayStep(first)}).`,
    remedy:
      "Enter it as it is first, so that what is normal is recorded: set the state to what it is now, run `pulumi up`, then change it.",
  };
}

function ended(kind: AnyKind<Site>, args: Properties, ending: Ending<unknown, unknown>, around: Around): Properties {
  const state = stateOf(kind, args, ending.actual, ending.memory, ending.journal);
  if (ending.end === "done") {
    // The row keeps its last line, which must not be that of a wait that is over.
    around.status("done");
    return state;
  }
  throw new Unfinished(
    ending.end === "failed" && ending.cause !== undefined ? sentenceOf(ending.cause) : ending.sentence,
    state,
    ending.cause === undefined ? {} : { cause: ending.cause },
  );
}

function stateOf(kind: AnyKind<Site>, args: Properties, actual: unknown, memory: unknown, journal: readonly JournalEntry[]): Properties {
  return withoutUndefined({
    ...args,
    ...kind.outputs(args, actual, memory),
    recorded: memory,
    journal: journal.map(({ at, what }) => `${at} ${what}`),
  });
}

function recordedIn(state: Properties): { readonly memory: unknown; readonly journal: readonly JournalEntry[] } {
  const lines = Array.isArray(state.journal) ? state.journal.map(String) : [];
  return { memory: state.recorded ?? {}, journal: lines.map((line) => ({ at: line.slice(0, 20), what: line.slice(21) })) };
}

function momentOf(around: Around): Moment {
  return { nowMs: around.clock.now(), sayInstant: (ms) => sayInstant(ms, around.timeZone) };
}

/** Equal as data. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
