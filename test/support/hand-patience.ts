// Patience by hand: the time of a call runs from the moment that a test names, so that a slow machine gives up exactly where a fast one does.
import { mock } from "node:test";

/** Stops all timeouts of this process until `run` has been asked for: each passing of the event loop is then one millisecond. */
export class HandPatience {
  #passing: NodeJS.Timeout | undefined;

  stop(): void {
    mock.timers.enable({ apis: ["setTimeout"] });
  }

  run(): void {
    this.#passing ??= setInterval(() => mock.timers.tick(1), 1);
  }

  /** Time is the machine's again. */
  end(): void {
    clearInterval(this.#passing);
    this.#passing = undefined;
    mock.timers.reset();
  }
}
