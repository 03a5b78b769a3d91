// Lets calls through one at a time, in the order in which they came.

export class SerialQueue {
  #last: Promise<void> = Promise.resolve();

  /** Runs `act` when all before it have ended. When `signal` aborts first, gives up the place and throws what `onAbort` makes. */
  async run<Result>(act: () => Promise<Result>, signal?: AbortSignal, onAbort: () => Error = () => new Error("aborted")): Promise<Result> {
    const before = this.#last;
    const mine = Promise.withResolvers<void>();
    this.#last = before.then(() => mine.promise);
    try {
      await orAborted(before, signal, onAbort);
      return await act();
    } finally {
      mine.resolve();
    }
  }
}

/** When `work` has ended, well or badly. Keeps nothing of what it came to. */
export function endOf(work: Promise<unknown>): Promise<void> {
  const nothing = () => {};
  return work.then(nothing, nothing);
}

/** What `before` comes to; when `signal` aborts first, throws what `onAbort` makes, and `before` goes on for nobody. */
export async function orAborted<Result>(before: Promise<Result>, signal: AbortSignal | undefined, onAbort: () => Error): Promise<Result> {
  if (signal === undefined) return before;
  if (signal.aborted) throw onAbort();
  const aborted = Promise.withResolvers<never>();
  const listener = () => aborted.reject(onAbort());
  signal.addEventListener("abort", listener, { once: true });
  return Promise.race([before, aborted.promise]).finally(() => signal.removeEventListener("abort", listener));
}
