// What makes an exchange be given up before its answer: a server that falls silent, a caller that wants no more. Timers and listeners go over from
// one exchange to the next, for a call makes three in a millisecond.
import { WsmanError } from "../problem.ts";

/** Watches one exchange at a time. */
export class Watch {
  readonly #giveUp: (error: Error) => void;
  /** By milliseconds; each runs anew from the start of the last exchange that it watches. They keep no process alive: the connection does. */
  readonly #timers = new Map<number, NodeJS.Timeout>();
  /** Of the exchange that is watched. */
  #timeoutMs: number | undefined;
  #signal: AbortSignal | undefined;
  /** The signal that is listened to: that of this exchange, or of one before. */
  #heard: AbortSignal | undefined;
  readonly #onAbort = () => {
    if (this.#signal !== undefined) this.#giveUp(new WsmanError({ kind: "aborted" }));
  };

  /** `giveUp` is called for the exchange that is watched, and for none after `stop`. */
  constructor(giveUp: (error: Error) => void) {
    this.#giveUp = giveUp;
  }

  /** An exchange begins; its signal has not aborted. */
  start(timeoutMs: number, signal: AbortSignal | undefined): void {
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
    const timer = this.#timers.get(timeoutMs);
    if (timer === undefined) this.#timers.set(timeoutMs, setTimeout(() => this.#late(timeoutMs), timeoutMs).unref());
    else timer.refresh();
    if (signal === undefined || signal === this.#heard) return;
    this.#heard?.removeEventListener("abort", this.#onAbort);
    signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#heard = signal;
  }

  /** It has ended. */
  stop(): void {
    this.#timeoutMs = undefined;
    this.#signal = undefined;
  }

  /** There will be none for a while. */
  rest(): void {
    this.stop();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#heard?.removeEventListener("abort", this.#onAbort);
    this.#heard = undefined;
  }

  #late(timeoutMs: number): void {
    if (this.#timeoutMs === timeoutMs) this.#giveUp(new Error(`no answer within ${timeoutMs / 1000} s`));
  }
}
