// How a run of the tests reads: a dot for each test, each failure whole, the slowest files, what was skipped and why, the counts last.
// Also ends a run that something left open would keep alive, and says what it was.
import { writeFileSync } from "node:fs";
import path from "node:path";
import Mocha from "mocha";
import { type Outcome, outcomeLines } from "../../setup/outcome.ts";
import { checkout } from "../../setup/places.ts";
import { missingJudges } from "./judges.ts";

const SLOWEST_FILES = 10;
/** What ends by itself after the last test has this long to do so. */
const GRACE_MS = 10_000;
const { EVENT_RUN_END, EVENT_TEST_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Mocha.Runner.constants;

/** The ten files that took longest, such as `  12.3 s  test/dns/message.test.ts`; none that took less than a tenth of a second. */
export function slowestFiles(msByFile: ReadonlyMap<string, number>): readonly string[] {
  return [...msByFile]
    .filter(([, ms]) => ms >= 100)
    .sort(([, one], [, other]) => other - one)
    .slice(0, SLOWEST_FILES)
    .map(([file, ms]) => `${(ms / 1000).toFixed(1).padStart(6)} s  ${file}`);
}

class Reporter extends Mocha.reporters.Base {
  readonly #skipped: string[] = [];
  readonly #msByFile = new Map<string, number>();
  #column = 0;

  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.on(EVENT_TEST_PASS, () => this.#dot("."));
    runner.on(EVENT_TEST_FAIL, () => this.#dot("!"));
    runner.on(EVENT_TEST_PENDING, (test) => {
      this.#dot(",");
      this.#skipped.push(test.fullTitle());
    });
    runner.on(EVENT_TEST_END, (test) => this.#count(test));
    runner.once(EVENT_RUN_END, () => this.#end());
  }

  #dot(mark: string): void {
    process.stdout.write(this.#column > 0 && this.#column % 100 === 0 ? `\n${mark}` : mark);
    this.#column += 1;
  }

  #count(test: Mocha.Test): void {
    const file = path.relative(checkout, test.file ?? "");
    this.#msByFile.set(file, (this.#msByFile.get(file) ?? 0) + (test.duration ?? 0));
  }

  #end(): void {
    process.stdout.write("\n");
    Mocha.reporters.Base.list(this.failures);
    const slowest = slowestFiles(this.#msByFile);
    if (slowest.length > 0) process.stdout.write(`Slowest files:\n${slowest.join("\n")}\n`);
    report({ passed: this.stats.passes, failed: this.stats.failures, skipped: this.#skipped, missing: missingJudges() });
    setTimeout(endWhatIsLeft, GRACE_MS).unref();
  }
}

/** To setup/test.ts where it started this run, else to the reader. */
function report(outcome: Outcome): void {
  const file = process.env.PULUMI_EXCHANGE_OUTCOME;
  if (file !== undefined) writeFileSync(file, JSON.stringify(outcome));
  else process.stdout.write(`${outcomeLines(outcome).join("\n")}\n`);
}

/** Runs only where something still keeps the process alive: a server not stopped, a process not ended. */
function endWhatIsLeft(): void {
  const left = [...new Set(process.getActiveResourcesInfo())].sort().join(", ");
  process.stderr.write(`The tests are over, but something that they started is not: ${left}.\n`);
  // mocha sets the exit code by the number of failures as the process ends; this comes after it.
  process.once("exit", () => {
    process.exitCode = 1;
  });
  process.exit();
}

export { Reporter as default };
