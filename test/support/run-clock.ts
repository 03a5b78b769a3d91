// The time of one run of the provider inside the lab's world, without a real clock: the world moves on only while everybody in the run
// waits, and only to the moment at which the first of them goes on. Who dies here sleeps for ever.
import type { Events } from "../../lab/world/events.ts";
import type { Clock } from "../../provider/engine/clock.ts";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Longer than any run of a rehearsal; one that goes on and on is ended, or it would hold the tests for ever. */
const longestRunMs = 24 * 3_600_000;

export class RunClock implements Clock {
  readonly #startedMs: number;
  readonly #events: Pick<Events, "now" | "advanceTo">;
  /** The next one last. */
  readonly #sleepers: Sleeper[] = [];
  #isTurning = false;
  #isDead = false;

  constructor(events: Pick<Events, "now" | "advanceTo">) {
    this.#events = events;
    this.#startedMs = events.now();
  }

  now(): number {
    return this.#events.now();
  }

  /** Never settles once the clock is dead. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.now() - this.#startedMs > longestRunMs) throw new Error("the run has not ended within a day");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#isDead) return promise;
    const wake = () => (signal?.aborted === true ? reject(signal.reason) : resolve());
    const atMs = this.now() + ms;
    const place = this.#sleepers.findIndex((other) => other.atMs <= atMs);
    this.#sleepers.splice(place < 0 ? this.#sleepers.length : place, 0, { atMs, wake });
    if (!this.#isTurning) this.#turnLater();
    return promise;
  }

  /** Nobody who sleeps here wakes again. */
  die(): void {
    this.#isDead = true;
    this.#sleepers.length = 0;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Nothing here waits for a socket, so once the event loop turns, everybody who is awake has done what there was to do. */
  #turnLater(): void {
    this.#isTurning = true;
    setImmediate(() => {
      const next = this.#sleepers.pop();
      this.#isTurning = false;
      if (next === undefined) return;
      this.#events.advanceTo(next.atMs);
      next.wake();
      this.#turnLater();
    });
  }
}
