// How often and after what time a failure is tried again, by what its reason promises (common/reason.ts). The only place that retries.
import { EdgeError, prospectOf, reasonOf } from "../common/reason.ts";

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
