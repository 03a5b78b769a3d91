// Which failures may pass by themselves, how often and how long they are tried again. The only place that retries.
import type { Clock } from "./clock.ts";

interface Patience {
  readonly attempts: number;
  readonly delayMs: number;
}

/** By the `reason` that an edge's error carries; a reason that is not here is final. */
const patience: Readonly<Record<string, Patience>> = {
  timedOut: { attempts: 4, delayMs: 10_000 },
  unreachable: { attempts: 6, delayMs: 15_000 },
  sessionLost: { attempts: 4, delayMs: 2_000 },
  throttled: { attempts: 6, delayMs: 60_000 },
  serverError: { attempts: 5, delayMs: 15_000 },
  notReady: { attempts: 30, delayMs: 10_000 },
  invalidAnswer: { attempts: 3, delayMs: 5_000 },
};

/** The reason that an edge gave its error; `undefined` for an error of any other kind. */
export function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("reason" in error)) return undefined;
  return typeof error.reason === "string" ? error.reason : undefined;
}

/** Milliseconds: whoever was told to come back at once is not to be taken at the word. */
const leastDelayMs = 1_000;

/**
 * How many milliseconds to wait before the attempt after `failures` failures in a row, or `undefined` when it is time to give up.
 * An edge that was told when to come back (`retryAfterMs`) is believed once; if that was too early, it is no sooner than our own patience says.
 */
export function delayBeforeRetry(error: unknown, failures: number): number | undefined {
  const rule = patience[reasonOf(error) ?? ""];
  if (rule === undefined || failures >= rule.attempts) return undefined;
  const asked = error instanceof Error && "retryAfterMs" in error ? error.retryAfterMs : undefined;
  if (typeof asked !== "number") return rule.delayMs;
  return Math.max(asked, failures === 1 ? leastDelayMs : rule.delayMs);
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
      status(`${error instanceof Error ? error.message : String(error)}; tries again (${failures})`);
      await clock.sleep(delayMs, signal);
    }
  }
}

/** Whether whoever was asked is there, and only has no time just now. */
function isBusy(error: unknown): boolean {
  const reason = reasonOf(error);
  return reason === "throttled" || reason === "serverError";
}

/** Whether an error means that nobody answered, as a host that is switched off does not. */
export function isSilence(error: unknown): boolean {
  const reason = reasonOf(error);
  return reason === "unreachable" || reason === "timedOut";
}
