// Counts who uses something of the system's, calls beside the event loop among them, and frees it when the last has released it, never before.
import { closedBefore } from "./problems.ts";

export class ReferenceCount {
  readonly #free: () => void;
  #count = 1;

  /** Whoever makes it has retained it. `free` is called once. */
  constructor(free: () => void) {
    this.#free = free;
  }

  /** For one more, who must release it. @throws {WsmanError} `ended` when it is freed already */
  retain(): void {
    if (this.#count === 0) throw closedBefore();
    this.#count += 1;
  }

  release(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#free();
  }

  /** Retains it while `act` goes on. */
  async during<Result>(act: () => Promise<Result>): Promise<Result> {
    this.retain();
    try {
      return await act();
    } finally {
      this.release();
    }
  }
}
