// What became of each message, counted by its own id: who took it, where it arrived, how often, and what was lost.
// Believes nobody's word: lost is what nothing in the world holds any more and that neither arrived nor bounced.
import type { Message } from "./message.ts";

/** Whatever holds mail can be asked which. Ids come once per copy held; shadow copies are no holding. */
export interface Holder {
  inventory(): Iterable<string>;
}

export interface Acceptance {
  readonly host: string;
  readonly atMs: number;
}

export interface Arrival {
  readonly recipient: string;
  /** A database, or the outside host it was handed to. */
  readonly at: string;
  readonly atMs: number;
}

export interface Failure {
  readonly recipient: string;
  readonly reason: string;
  readonly atMs: number;
}

/** Everything known of one message. */
export interface Entry {
  readonly message: Message;
  readonly accepted: Acceptance[];
  readonly arrivals: Arrival[];
  readonly bounces: Failure[];
  /** Given up by its sender without anybody being told, such as for want of any MX. */
  readonly vanished: Failure[];
}

export interface Totals {
  readonly sent: number;
  /** Messages that reached every recipient that did not bounce, at least once. */
  readonly delivered: number;
  /** Arrivals beyond the first of a message at a recipient. */
  readonly duplicated: number;
  /** Messages with a recipient whose sender was told that it failed. */
  readonly bounced: number;
  readonly lost: number;
  readonly onTheWay: number;
  /** From sent to arrived, the longest of all, in milliseconds. */
  readonly longestDelayMs: number;
}

export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #holders: Holder[] = [];
  /** Entries that still lack an outcome for a recipient. */
  readonly #open = new Set<Entry>();
  #duplicated = 0;
  #delivered = 0;
  #bounced = 0;
  #longestDelayMs = 0;

  /** Counts whatever `holder` holds as on the way. */
  watch(holder: Holder): void {
    this.#holders.push(holder);
  }

  /** A sender has a new message. A message known already stays as it is. */
  sent(message: Message): void {
    if (this.#entries.has(message.id)) return;
    const entry: Entry = { message, accepted: [], arrivals: [], bounces: [], vanished: [] };
    this.#entries.set(message.id, entry);
    this.#open.add(entry);
  }

  /** `host` answered 250 to it. Mail that no sender of the lab sent, such as a probe, is entered here. */
  accepted(message: Message, host: string, atMs: number): void {
    this.sent(message);
    this.#entries.get(message.id)?.accepted.push({ host, atMs });
  }

  /** It lies in the recipient's mailbox, or was handed to a host outside, for good. */
  delivered(id: string, recipient: string, at: string, atMs: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (entry.arrivals.some((arrival) => arrival.recipient === recipient)) this.#duplicated++;
    entry.arrivals.push({ recipient, at, atMs });
    this.#longestDelayMs = Math.max(this.#longestDelayMs, atMs - entry.message.sentAtMs);
    this.#closeWhenDone(entry);
  }

  /** Its sender was told that it failed. */
  bounced(id: string, recipient: string, reason: string, atMs: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.bounces.push({ recipient, reason, atMs });
    this.#closeWhenDone(entry);
  }

  /** It is gone and nobody will be told: counts as lost. */
  vanished(id: string, recipient: string, reason: string, atMs: number): void {
    this.#entries.get(id)?.vanished.push({ recipient, reason, atMs });
  }

  entry(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** Messages that count as lost now. */
  lost(): readonly Entry[] {
    const held = this.#held();
    return [...this.#open].filter((entry) => entry.vanished.length > 0 || !held.has(entry.message.id));
  }

  totals(): Totals {
    const lost = this.lost().length;
    return {
      sent: this.#entries.size,
      delivered: this.#delivered,
      duplicated: this.#duplicated,
      bounced: this.#bounced,
      lost,
      onTheWay: this.#open.size - lost,
      longestDelayMs: this.#longestDelayMs,
    };
  }

  #held(): ReadonlySet<string> {
    const held = new Set<string>();
    if (this.#open.size === 0) return held;
    for (const holder of this.#holders) for (const id of holder.inventory()) held.add(id);
    return held;
  }

  #closeWhenDone(entry: Entry): void {
    if (!this.#open.has(entry)) return;
    const isSettled = (recipient: string) => hasOutcome(entry.arrivals, recipient) || hasOutcome(entry.bounces, recipient);
    if (!entry.message.to.every(isSettled)) return;
    this.#open.delete(entry);
    if (entry.bounces.length > 0) this.#bounced++;
    else this.#delivered++;
  }
}

function hasOutcome(outcomes: readonly { readonly recipient: string }[], recipient: string): boolean {
  return outcomes.some((outcome) => outcome.recipient === recipient);
}
