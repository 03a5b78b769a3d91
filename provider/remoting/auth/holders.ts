// Something of the system's that several use, calls beside the event loop among them: it is freed when the last of them has let go, never before.
import { closedBefore } from "./problems.ts";

export class Holders {
  readonly #free: () => void;
  #count = 1;

  /** Whoever makes it holds it. `free` is called once. */
  constructor(free: () => void) {
    this.#free = free;
  }

  /** For one more, who must let go. @throws {WsmanError} `ended` when it is freed already */
  hold(): void {
    if (this.#count === 0) throw closedBefore();
    this.#count += 1;
  }

  letGo(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#free();
  }

  /** Holds it while `act` goes on. */
  async during<Result>(act: () => Promise<Result>): Promise<Result> {
    this.hold();
    try {
      return await act();
    } finally {
      this.letGo();
    }
  }
}
