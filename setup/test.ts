// `npm test` and `npm run check`: types, format and lint, then the tests with their judges installed. A failure of one hides none of the others.
// The last line of `npm test` is `N passed, N failed, N skipped`, types and lint counted as one check each.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Needs, needsOf, wishesOf } from "./chosen-tests.ts";
import { ensureJudges } from "./judges.ts";
import { NOTHING_YET, type Outcome, outcomeFrom, outcomeLines, withCheck, withOutcome } from "./outcome.ts";
import { checkout } from "./places.ts";
import { ensurePulumi, withPulumi } from "./pulumi-cli.ts";
import { passSignalsTo } from "./run.mjs";

/** In this order: what is quick and says most about the rest comes first. */
const ALL_TESTS: readonly string[] = [
  "test/imports.test.ts",
  "test/!(contract|rehearsal|support)/**/*.test.ts",
  "test/contract/**/*.test.ts",
  "test/rehearsal/**/*.test.ts",
];

/** The longest, run beside the others, each of these in a process of its own. */
const ALONGSIDE: readonly (readonly string[])[] = [
  ["test/rehearsal/kills.test.ts"],
  ["test/rehearsal/kills.cli.test.ts", "test/rehearsal/endings.cli.test.ts"],
];

/** Types, format and lint alone. @returns the exit code */
export async function runChecks(): Promise<number> {
  return (await checks()).failed === 0 ? 0 : 1;
}

/** All tests after types and lint, or those that `args` name and nothing else; the rest of `args` goes to mocha. @returns the exit code */
export async function runTests(args: readonly string[]): Promise<number> {
  const { options, files } = wishesOf(args);
  const environment = await testEnvironment(files === undefined ? { judges: true, pulumi: true } : needsOf(files));
  const checked = files === undefined ? await checks() : NOTHING_YET;
  const parts = files === undefined ? wholeRun(options) : [[...files, ...options]];
  const outcome = [checked, ...(await Promise.all(parts.map((part) => mocha(part, environment))))].reduce(withOutcome);
  tell(outcomeLines(outcome).join("\n"));
  return outcome.failed === 0 ? 0 : 1;
}

/** What each mocha is to be given, side by side, when all tests run. */
export function wholeRun(options: readonly string[]): readonly (readonly string[])[] {
  const rest = [...ALL_TESTS, ...ALONGSIDE.flat().flatMap((file) => ["--ignore", file])];
  return [rest, ...ALONGSIDE].map((part) => [...part, ...options]);
}

/** Where there is no CLI, the tests that need it say so; all others run. */
async function testEnvironment({ judges, pulumi }: Needs): Promise<NodeJS.ProcessEnv> {
  if (judges) await ensureJudges(tell);
  try {
    return pulumi ? withPulumi(process.env, (await ensurePulumi(tell)).bin) : process.env;
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    return process.env;
  }
}

async function checks(): Promise<Outcome> {
  const types = await check("Types", ["typescript", "bin", "tsc"], ["-p", "."]);
  const lint = await check("Format and lint", ["@biomejs", "biome", "bin", "biome"], ["ci", "--colors=off"]);
  return withCheck(withCheck(NOTHING_YET, types), lint);
}

async function check(name: string, file: readonly string[], args: readonly string[]): Promise<boolean> {
  const status = await node([path.join(checkout, "node_modules", ...file), ...args], process.env);
  tell(`${name}: ${status === 0 ? "passed" : "failed"}`);
  return status === 0;
}

async function mocha(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Outcome> {
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-test-"));
  const file = path.join(folder, "outcome.json");
  const program = path.join(checkout, "node_modules", "mocha", "bin", "mocha.js");
  try {
    const status = await node([program, ...args], { ...environment, PULUMI_EXCHANGE_OUTCOME: file });
    if (!existsSync(file)) return withCheck(NOTHING_YET, false);
    const outcome = outcomeFrom(readFileSync(file, "utf8"));
    return status !== 0 && outcome.failed === 0 ? withCheck(outcome, false) : outcome;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a program under this Node.js in the checkout.
 * @returns its exit code; 1 where a signal ended it
 * @throws {Error} where it is we who are to stop: what comes after it must not begin
 */
function node(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: checkout, env, stdio: "inherit" });
  const stopPassing = passSignalsTo(child);
  return new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (child.killed || signal === "SIGINT") reject(new Error("Stopped on request."));
      else resolve(code ?? 1);
    });
  }).finally(stopPassing);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
