// The lab's one clock and its agenda: whatever happens in the world happens as an event at a time of this clock.
// Nothing in lab/world asks the machine for the time or for chance, so the same seed tells the same story.

export interface Agenda {
  /** Milliseconds since 1970, lab time. */
  now(): number;
  /** Does `what` at `atMs` (at once, when that has passed), in the order of time and then of asking. */
  at(atMs: number, what: () => void): void;
  /** Does `what` every `everyMs` milliseconds, for the first time after one period. */
  every(everyMs: number, what: () => void): void;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly what: () => void;
}

/** An agenda whose time moves only when it is told to. */
export class Events implements Agenda {
  #nowMs: number;
  #order = 0;
  readonly #heap: Entry[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  at(atMs: number, what: () => void): void {
    this.#push({ atMs: Math.max(atMs, this.#nowMs), order: this.#order++, what });
  }

  every(everyMs: number, what: () => void): void {
    const again = () => {
      what();
      this.at(this.#nowMs + everyMs, again);
    };
    this.at(this.#nowMs + everyMs, again);
  }

  /** Lets time pass until `untilMs`, event by event. */
  advanceTo(untilMs: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= untilMs; next = this.#heap[0]) {
      this.#pop();
      this.#nowMs = next.atMs;
      next.what();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(heap[index], heap[parent])) break;
      swap(heap, index, parent);
      index = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    swap(heap, 0, heap.length - 1);
    heap.pop();
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const least = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!isBefore(heap[least], heap[index])) return;
      swap(heap, index, least);
      index = least;
    }
  }
}

function isBefore(one: Entry | undefined, other: Entry | undefined): boolean {
  if (one === undefined) return false;
  if (other === undefined) return true;
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

function swap(heap: Entry[], one: number, other: number): void {
  const first = heap[one];
  const second = heap[other];
  if (first === undefined || second === undefined) return;
  heap[one] = second;
  heap[other] = first;
}

/** A stream of chance in [0, 1) that is the same for the same seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
