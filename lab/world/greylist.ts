// Greylisting: a sender and recipient seen for the first time are put off, and let through when they come back after a while. As postgrey does it.
import type { Caller, SmtpReply } from "./message.ts";

export class Greylist {
  readonly #delayMs: number;
  readonly #now: () => number;
  readonly #firstSeenMs = new Map<string, number>();

  constructor(delayMs: number, now: () => number) {
    this.#delayMs = delayMs;
    this.#now = now;
  }

  /** Why the recipient is put off for now; `undefined` when it is not. */
  refusalOf(address: string, { from }: Caller): SmtpReply | undefined {
    const now = this.#now();
    const key = `${from} ${address}`;
    const firstMs = this.#firstSeenMs.get(key) ?? now;
    this.#firstSeenMs.set(key, firstMs);
    if (now - firstMs >= this.#delayMs) return undefined;
    const seconds = Math.ceil((firstMs + this.#delayMs - now) / 1000);
    return {
      code: 450,
      text: `4.2.0 <${address}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/ (${seconds} s)`,
    };
  }
}
