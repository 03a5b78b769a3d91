// What `npm start`, `npm test` and the other scripts of package.json do once setup/run.mjs has the right Node.js running.
// Prepares the environment and hands over to lab/, bench/ or test.ts; the programs themselves are there.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parentsOf, watchParents } from "../provider/host/parents.ts";
import { checkout } from "./places.ts";
import { ensurePulumi, findPulumi, type PulumiCli, withPulumi } from "./pulumi-cli.ts";
import { runChecks, runTests } from "./test.ts";

const COMMANDS = "start, test, soak, lab, bench, check, check:powershell, check-site";
/** Interleavings in which a long run of the fence's model looks for one that breaks it. */
const SOAK_INTERLEAVINGS = "200000";

/** @returns the exit code; undefined where the program that was started sets its own */
async function run(command: string | undefined, args: readonly string[]): Promise<number | undefined> {
  switch (command) {
    case "start":
      return runProgram(path.join("lab", "start.ts"), args, await ensurePulumi());
    case "lab":
      return runProgram(path.join("lab", "main.ts"), args, findPulumi());
    case "bench":
      return runProgram(path.join("bench", "main.ts"), args, await ensurePulumi());
    case "test":
      return runTests(args);
    case "soak":
      process.env["PULUMI_EXCHANGE_INTERLEAVINGS"] ??= SOAK_INTERLEAVINGS;
      process.env["PULUMI_EXCHANGE_EVERY_KILL"] ??= "yes";
      return runTests(["test/engine/fence-model.test.ts", "test/rehearsal/kills.test.ts", "test/rehearsal/kills.cli.test.ts", ...args]);
    case "check":
      return runChecks();
    case "check:powershell":
      return (await import("./check-powershell.ts")).checkPowerShell((line) => process.stdout.write(`${line}\n`));
    case "check-site":
      return checkStack(args, await ensurePulumi());
    default:
      throw new Error(`"${command ?? ""}" is not one of ${COMMANDS}`);
  }
}

/** Folder and stack as they were typed where npm was started; the checkout's own project unless told. */
async function checkStack([folder = checkout, stack]: readonly string[], { bin }: PulumiCli): Promise<number> {
  const [{ checkSite }, { readStack }] = await Promise.all([
    import("../provider/check/check-site.ts"),
    import("../provider/check/stack.ts"),
  ]);
  const environment = withPulumi(process.env, bin);
  const place = path.resolve(environment["INIT_CWD"] ?? ".", folder);
  return checkSite(await readStack(place, stack, environment), environment, (line) => process.stdout.write(`${line}\n`));
}

/** Runs a program of this checkout in this process, as if Node.js had been started with it and `args`. */
async function runProgram(file: string, args: readonly string[], pulumi: PulumiCli | undefined): Promise<undefined> {
  const program = path.join(checkout, file);
  if (pulumi !== undefined) Object.assign(process.env, withPulumi(process.env, pulumi.bin));
  process.argv = [process.execPath, program, ...args];
  await import(pathToFileURL(program).href);
}

/** Ends this process as `kill` would when npm, or what npm started in between, is no more: of its end by `kill -9` nobody is told. */
function endWithNpm(): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const [starter] = parentsOf(process.pid);
  if (starter === undefined) return;
  watchParents(process.pid, [starter, ...parentsOf(starter.pid)], () => process.kill(process.pid, "SIGTERM"));
}

const [command, ...args] = process.argv.slice(2);
endWithNpm();
try {
  process.exitCode = (await run(command, args)) ?? process.exitCode;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
