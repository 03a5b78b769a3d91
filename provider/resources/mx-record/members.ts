// Small questions about the members of an MX set and their remarks. Pure.
import { type Exchange, keyOf } from "../../dns/record-sets.ts";

/** A remark for each record, by its key; a record without one is left out. */
export type Notes = Readonly<Record<string, string>>;

export function has(exchanges: readonly Exchange[], wanted: Exchange): boolean {
  return exchanges.some((exchange) => keyOf(exchange) === keyOf(wanted));
}

/** The members of `exchanges` that are not in `others`. */
export function without(exchanges: readonly Exchange[], others: readonly Exchange[]): readonly Exchange[] {
  return exchanges.filter((exchange) => !has(others, exchange));
}

/** The same remark for every record. */
export function marked(exchanges: readonly Exchange[], note: string): Notes {
  return Object.fromEntries(exchanges.map((exchange) => [keyOf(exchange), note]));
}

/** The remarks of `exchanges` alone. */
export function notesOf(exchanges: readonly Exchange[], notes: Notes): Notes {
  return Object.fromEntries(exchanges.flatMap((exchange) => entryOf(keyOf(exchange), notes)));
}

export function sameNotes(one: Notes, other: Notes): boolean {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => one[key] === other[key]);
}

/** `notes` for exactly these records: what has none is cleared. */
export function rewriteOf(exchanges: readonly Exchange[], notes: Notes): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(exchanges.map((exchange) => [keyOf(exchange), notes[keyOf(exchange)]]));
}

function entryOf(key: string, notes: Notes): (readonly [string, string])[] {
  const note = notes[key];
  return note === undefined ? [] : [[key, note]];
}
