// What is made once for each key and kept.

/** What `known` has for `key`; made where it has nothing. */
export function kept<Key, T>(known: Map<Key, T>, key: Key, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
