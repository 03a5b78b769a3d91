// The members of one of many objects alike, as a ReadonlyMap: the list of names is that of all of them, only the values are its own.
// A Map for each of 20,000 rows takes three times the memory.
import type { PsValue } from "./values.ts";

/** `names` and `row` are as long as each other; no name occurs twice. */
export class Row implements ReadonlyMap<string, PsValue> {
  // Not private: two rows are alike when these are, also to whoever compares them in depth.
  readonly names: readonly string[];
  readonly row: readonly PsValue[];

  constructor(names: readonly string[], row: readonly PsValue[]) {
    this.names = names;
    this.row = row;
  }

  get size(): number {
    return this.names.length;
  }

  get(name: string): PsValue | undefined {
    return this.row[this.names.indexOf(name)];
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  keys(): ArrayIterator<string> {
    return this.names.values();
  }

  values(): ArrayIterator<PsValue> {
    return this.row.values();
  }

  *entries(): Generator<[string, PsValue], undefined> {
    for (const [index, name] of this.names.entries()) yield [name, this.row[index] ?? null];
  }

  [Symbol.iterator](): Generator<[string, PsValue], undefined> {
    return this.entries();
  }

  forEach(act: (value: PsValue, name: string, map: ReadonlyMap<string, PsValue>) => void, self?: unknown): void {
    for (const [name, value] of this) act.call(self, value, name, this);
  }
}
