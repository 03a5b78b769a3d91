// How often and after what time a failure is tried again, by what its reason promises (common/reason.ts). The only place that retries.
import { EdgeError, isBusy, messageOf, prospectOf, reasonOf } from "../common/reason.ts";
import type { Clock } from "./clock.ts";

/** Milliseconds: whoever was told to come back at once is not to be taken at the word. */
const leastDelayMs = 1_000;

/**
 * How many milliseconds to wait before the attempt after `failures` failures in a row, or `undefined` when it is time to give up.
 * An edge that was told when to come back (`retryAfterMs`) is believed once; if that was too early, it is no sooner than the table says.
 */
export function delayBeforeRetry(error: unknown, failures: number): number | undefined {
  const prospect = prospectOf(error);
  if (prospect === "final" || failures >= prospect.attempts) return undefined;
  const askedMs = error instanceof EdgeError ? error.retryAfterMs : undefined;
  return askedMs === undefined ? prospect.delayMs : Math.max(askedMs, failures === 1 ? leastDelayMs : prospect.delayMs);
}

/** What `read` brings. Servers recycle their sessions: where that was lost meanwhile, `read` is asked once more, at once, for it changes nothing. */
export async function readAgainOnce<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (reasonOf(error) !== "sessionLost") throw error;
    return read();
  }
}

/**
 * What `read` brings, borne with as a run does: whoever is busy is asked again when it says so. Nobody answering is an answer of its own and comes
 * out at once. @throws what `read` throws
 */
export async function readPatiently<Result>(
  read: () => Promise<Result>,
  { clock, signal, status }: { readonly clock: Clock; readonly signal: AbortSignal; readonly status: (text: string) => void },
): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await readAgainOnce(read);
    } catch (error) {
      const delayMs = isBusy(error) ? delayBeforeRetry(error, failures) : undefined;
      if (delayMs === undefined) throw error;
      status(`try ${failures + 1} soon; ${messageOf(error)}`);
      await clock.sleep(delayMs, signal);
    }
  }
}
