// Every remote call of one run passes here: each gets a number, takes its time in the world, and may be the one at which the plugin or its engine dies,
// or before which the plugin stands still. A plugin that died hears nothing more and reaches nobody: its promises never settle, so no code of it can
// take the death for an error. One whose engine died sees that at once, and ends as it should.
import type { Act, Journal } from "./journal.ts";
import type { RunClock } from "./run-clock.ts";

/** When somebody dies: `before` the call with this number leaves, or `after` the site has done it and before its answer is heard. */
export interface Kill {
  /** From 1. */
  readonly call: number;
  readonly side: "before" | "after";
  /** Default `plugin`. */
  readonly whom?: "plugin" | "engine" | undefined;
}

export interface WireOptions {
  readonly kill?: Kill | undefined;
  /** The plugin is frozen when it is about to make the change with this number, from 1. */
  readonly freezeBefore?: number | undefined;
  /** World time from a call to what it does at the site, in milliseconds. Default 200. */
  readonly callMs?: (() => number) | undefined;
}

/** A call that changes something, as it was sent. */
export interface Change {
  readonly what: string;
  readonly atMs: number;
  /** Whether the engine was dead by then; what happens in the moment of its death is not after it. */
  readonly isOrphan: boolean;
}

export class Wire {
  /** What was called, in order. */
  readonly calls: string[] = [];
  readonly changes: Change[] = [];
  /** Settles, with the words of the call, when somebody dies. */
  readonly death: Promise<string>;
  /** Resolves when the plugin is frozen. */
  readonly frozen: Promise<void>;
  readonly #clock: RunClock;
  readonly #journal: Journal;
  readonly #options: WireOptions;
  readonly #died: (call: string) => void;
  readonly #froze: () => void;
  readonly #engineGone = new AbortController();
  #engineGoneAtMs = Number.POSITIVE_INFINITY;
  #changesAsked = 0;

  constructor(clock: RunClock, journal: Journal, options: WireOptions = {}) {
    this.#clock = clock;
    this.#journal = journal;
    this.#options = options;
    const death = Promise.withResolvers<string>();
    const frozen = Promise.withResolvers<void>();
    [this.death, this.#died, this.frozen, this.#froze] = [death.promise, death.resolve, frozen.promise, frozen.resolve];
  }

  /** Aborts when the engine dies. */
  get engineGone(): AbortSignal {
    return this.#engineGone.signal;
  }

  /** Lets `act` happen at the site, `takesMs` of world time after it was asked for. */
  async call<T>(what: string, act: Act<T>, takesMs = this.#options.callMs?.() ?? 200): Promise<T> {
    if (this.#clock.isDead) return never();
    const number = this.calls.push(what);
    if (this.#isTheEnd(number, "before")) await this.#die(what);
    await this.#clock.travel(takesMs);
    try {
      return await act(this.#journal.world);
    } finally {
      if (this.#isTheEnd(number, "after")) await this.#die(what);
      await this.#clock.awake();
    }
  }

  /** The same for what changes something, sent as soon as `beforeSend` lets it. */
  async change<T>(what: string, beforeSend: (() => Promise<void>) | undefined, act: Act<T>): Promise<T> {
    const kept = () => this.#journal.do(act);
    if (beforeSend === undefined) return this.call(what, kept);
    this.#changesAsked += 1;
    if (this.#changesAsked === this.#options.freezeBefore) {
      this.#clock.freeze();
      this.#froze();
      await this.#clock.awake();
    }
    await beforeSend();
    this.changes.push({ what, atMs: this.#clock.now(), isOrphan: this.#clock.now() > this.#engineGoneAtMs });
    return this.call(what, kept);
  }

  #isTheEnd(number: number, side: Kill["side"]): boolean {
    return this.#options.kill?.call === number && this.#options.kill.side === side;
  }

  async #die(what: string): Promise<void> {
    const isEngine = this.#options.kill?.whom === "engine";
    if (isEngine) {
      this.#engineGoneAtMs = this.#clock.now();
      this.#engineGone.abort(new Error("the engine is dead"));
    } else this.#clock.die();
    this.#died(what);
    if (!isEngine) await never();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
