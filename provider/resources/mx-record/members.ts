// Small questions about an MX set, its members and their remarks, and what a step makes of it. Pure.
import type { Attributes, RecordSet } from "../../dns/record-sets.ts";
import { type Exchange, exchangeOf, keyOf } from "../../dns/sets.ts";
import type { MxChange } from "./plan.ts";

/** A remark for each record, by its key; a record without one is left out. */
export type Notes = Readonly<Record<string, string>>;

/** What each record bears besides, by its key; one that bears nothing is left out. */
export type AttributesByKey = Readonly<Record<string, Attributes>>;

/** An MX record set as MxRecord decides about it. */
export interface MxSet {
  readonly exchanges: readonly Exchange[];
  /** As the DNS host says it: `1` is Cloudflare's automatic. */
  readonly ttlSeconds: number;
  readonly notes: Notes;
  /** Absent in a set that is wanted: what its records bear stays. */
  readonly attributes?: AttributesByKey | undefined;
}

export function has(exchanges: readonly Exchange[], wanted: Exchange): boolean {
  return exchanges.some((exchange) => keyOf(exchange) === keyOf(wanted));
}

/** The members of `exchanges` that are not in `others`. */
export function without(exchanges: readonly Exchange[], others: readonly Exchange[]): readonly Exchange[] {
  return exchanges.filter((exchange) => !has(others, exchange));
}

/** The same remark for every record; none where the DNS host keeps none. */
export function marked(exchanges: readonly Exchange[], note: string | undefined): Notes {
  return note === undefined ? {} : Object.fromEntries(exchanges.map((exchange) => [keyOf(exchange), note]));
}

/** The remarks of `exchanges` alone. */
export function notesOf(exchanges: readonly Exchange[], notes: Notes): Notes {
  return Object.fromEntries(exchanges.flatMap((exchange) => entryOf(keyOf(exchange), notes)));
}

export function sameNotes(one: Notes, other: Notes): boolean {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => one[key] === other[key]);
}

/** What `before` is when `change` is done. */
export function after(before: MxSet, change: MxChange): MxSet {
  const { exchanges, notes } = before;
  switch (change.kind) {
    case "rewrite":
      return { exchanges, ttlSeconds: change.toSeconds, notes: notesOf(exchanges, change.notes), attributes: change.attributes };
    case "add":
      return {
        exchanges: [...exchanges, change.exchange],
        ttlSeconds: change.ttlSeconds,
        notes: { ...notes, ...marked([change.exchange], change.note) },
      };
    case "remove": {
      const left = without(exchanges, [change.exchange]);
      return { ...before, exchanges: left, notes: notesOf(left, notes) };
    }
  }
}

export function recordSetOf(name: string, { exchanges, ttlSeconds, notes, attributes = {} }: MxSet): RecordSet {
  const records = exchanges.map(keyOf).map((data) => ({ data, comment: notes[data], attributes: attributes[data] }));
  return { name, type: "MX", ttlSeconds, records };
}

export function mxSetOf({ ttlSeconds, records }: RecordSet): MxSet {
  return {
    exchanges: records.map(({ data }) => exchangeOf(data)),
    ttlSeconds,
    notes: Object.fromEntries(records.flatMap(({ data, comment }) => (comment === undefined ? [] : [[data, comment]]))),
    attributes: Object.fromEntries(records.flatMap(({ data, attributes }) => (attributes === undefined ? [] : [[data, attributes]]))),
  };
}

function entryOf(key: string, notes: Notes): (readonly [string, string])[] {
  const note = notes[key];
  return note === undefined ? [] : [[key, note]];
}
