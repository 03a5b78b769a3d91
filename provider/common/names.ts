// Names as Exchange, Windows and DNS compare them: without case. Whatever a person types is compared here and nowhere else. Pure.

/** Whether both name the same thing. */
export function sameName(one: string, other: string): boolean {
  return keyOf(one) === keyOf(other);
}

/** Whether `name` is one of `names`. */
export function isNamed(names: readonly string[], name: string): boolean {
  return names.some((candidate) => sameName(candidate, name));
}

/** Those of `typed` that are none of `existing`. */
export function namesOfNothing(typed: readonly string[], existing: readonly string[]): readonly string[] {
  return typed.filter((name) => !isNamed(existing, name));
}

/** Each of `typed` as `existing` spells it; one that is not there as it was typed. */
export function asSpelled(typed: readonly string[], existing: readonly string[]): readonly string[] {
  return typed.map((name) => existing.find((candidate) => sameName(candidate, name)) ?? name);
}

/** The first of `typed` that names what one before it names already. */
export function namedTwice(typed: readonly string[]): string | undefined {
  return typed.find((name, index) => isNamed(typed.slice(0, index), name));
}

function keyOf(name: string): string {
  return name.toLowerCase();
}
