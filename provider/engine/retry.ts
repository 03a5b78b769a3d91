// Which failures may pass by themselves, how often and how long they are tried again. The only place that retries.

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
  invalidAnswer: { attempts: 3, delayMs: 5_000 },
};

/** The reason that an edge gave its error; `undefined` for an error of any other kind. */
export function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("reason" in error)) return undefined;
  return typeof error.reason === "string" ? error.reason : undefined;
}

/**
 * How many milliseconds to wait before the attempt after `failures` failures in a row, or `undefined` when it is time to give up.
 * An edge that was told when to come back (`retryAfterMs`) is believed.
 */
export function delayBeforeRetry(error: unknown, failures: number): number | undefined {
  const rule = patience[reasonOf(error) ?? ""];
  if (rule === undefined || failures >= rule.attempts) return undefined;
  const asked = error instanceof Error && "retryAfterMs" in error ? error.retryAfterMs : undefined;
  return typeof asked === "number" ? Math.max(asked, rule.delayMs) : rule.delayMs;
}

/** Whether an error means that nobody answered, as a host that is switched off does not. */
export function isSilence(error: unknown): boolean {
  const reason = reasonOf(error);
  return reason === "unreachable" || reason === "timedOut";
}
