// What Pulumi asks of a resource, said in the terms of the contract in engine/resource.ts. Nothing here knows gRPC.
// State is plain data: the arguments, the resource's outputs, `recorded` (what must outlive the run) and `journal`.
import { sameName } from "../common/names.ts";
import { sayInstant } from "../common/utc.ts";
import { converge, type Ending } from "../engine/converge.ts";
import type { JournalEntry } from "../engine/journal.ts";
import { entered, entersAsItIs, renewed } from "../engine/normal.ts";
import { isWait, type Plan, type Step, wordsOf } from "../engine/plan.ts";
import type { Moment, RecordedState } from "../engine/resource.ts";
import type { SiteResource } from "../resources/define-resource.ts";
import { recordedTo, type Shape } from "../resources/define-shape.ts";
import { asGiven, orFromItsFile } from "../resources/given-normal.ts";
import type { Site } from "../resources/site.ts";
import { order } from "../resources/vocabulary.ts";
import { withoutUndefined } from "./check.ts";
import { sentenceOf } from "./defect.ts";
import { look, noSuchThing, observed, previewAgeMs, type Reading, tryTheWay, warnUnread } from "./look.ts";
import { newsOf, sayNormal } from "./news.ts";
import { type Kind, type OperationCircumstances, type Properties, Unfinished } from "./operation.ts";
import { same } from "./same.ts";
import { blockOf, factOf } from "./say-plan.ts";

/** Takes a thing into the program. @throws {Error} with the sentence why not, before anything is changed */
export async function create(kind: Kind, args: Properties, preview: boolean, circumstances: OperationCircumstances): Promise<Properties> {
  await circumstances.order.see(kind.resource.titleOf(args), args, args, circumstances);
  const state = await taken(kind, args, preview, circumstances);
  circumstances.order.settle(kind, args);
  return state;
}

/**
 * Brings a thing to what the program asks. `oldInputs` are the arguments that the program gave last time: a way in that has changed since is tried, also
 * where nothing is to be done there, before it is recorded. @throws {Unfinished}
 */
export async function update(
  kind: Kind,
  olds: Properties,
  args: Properties,
  preview: boolean,
  circumstances: OperationCircumstances,
  oldInputs: Properties = olds,
): Promise<Properties> {
  const state = await brought(kind, olds, args, preview, circumstances, oldInputs);
  circumstances.order.settle(kind, args);
  return state;
}

async function taken(kind: Kind, args: Properties, preview: boolean, circumstances: OperationCircumstances): Promise<Properties> {
  const { resource, shape } = kind;
  const orFromFile = orFromItsFile(shape, circumstances.site.program);
  await tryTheWay(circumstances);
  const actual = await observed(kind, args, undefined, circumstances, preview ? previewAgeMs : 0);
  if (actual === undefined) throw noSuchThing(kind, args);
  const entering = entered(resource, args, actual, circumstances.clock.now());
  if ("refusal" in entering) throw new Error(wordsOf(entering.refusal) + orFromFile);
  const { recorded } = entering;
  const plan = resource.plan(args, actual, recorded, circumstances.clock.now());
  refuse(plan, circumstances);
  const asItIs = entersAsItIs(resource, args, actual, plan);
  if (asItIs !== undefined) throw new Error(wordsOf(asItIs) + orFromFile);
  const normally = sayNormal(resource, recorded, actual);
  if (preview && normally !== undefined)
    circumstances.planned(factOf(`Normal for ${resource.titleOf(args)}, and given back after a pause: ${normally}.`));
  if (plan.steps.length === 0) return stateOf(kind, args, actual, recorded, []);
  if (!preview) return ended(kind, args, await converge(resource, circumstances.site, args, recorded, [], circumstances), circumstances);
  circumstances.planned(blockOf(resource, args, actual, recorded, plan, momentOf(circumstances)));
  return stateOf(kind, args, actual, recorded, []);
}

