// The time of one run of the provider inside the lab's world, without a real clock: the world moves on only while everybody in the run
// waits, and only to the moment at which the first of them goes on. Who dies here sleeps for ever; who is frozen goes on when he is thawed.
import type { Events } from "../../lab/world/events.ts";
import type { Clock } from "../../provider/engine/clock.ts";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
  /** Somebody else's way, which goes on while the run is frozen. */
  readonly travels: boolean;
}

/** Longer than any run of a rehearsal; one that goes on and on is ended, or it would hold the tests for ever. */
const longestRunMs = 24 * 3_600_000;

export class RunClock implements Clock {
  readonly #startedMs: number;
  readonly #events: Pick<Events, "now" | "advanceTo">;
  /** The next one last. */
  #sleepers: Sleeper[] = [];
  #isTurning = false;
  #isDead = false;
  #frozen: PromiseWithResolvers<void> | undefined;

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
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#wakeIn(ms, resolve, false);
    await promise.finally(() => signal?.removeEventListener("abort", abort));
    await this.awake();
  }

  /** The time that a request is on its way: what was sent arrives, whatever becomes of who sent it. */
  travel(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wakeIn(ms, resolve, true);
    return promise;
  }

  /** Resolves at once, or when the run is thawed. */
  async awake(): Promise<void> {
    await this.#frozen?.promise;
  }

  /** Nobody in the run goes on, as after SIGSTOP. */
  freeze(): void {
    this.#frozen ??= Promise.withResolvers();
  }

  thaw(): void {
    this.#frozen?.resolve();
    this.#frozen = undefined;
    if (!this.#isTurning) this.#turnLater();
  }

  /** Nobody who sleeps here wakes again. */
  die(): void {
    this.#isDead = true;
    this.#sleepers = [];
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  #wakeIn(ms: number, wake: () => void, travels: boolean): void {
    if (this.#isDead) return;
    const atMs = this.now() + ms;
    const place = this.#sleepers.findIndex((other) => other.atMs <= atMs);
    this.#sleepers.splice(place < 0 ? this.#sleepers.length : place, 0, { atMs, wake, travels });
    if (!this.#isTurning) this.#turnLater();
  }

  /** Nothing here waits for a socket, so once the event loop turns, everybody who is awake has done what there was to do. */
  #turnLater(): void {
    this.#isTurning = true;
    setImmediate(() => {
      const next = this.#sleepers.findLast(({ travels }) => travels || this.#frozen === undefined);
      this.#isTurning = false;
      if (next === undefined) return;
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      this.#events.advanceTo(Math.max(next.atMs, this.now()));
      next.wake();
      this.#turnLater();
    });
  }
}
