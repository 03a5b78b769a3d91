// A clock that moves only when somebody sleeps on it or moves it, and on the way does what was put on it: a site that changes by itself.
import type { Clock } from "../../provider/engine/clock.ts";

/** Sat 5 Dec 2026, 20:00 UTC: the evening of a pause. */
export const eveningMs = Date.UTC(2026, 11, 5, 20);

export class HandClock implements Clock {
  /** Every sleep asked for, in milliseconds. */
  readonly sleeps: number[] = [];
  #nowMs: number;
  #planned: { readonly atMs: number; readonly act: () => void }[] = [];

  constructor(nowMs = eveningMs) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Does `act` when the clock comes to `atMs`; at the next move when that has passed already. */
  at(atMs: number, act: () => void): void {
    this.#planned.push({ atMs, act });
  }

  /** Moves on by `ms`, doing on the way what was planned, in order; ends early once `signal` is aborted. */
  pass(ms: number, signal?: AbortSignal): void {
    const untilMs = this.#nowMs + ms;
    while (signal?.aborted !== true) {
      const next = this.#planned.reduce((one, other) => (other.atMs < one.atMs ? other : one), {
        atMs: Number.POSITIVE_INFINITY,
        act: () => {},
      });
      if (next.atMs > untilMs) {
        this.#nowMs = untilMs;
        return;
      }
      this.#planned = this.#planned.filter((planned) => planned !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.act();
    }
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    signal?.throwIfAborted();
    this.pass(ms, signal);
    signal?.throwIfAborted();
  }
}
