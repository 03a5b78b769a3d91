// What a run of the tests came to, and the lines that say so at its end. Pure.
import { z } from "zod";

const outcome = z.object({
  passed: z.int(),
  failed: z.int(),
  /** Titles of the tests that were skipped, whole. */
  skipped: z.array(z.string()),
  /** Names of the outside judges that were missing. */
  missing: z.array(z.string()),
  /** The tests that took longest, slowest first: file and title, and milliseconds. */
  slowest: z.array(z.tuple([z.string(), z.number()])),
});

export type Outcome = z.infer<typeof outcome>;

const SLOWEST_TESTS = 20;
/** A test that takes less is not slow, whatever the others take. */
const SLOW_MS = 1_000;

export const NOTHING_YET: Outcome = { passed: 0, failed: 0, skipped: [], missing: [], slowest: [] };

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
    slowest: slowestOf([...one.slowest, ...other.slowest]),
  };
}

/** The twenty that took longest, slowest first, without those of less than a second. */
export function slowestOf(tests: Outcome["slowest"]): Outcome["slowest"] {
  return tests
    .filter(([, ms]) => ms >= SLOW_MS)
    .sort(([, one], [, other]) => other - one)
    .slice(0, SLOWEST_TESTS);
}

/** Slowest tests, skipped ones, missing judges, and, last and alone on its line, `N passed, N failed, N skipped`. */
export function outcomeLines({ passed, failed, skipped, missing, slowest }: Outcome): readonly string[] {
  return [
    ...(slowest.length > 0 ? ["Slowest tests:"] : []),
    ...slowest.map(([title, ms]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${title}`),
    ...skipped.map((title) => `skipped: ${title}`),
    ...missing.map((name) => `missing judge: ${name}`),
    `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
  ];
}

/** What the reporter wrote into its file, `text`. @throws {ZodError} where that is something else */
export function outcomeFrom(text: string): Outcome {
  return outcome.parse(JSON.parse(text));
}
