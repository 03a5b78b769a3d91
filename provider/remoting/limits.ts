// When a call is given up: its deadline and its caller's signal as one. The first reason wins.
import type { InvokeOptions } from "./transport.ts";

export interface Limits {
  readonly signal: AbortSignal;
  /** Why the signal aborted; absent while it has not. */
  readonly reason: () => "timedOut" | "stopped" | undefined;
  /** Forgets timer and listener. */
  readonly dispose: () => void;
}

/** Starts the clock of one call. `closing` stops it as its own signal does; AbortSignal.any would say the same, at a twentieth of a call. */
export function limitsOf({ timeoutMs, signal }: InvokeOptions, closing?: AbortSignal): Limits {
  const controller = new AbortController();
  let reason: "timedOut" | "stopped" | undefined;
  const giveUp = (why: "timedOut" | "stopped") => {
    reason ??= why;
    controller.abort();
  };
  const onAbort = () => giveUp("stopped");
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => giveUp("timedOut"), timeoutMs);
  if (signal?.aborted || closing?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  closing?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    reason: () => reason,
    dispose: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      closing?.removeEventListener("abort", onAbort);
    },
  };
}
