// How many requests each user made lately, and how long the next one has to wait. A request that is refused does not count.
// Source: the words in which Exchange refuses it ("X requests per Y seconds", "not approved for at least Z milliseconds").
import type { LoadLimit } from "./quota-faults.ts";

export class LoadQuota {
  readonly limit: LoadLimit;
  readonly #nowMs: () => number;
  /** When each user's counted requests were made, oldest first; never more than the limit. */
  readonly #made = new Map<string, number[]>();

  constructor(limit: LoadLimit, nowMs: () => number) {
    this.limit = limit;
    this.#nowMs = nowMs;
  }

  /** Counts a request and returns 0, or returns the milliseconds after which there is room again. */
  waitMs(user: string): number {
    const nowMs = this.#nowMs();
    const spanMs = this.limit.seconds * 1_000;
    const recent = (this.#made.get(user) ?? []).filter((madeMs) => nowMs - madeMs < spanMs);
    const [oldest] = recent;
    if (recent.length >= this.limit.requests) return Math.ceil((oldest ?? nowMs) + spanMs - nowMs);
    this.#made.set(user, [...recent, nowMs]);
    return 0;
  }
}
