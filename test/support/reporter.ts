// How a run of the tests reads: mocha's dots and failures, then the closing lines of setup/outcome.ts.
// Also ends a run that something left open would keep alive, and says what it was.
import { writeFileSync } from "node:fs";
import path from "node:path";
import Mocha from "mocha";
import { type Outcome, outcomeLines, slowestOf } from "../../setup/outcome.ts";
import { checkout } from "../../setup/places.ts";
import { missingJudges } from "./judges.ts";

/** What ends by itself after the last test has this long to do so. */
const GRACE_MS = 10_000;
const { EVENT_RUN_END, EVENT_TEST_END, EVENT_TEST_PENDING } = Mocha.Runner.constants;

class Reporter extends Mocha.reporters.Dot {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const skipped: string[] = [];
    const times: Outcome["slowest"] = [];
    runner.on(EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    runner.on(EVENT_TEST_END, (test) =>
      times.push([`${path.relative(checkout, test.file ?? "")}: ${test.fullTitle()}`, test.duration ?? 0]),
    );
    runner.once(EVENT_RUN_END, () => {
      const { passes: passed, failures: failed } = this.stats;
      report({ passed, failed, skipped, missing: [...missingJudges()], slowest: slowestOf(times) });
      setTimeout(endWhatIsLeft, GRACE_MS).unref();
    });
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