async function brought(
  kind: Kind,
  olds: Properties,
  args: Properties,
  preview: boolean,
  circumstances: OperationCircumstances,
  oldInputs: Properties,
): Promise<Properties> {
  const { resource, shape } = kind;
  const { recorded, journal } = recordedIn(resource, olds, circumstances.site);
  const changed = changedIn(shape, oldInputs, args);
  const hasNewWay = shape.reach.some((name) => changed.includes(name));
  if (hasNewWay) await tryTheWay(circumstances);
  const isOnlyTried = hasNewWay && !shape.wanted.some((name) => changed.includes(name));
  const found = preview || isOnlyTried ? await look(kind, args, recorded, circumstances) : undefined;
  if (found === undefined || (!preview && !("silent" in found.reading)))
    return ended(kind, args, await converge(resource, circumstances.site, args, recorded, journal, circumstances), circumstances);
  const { reading, error } = found;
  if ("failed" in reading) throw error;
  if ("silent" in reading) {
    circumstances.lasting(`${resource.titleOf(args)} does not answer just now; what is to be done there will be seen when it does.`);
    return { ...olds, ...own(args) };
  }
  const { actual } = reading;
  const seen = renewed(resource, args, actual, recorded, circumstances.clock.now(), "underWay");
  const plan = resource.plan(args, actual, seen, circumstances.clock.now());
  refuse(plan, circumstances);
  if (plan.steps.length > 0 || resource.isAlwaysSaid?.(args) === true)
    circumstances.planned(blockOf(resource, args, actual, seen, plan, momentOf(circumstances)));
  return stateOf(kind, args, actual, seen, journal);
}

export interface ReadResult {
  readonly state: Properties;
  readonly reading: Reading;
}

/**
 * What the site says of a thing now, by the arguments of the last run: the program has not spoken yet. So nothing that goes wrong here is the end, for it may
 * be what the program has mended since: the last known state stays, and Diff and Update look again by what the program says.
 */
export async function read(kind: Kind, args: Properties, state: Properties, circumstances: OperationCircumstances): Promise<ReadResult> {
  const { resource } = kind;
  const { recorded, journal } = recordedIn(resource, state, circumstances.site);
  const { reading, error } = await look(kind, args, recorded, circumstances);
  if ("actual" in reading) {
    const seen = renewed(resource, args, reading.actual, recorded, circumstances.clock.now(), "atRest");
    for (const line of newsOf(resource, args, reading.actual, recorded, seen, momentOf(circumstances))) circumstances.lasting(line);
    return { state: stateOf(kind, args, reading.actual, seen, journal), reading };
  }
  warnUnread(kind, args, error, circumstances);
  return { state, reading };
}

export interface Difference {
  /** Properties that make it another thing. */
  readonly replaces: readonly string[];
  /** Properties of which something else is wanted than is there. */
  readonly changes: readonly string[];
}

/**
 * Whether anything is to be done, and may be: what the program wants differently from last time, another way in, or what follows from the plan. A changed
 * argument of any kind is planned for by a new reading, since it may be what says where to look. Nobody answering is no difference; a reading that failed is
 * one, so that Update tries again and says why.
 */
export async function diff(
  kind: Kind,
  oldInputs: Properties,
  olds: Properties,
  args: Properties,
  reading: Reading | undefined,
  circumstances: OperationCircumstances,
): Promise<Difference> {
  const difference = await differenceOf(kind, oldInputs, olds, args, reading, circumstances);
  if (difference.changes.length === 0) circumstances.order.settle(kind, args);
  else await circumstances.order.see(kind.resource.titleOf(args), oldInputs, args, circumstances);
  return difference;
}

