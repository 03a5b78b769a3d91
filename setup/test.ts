// `npm test` and `npm run check`: types, format and lint, then the tests with their judges installed. A failure of one hides none of the others.
// The last line of `npm test` is `N passed, N failed, N skipped`, types and lint counted as one check each.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { setPriority, tmpdir } from "node:os";
import path from "node:path";
import { messageOf } from "../provider/common/reason.ts";
import { type Needs, needsOf, wishesOf } from "./chosen-tests.ts";
import { ensureJudges } from "./judges.ts";
import { NOTHING_YET, type Outcome, outcomeFrom, outcomeLines, withCheck, withOutcome } from "./outcome.ts";
import { checkout, checkoutCache } from "./places.ts";
import { ensurePulumi, withPulumi } from "./pulumi-cli.ts";
import { passSignalsTo } from "./run.mjs";

/** In this order: what is quick and says most about the rest comes first. */
const ALL_TESTS: readonly string[] = [
  "test/imports.test.ts",
  "test/!(contract|rehearsal|support)/**/*.test.ts",
  "test/contract/**/*.test.ts",
  "test/rehearsal/**/*.test.ts",
];

interface Part {
  /** What its mocha is given. */
  readonly args: readonly string[];
  /** Above 0: gives way to the other parts. Those that wait for one another have limits of time, a mere computation has none. */
  readonly niceness: number;
}

/** Run beside the others, each in a process of its own. */
const ALONGSIDE: readonly Part[] = [
  { args: ["kills", "endings", "two-runs", "stops", "bad-input"].map((name) => `test/rehearsal/${name}.cli.test.ts`), niceness: 0 },
  // Where many programs are started a large process is dear, for each start copies its page tables: what fills memory starts none, and is here.
  { args: ["test/rehearsal/kills.test.ts", "test/engine/fence-model.test.ts"], niceness: 10 },
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
  const parts = files === undefined ? wholeRun(options) : [{ args: [...files, ...options], niceness: 0 }];
  const startedMs = performance.now();
  const outcomes = parts.map(async (part, index) => {
    const outcome = await mocha(part, environment);
    if (parts.length > 1) tell(`\nPart ${index + 1} of ${parts.length} took ${Math.round((performance.now() - startedMs) / 1000)} s.`);
    return outcome;
  });
  const outcome = [checked, ...(await Promise.all(outcomes))].reduce(withOutcome);
  tell(outcomeLines(outcome).join("\n"));
  return outcome.failed === 0 ? 0 : 1;
}

/** What runs side by side when all tests run. */
export function wholeRun(options: readonly string[]): readonly Part[] {
  const apart = ALONGSIDE.flatMap(({ args }) => args);
  const rest: Part = { args: [...ALL_TESTS, ...apart.flatMap((file) => ["--ignore", file])], niceness: 0 };
  return [rest, ...ALONGSIDE].map(({ args, niceness }) => ({ args: [...args, ...options], niceness }));
}

/** Where there is no CLI, the tests that need it say so; all others run. */
async function testEnvironment({ judges, pulumi }: Needs): Promise<NodeJS.ProcessEnv> {
  if (judges) await ensureJudges(tell);
  try {
    return pulumi ? withPulumi(process.env, (await ensurePulumi(tell)).bin) : process.env;
  } catch (error) {
    tell(messageOf(error));
    return process.env;
  }
}

async function checks(): Promise<Outcome> {
  const known = path.join(checkoutCache, "types.tsbuildinfo");
  const types = await check("Types", ["typescript", "bin", "tsc"], ["-p", ".", "--incremental", "--tsBuildInfoFile", known]);
  const lint = await check("Format and lint", ["@biomejs", "biome", "bin", "biome"], ["ci", "--colors=off"]);
  return withCheck(withCheck(NOTHING_YET, types), lint);
}

async function check(name: string, file: readonly string[], args: readonly string[]): Promise<boolean> {
  const status = await node([path.join(checkout, "node_modules", ...file), ...args], process.env);
  tell(`${name}: ${status === 0 ? "passed" : "failed"}`);
  return status === 0;
}

async function mocha({ args, niceness }: Part, environment: NodeJS.ProcessEnv): Promise<Outcome> {
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-test-"));
  const file = path.join(folder, "outcome.json");
  const program = path.join(checkout, "node_modules", "mocha", "bin", "mocha.js");
  try {
    const status = await node([program, ...args], { ...environment, PULUMI_EXCHANGE_OUTCOME: file }, niceness);
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
function node(args: readonly string[], environment: NodeJS.ProcessEnv, niceness = 0): Promise<number> {
  // What Node.js has compiled is kept from run to run.
  const env = { NODE_COMPILE_CACHE: path.join(checkoutCache, "compiled"), ...environment };
  const child = spawn(process.execPath, args, { cwd: checkout, env, stdio: "inherit" });
  if (niceness > 0 && child.pid !== undefined) setPriority(child.pid, niceness);
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
