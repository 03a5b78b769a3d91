// One reading for many askers: a request that is under way is shared, and its result serves for a while.

export interface SharedReading<T> {
  /** The reading, no older than `maxAgeMs` when asked for. A failed one is shared with those who wait, and not kept. */
  read(): Promise<T>;
  /** Forgets the reading, also one under way: whoever asks from now on asks anew. */
  drop(): void;
}

/** Reads by `readNow`; age counts from when the request was sent, since it may tell of no later moment. */
export function sharedReading<T>(readNow: () => Promise<T>, maxAgeMs: number, clock: { now(): number }): SharedReading<T> {
  let last: { readonly startedMs: number; readonly reading: Promise<T>; settled: boolean } | undefined;
  return {
    read() {
      if (last !== undefined && (!last.settled || clock.now() - last.startedMs < maxAgeMs)) return last.reading;
      const mine = { startedMs: clock.now(), reading: readNow(), settled: false };
      last = mine;
      mine.reading.then(
        () => {
          mine.settled = true;
        },
        () => {
          if (last === mine) last = undefined;
        },
      );
      return mine.reading;
    },
    drop() {
      last = undefined;
    },
  };
}