async function differenceOf(
  kind: Kind,
  oldInputs: Properties,
  olds: Properties,
  args: Properties,
  reading: Reading | undefined,
  circumstances: OperationCircumstances,
): Promise<Difference> {
  const { shape, resource } = kind;
  const replaces = shape.identity.filter((key) => oldInputs[key] !== undefined && !sameIdentity(oldInputs[key], args[key]));
  if (replaces.length > 0) return { replaces, changes: replaces };
  const changed = changedIn(shape, oldInputs, args);
  const asked = [...shape.wanted, ...shape.reach].filter((key) => changed.includes(key));
  if (asked.length > 0) return { replaces, changes: asked };
  const { recorded } = recordedIn(resource, olds, circumstances.site);
  const known = changed.length === 0 && reading !== undefined ? { reading } : await look(kind, args, recorded, circumstances);
  const different = { replaces, changes: changed.length > 0 ? changed : shape.wanted };
  if ("failed" in known.reading) return different;
  if ("silent" in known.reading) {
    if (reading === undefined) warnUnread(kind, args, known.error, circumstances);
    return { replaces, changes: [] };
  }
  const { steps, refusals } = resource.plan(args, known.reading.actual, recorded, circumstances.clock.now());
  return steps.length === 0 && refusals.length === 0 ? { replaces, changes: [] } : different;
}

/** What identifies a thing is a name, and a name in another case is the same name. */
function sameIdentity(one: unknown, other: unknown): boolean {
  return typeof one === "string" && typeof other === "string" ? sameName(one, other) : same(one, other);
}

/** The arguments that the program gives otherwise than last time. What a thing comes after is no part of it. */
function changedIn({ args: { shape } }: Shape, oldInputs: Properties, args: Properties): readonly string[] {
  return Object.keys(shape).filter((key) => !(key in order) && !same(oldInputs[key], args[key]));
}

/** @throws {Error} with what keeps the plan from being carried out */
function refuse({ steps, refusals }: Plan<Step>, { turn }: OperationCircumstances): void {
  const acts = steps.some((step) => !isWait(step));
  const all = [...refusals, ...(acts && turn.refusal !== undefined ? [turn.refusal] : [])];
  if (all.length > 0) throw new Error(all.map(wordsOf).join("\n"));
}

function ended(kind: Kind, args: Properties, ending: Ending<unknown, RecordedState>, circumstances: OperationCircumstances): Properties {
  const state = stateOf(kind, args, ending.actual, ending.recorded, ending.journal);
  if (ending.end === "done") {
    // The row keeps its last line, which must not be that of a wait that is over.
    circumstances.status("done");
    return state;
  }
  throw new Unfinished(ending.end === "failed" && ending.cause !== undefined ? sentenceOf(ending.cause) : ending.sentence, state, {
    untilMs: ending.untilMs,
    ...(ending.cause === undefined ? {} : { cause: ending.cause }),
  });
}

function stateOf(
  { shape, resource }: Kind,
  args: Properties,
  actual: unknown,
  recorded: RecordedState,
  journal: readonly JournalEntry[],
): Properties {
  return withoutUndefined({
    ...own(args),
    ...resource.outputs(args, actual, recorded),
    normally: sayNormal(resource, recorded, actual),
    normal: asGiven(shape, recorded.normal),
    recorded: recordedTo(shape, recorded),
    journal: journal.map(({ at, what }) => `${at} ${what}`),
  });
}

/** What is kept of the arguments: where a thing has its place is the program's to say, each time. */
function own({ after: _after, place: _place, ...args }: Properties): Properties {
  return args;
}

/** Tells the site under which name the program was known when this was recorded. @throws {Error} when what is recorded cannot be read */
export function recordedIn(
  resource: SiteResource,
  state: Properties,
  { program, formerNames }: Site,
): { readonly recorded: RecordedState; readonly journal: readonly JournalEntry[] } {
  const lines = Array.isArray(state["journal"]) ? state["journal"].map(String) : [];
  const recorded = resource.recordedFrom(state["recorded"] ?? {});
  if (typeof recorded["program"] === "string" && recorded["program"] !== program) formerNames.add(recorded["program"]);
  return {
    recorded,
    journal: lines.map((line) => ({ at: line.slice(0, 20), what: line.slice(21) })),
  };
}

function momentOf(circumstances: OperationCircumstances): Moment {
  return { nowMs: circumstances.clock.now(), sayInstant: (ms) => sayInstant(ms, circumstances.timeZone) };
}
