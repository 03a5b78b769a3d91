// Looks at a thing for the operations of operations.ts, and says what came of it where there was no reading.
import { isSilence, reasonOf } from "../common/reason.ts";
import type { RecordedState } from "../engine/resource.ts";
import { readPatiently } from "../engine/retry.ts";
import { wordsFrom } from "./defect.ts";
import type { Kind, OperationCircumstances, Properties } from "./operation.ts";

/** The last reading of a resource in this process; `silent` when nobody answered, `failed` when nothing could be read in any other way. */
export type Reading = { readonly actual: unknown } | { readonly silent: true } | { readonly failed: true };

/** Milliseconds that a shared reading serves all who ask within one preview. */
export const previewAgeMs = 60_000;

/** A reading, and why there is none. @throws when the run is to end */
export async function look(
  kind: Kind,
  args: Properties,
  recorded: RecordedState,
  circumstances: OperationCircumstances,
): Promise<{ readonly reading: Reading; readonly error?: unknown }> {
  try {
    const actual = await observed(kind, args, recorded, circumstances);
    if (actual === undefined) throw noSuchThing(kind, args);
    return { reading: { actual } };
  } catch (error) {
    if (circumstances.signal.aborted) throw error;
    return { reading: isSilence(error) ? { silent: true } : { failed: true }, error };
  }
}

/** Says what could not be read, unless it is silence that is expected. */
export function warnUnread({ resource }: Kind, args: Properties, error: unknown, { warning }: OperationCircumstances): void {
  const why = wordsFrom(error);
  if (!isSilence(error))
    warning(`${why}. That was asked as the last run recorded it; the last known state stays, and \`pulumi up\` asks as the program says.`);
  else if (resource.expectsSilence?.(args) !== true)
    warning(`${why}. Its state is not known; nothing is assumed, and the last known one stays.`);
}

/** What the site says now, or said within `maxAgeMs` milliseconds. In a run that changes something, the engine looks by itself. */
export function observed(
  { resource }: Kind,
  args: Properties,
  recorded: RecordedState | undefined,
  circumstances: OperationCircumstances,
  maxAgeMs = previewAgeMs,
): Promise<unknown> {
  return readPatiently(
    () => resource.observe(circumstances.site, args, recorded, { maxAgeMs, signal: circumstances.signal }),
    circumstances,
  );
}

/** Asks the host on which this run would take its turn, once a run. That it is another program's, or another run's, is for the plan and for the steps. */
export async function tryTheWay(circumstances: OperationCircumstances): Promise<void> {
  try {
    await readPatiently(() => circumstances.turn.enter(), circumstances);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason !== "rejected" && reason !== "overtaken") throw error;
  }
}

/** Whether nobody was found by the way in, or nobody let in. */
export function isNoWayIn(error: unknown): boolean {
  return isSilence(error) || reasonOf(error) === "denied";
}

export function noSuchThing({ resource }: Kind, args: Properties): Error {
  return new Error(`${resource.titleOf(args)}: the site says that there is no such thing.`);
}
