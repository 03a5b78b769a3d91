// When the logs of one database were closed, as far as a lagged copy wants to know. Before the lab began they came at an even pace.

export class LogTimes {
  readonly #everyMs: number;
  /** Oldest first; each with the newest log of its time. */
  readonly #known: { readonly log: number; readonly atMs: number }[];

  /** `log` is the newest at `nowMs`; one came every `everyMs` before. */
  constructor(log: number, nowMs: number, everyMs: number) {
    this.#known = [{ log, atMs: nowMs }];
    this.#everyMs = everyMs;
  }

  /** `log` is the newest now. A failover may have taken logs back. */
  note(log: number, nowMs: number): void {
    if (log !== this.#known.at(-1)?.log) this.#known.push({ log, atMs: nowMs });
  }

  /** The newest log at that time. */
  newestAt(ms: number): number {
    const known = this.#known.findLast(({ atMs }) => atMs <= ms);
    if (known !== undefined) return known.log;
    const [first = { log: 0, atMs: ms }] = this.#known;
    return Math.max(0, first.log - Math.ceil((first.atMs - ms) / this.#everyMs));
  }
}
