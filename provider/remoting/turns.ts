// Lets calls through one at a time, in the order in which they came.

export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Runs `act` when all before it have ended. When `signal` aborts first, gives up the place and throws what `onAbort` makes. */
  async take<Result>(act: () => Promise<Result>, signal?: AbortSignal, onAbort: () => Error = () => new Error("aborted")): Promise<Result> {
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

async function orAborted(before: Promise<void>, signal: AbortSignal | undefined, onAbort: () => Error): Promise<void> {
  if (signal === undefined) return before;
  if (signal.aborted) throw onAbort();
  const aborted = Promise.withResolvers<never>();
  const listener = () => aborted.reject(onAbort());
  signal.addEventListener("abort", listener, { once: true });
  await Promise.race([before, aborted.promise]).finally(() => signal.removeEventListener("abort", listener));
}
