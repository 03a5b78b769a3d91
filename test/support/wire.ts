// Every remote call of one run passes here: each gets a number, takes its time in the world, and may be the one at which the plugin dies.
// Whoever died hears nothing more and reaches nobody: his promises never settle, so no code of his can take the death for an error.
import type { RunClock } from "./run-clock.ts";

/** When the plugin dies: `before` the call with this number leaves, or `after` the site has done it and before its answer is heard. */
export interface Kill {
  /** From 1. */
  readonly call: number;
  readonly side: "before" | "after";
}

/** World time from a call to what it does at the site. */
const callMs = 200;

export class Wire {
  /** What was called, in order. */
  readonly calls: string[] = [];
  /** Settles, with the words of the call, when the plugin dies. */
  readonly death: Promise<string>;
  readonly #clock: RunClock;
  readonly #kill: Kill | undefined;
  readonly #died: (call: string) => void;

  constructor(clock: RunClock, kill: Kill | undefined) {
    this.#clock = clock;
    this.#kill = kill;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.death = promise;
    this.#died = resolve;
  }

  /** Lets `act` happen at the site, `takesMs` of world time after it was asked for. */
  async call<T>(what: string, act: () => T | Promise<T>, takesMs = callMs): Promise<T> {
    if (this.#clock.isDead) return never();
    const number = this.calls.push(what);
    if (this.#isTheEnd(number, "before")) return this.#die(what);
    await this.#clock.sleep(takesMs);
    try {
      return await act();
    } finally {
      if (this.#isTheEnd(number, "after")) await this.#die(what);
    }
  }

  #isTheEnd(number: number, side: Kill["side"]): boolean {
    return this.#kill?.call === number && this.#kill.side === side;
  }

  #die(what: string): Promise<never> {
    this.#clock.die();
    this.#died(what);
    return never();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
