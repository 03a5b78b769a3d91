// When a call is given up: its deadline, its caller's signal, and the closing of what it runs in, as one. The first reason wins.
import type { InvokeOptions } from "./transport.ts";

/** `closed`: what the call ran in was closed under it, and neither its caller nor its deadline wanted that. */
export type GivenUp = "timedOut" | "stopped" | "closed";

/** Of one call, whose clock it starts. Whoever may close it under its caller keeps it. */
export class CallDeadline {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onAbort = () => this.giveUp("stopped");
  #reason: GivenUp | undefined;

  constructor({ timeoutMs, signal }: InvokeOptions = {}) {
    this.#caller = signal;
    this.#timer = timeoutMs === undefined ? undefined : setTimeout(() => this.giveUp("timedOut"), timeoutMs);
    if (signal?.aborted) this.giveUp("stopped");
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the signal aborted; absent while it has not. */
  get reason(): GivenUp | undefined {
    return this.#reason;
  }

  giveUp(reason: GivenUp): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }

  /** Forgets timer and listener. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }
}
