// The caches that outside senders ask for MX: what was learned is believed until its TTL is over, also that there is none.
// What the zones answer, and when a change is seen, is the business of whoever gives the lookup. Rules: RFC 2308, RFC 5321 section 5.1.
import type { Agenda } from "./events.ts";

export interface MxHost {
  readonly preference: number;
  readonly exchange: string;
}

export interface MxAnswer {
  readonly exchanges: readonly MxHost[];
  readonly ttlSeconds: number;
}

/** What resolver number `resolver` learns when it asks for the MX set of `name` now; `undefined` when there is none. */
export type MxLookup = (name: string, resolver: number) => MxAnswer | undefined;

/** How long "no MX" is believed, in seconds: the minimum of the SOA. */
export const noMxTtlSeconds = 1800;

export class Resolvers {
  readonly count: number;
  readonly #agenda: Agenda;
  readonly #lookup: MxLookup;
  readonly #learned: Map<string, { readonly exchanges: readonly MxHost[]; readonly untilMs: number }>[];

  constructor(agenda: Agenda, lookup: MxLookup, count: number) {
    this.#agenda = agenda;
    this.#lookup = lookup;
    this.count = count;
    this.#learned = Array.from({ length: count }, () => new Map());
  }

  /** The MX set that this resolver believes in; empty when there is none. */
  mx(name: string, resolver: number): readonly MxHost[] {
    const learned = this.#learned[resolver % this.count];
    const known = learned?.get(name);
    const now = this.#agenda.now();
    if (known !== undefined && now < known.untilMs) return known.exchanges;
    const answer = this.#lookup(name, resolver % this.count) ?? { exchanges: [], ttlSeconds: noMxTtlSeconds };
    learned?.set(name, { exchanges: answer.exchanges, untilMs: now + answer.ttlSeconds * 1000 });
    return answer.exchanges;
  }
}
