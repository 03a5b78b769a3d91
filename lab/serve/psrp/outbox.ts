// What one stream (a pool's or a pipeline's) has ready for its client, fragment by fragment, and the Receives that wait for it.
// A fragment leaves for good only when its answer was handed over: what a broken connection swallowed is there for the next Receive.

interface Entry {
  readonly fragment: Uint8Array;
  /** This fragment begins an answer of its own. */
  readonly apart: boolean;
}

/** What one answer holds. */
export interface Batch {
  readonly fragments: readonly Uint8Array[];
  /** Nothing will follow. */
  readonly isLast: boolean;
  /** The answer did not reach the client: everything is as if it had not been taken. */
  putBack(): void;
}

export class Outbox {
  #entries: Entry[] = [];
  #isEnded = false;
  #lastTaken = false;
  readonly #wake = new Set<() => void>();

  /** `apart`: not in one answer with what stands before it. */
  push(fragments: readonly Uint8Array[], { apart = false }: { readonly apart?: boolean } = {}): void {
    this.#entries.push(...fragments.map((fragment, index) => ({ fragment, apart: apart && index === 0 })));
    this.#wakeAll();
  }

  /** Nothing will be pushed any more. */
  end(): void {
    this.#isEnded = true;
    this.#wakeAll();
  }

  /** True once the last answer has been taken: for the client the command does not exist any more. */
  get isSpent(): boolean {
    return this.#lastTaken;
  }

  /** Waits until there is something to take: true; false after `timeoutMs` milliseconds of real time, or when `signal` says that nobody listens any more. */
  async ready(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.#hasNews()) return true;
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.#wake.delete(look);
        signal.removeEventListener("abort", settle);
        resolve(this.#hasNews() && !signal.aborted);
      };
      const look = () => {
        if (this.#hasNews()) settle();
      };
      const timer = setTimeout(settle, timeoutMs);
      this.#wake.add(look);
      signal.addEventListener("abort", settle);
      if (signal.aborted) settle();
    });
  }

  /** As many fragments as fit into `maxBytes`, each counted by `sizeOf`; undefined when not even the next one does. */
  take(maxBytes: number, sizeOf: (fragment: Uint8Array) => number): Batch | undefined {
    let bytes = 0;
    let count = 0;
    for (const { fragment, apart } of this.#entries) {
      bytes += sizeOf(fragment);
      if (bytes > maxBytes || (apart && count > 0)) break;
      count += 1;
    }
    if (count === 0 && this.#entries.length > 0) return undefined;
    const taken = this.#entries.splice(0, count);
    const isLast = this.#isEnded && this.#entries.length === 0;
    this.#lastTaken = isLast;
    const putBack = () => {
      this.#entries.unshift(...taken);
      this.#lastTaken = false;
      this.#wakeAll();
    };
    return { fragments: taken.map(({ fragment }) => fragment), isLast, putBack };
  }

  #hasNews(): boolean {
    return this.#entries.length > 0 || (this.#isEnded && !this.#lastTaken);
  }

  #wakeAll(): void {
    for (const look of [...this.#wake]) look();
  }
}
