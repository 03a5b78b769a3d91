// Shares readings: who asks the same thing at the same time gets one answer, and who is content with an older one gets that. As long as one Pulumi
// operation: previews and updates are different processes, so nothing here outlives either.

interface Reading {
  readonly atMs: number;
  readonly value: Promise<unknown>;
  settled: boolean;
}

export class Readings {
  readonly #nowMs: () => number;
  readonly #known = new Map<string, Reading>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What `key` read no longer than `maxAgeMs` ago, or else what `read` reads now. A failure is shared too, and not kept. */
  shared<T>(key: string, maxAgeMs: number, read: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key);
    if (known !== undefined && (!known.settled || this.#nowMs() - known.atMs < maxAgeMs)) return known.value as Promise<T>;
    const value = read();
    const reading: Reading = { atMs: this.#nowMs(), value, settled: false };
    this.#known.set(key, reading);
    value.then(
      () => {
        reading.settled = true;
      },
      () => {
        if (this.#known.get(key) === reading) this.#known.delete(key);
      },
    );
    return value;
  }

  /** Forgets all readings, also those under way, but those whose key begins with `except`. */
  forget(except?: string): void {
    for (const key of this.#known.keys()) if (except === undefined || !key.startsWith(except)) this.#known.delete(key);
  }
}

/** Calls `make` once and shares what it gives; a failure is forgotten, so that the next caller tries again. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
