// What a run of the tests came to, and the lines that say so at its end. Pure.

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Titles of the tests that were skipped, whole. */
  readonly skipped: readonly string[];
  /** Names of the outside judges that were missing. */
  readonly missing: readonly string[];
}

/** `outcome` and one more check beside the tests, such as that of the types. */
export function withCheck(outcome: Outcome, passed: boolean): Outcome {
  return passed ? { ...outcome, passed: outcome.passed + 1 } : { ...outcome, failed: outcome.failed + 1 };
}

/** Both together; a judge that both lacked is named once. */
export function withOutcome(one: Outcome, other: Outcome): Outcome {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: [...one.skipped, ...other.skipped],
    missing: [...new Set([...one.missing, ...other.missing])],
  };
}

/** Skipped tests, missing judges, and, last and alone on its line, `N passed, N failed, N skipped`. */
export function outcomeLines({ passed, failed, skipped, missing }: Outcome): readonly string[] {
  return [
    ...skipped.map((title) => `skipped: ${title}`),
    ...missing.map((name) => `missing judge: ${name}`),
    `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
  ];
}

/**
 * What the reporter wrote into its file, `text`.
 * @throws {Error} where that is something else
 */
export function outcomeFrom(text: string): Outcome {
  const read: unknown = JSON.parse(text);
  if (!isOutcome(read)) throw new Error(`the tests' outcome is "${text}"; expected passed, failed, skipped and missing`);
  return read;
}

function isOutcome(read: unknown): read is Outcome {
  if (typeof read !== "object" || read === null) return false;
  const isCount = (name: string): boolean => Number.isInteger(Reflect.get(read, name));
  const isList = (name: string): boolean => Array.isArray(Reflect.get(read, name));
  return isCount("passed") && isCount("failed") && isList("skipped") && isList("missing");
}
