// Builds the Pulumi CLI from the Go module proxy, where its releases cannot be downloaded: some minutes, once per user and version.
// setup/pulumi-cli/go.mod and go.sum pin the CLI and all that it is made of.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { withLock } from "./lock.ts";
import { checkout, findOnPath, userCache } from "./places.ts";
import { isAtLeast, type Version, versionIn, versionText } from "./version.ts";

const MODULE = "github.com/pulumi/pulumi/pkg/v3";
const PACKAGE = `${MODULE}/cmd/pulumi`;
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const BUILD_TAGS = "osusergo,grpcnotrace";
const OLDEST_GO: Version = [1, 25, 0];
const TELL_EVERY_MS = 20_000;
const sources = path.join(checkout, "setup", "pulumi-cli");

/** The version that go.mod pins, such as `3.259.0`. */
export function builtVersion(goMod: string = readFileSync(path.join(sources, "go.mod"), "utf8")): string {
  const line = goMod.split("\n").find((text) => text.includes(`${MODULE} v`));
  const version = line === undefined ? undefined : versionIn(line.slice(line.indexOf(` v`)));
  if (version === undefined) throw new Error(`go.mod in ${sources} names no version of ${MODULE}`);
  return versionText(version);
}

/** Where the built `pulumi` is, or would be. */
export function builtPulumi(): string {
  return path.join(userCache(), `pulumi-${builtVersion()}`, "pulumi");
}

/**
 * Builds `pulumi` unless it has been built already; `tell` gets a line now and then.
 * @returns its path
 * @throws {Error} where Go is missing or too old, or the build fails
 */
export async function buildPulumi(tell: (line: string) => void): Promise<string> {
  const file = builtPulumi();
  if (existsSync(file)) return file;
  const go = goOrThrow();
  await withLock(
    `${path.dirname(file)}.lock`,
    (holder) => tell(`Another set-up (process ${holder}) is building the Pulumi CLI; waiting for it.`),
    async () => {
      if (existsSync(file)) return;
      mkdirSync(path.dirname(file), { recursive: true });
      const unfinished = `${file}.${process.pid}`;
      try {
        await compile(go, unfinished, tell);
        renameSync(unfinished, file);
      } finally {
        rmSync(unfinished, { force: true });
      }
    },
  );
  return file;
}

/** What to tell someone who has no Go, or whose `go version` prints something too old; undefined where it will do. */
export function goProblem(printed: string | undefined): string | undefined {
  const version = printed === undefined ? undefined : versionIn(printed);
  if (version !== undefined && isAtLeast(version, OLDEST_GO)) return undefined;
  const found = version === undefined ? "there is no Go here" : `the Go here is ${versionText(version)}`;
  return [
    `The Pulumi CLI is missing: none on PATH, its releases cannot be downloaded from here, and ${found} to build it with.`,
    `Install the Pulumi CLI (3.200 or newer, with its Node.js language host) or Go ${OLDEST_GO[0]}.${OLDEST_GO[1]} or newer, then run the command again.`,
  ].join("\n");
}

function goOrThrow(): string {
  const go = findOnPath("go");
  const printed = go === undefined ? undefined : spawnSync(go, ["version"], { encoding: "utf8", cwd: checkout }).stdout;
  const problem = goProblem(printed ?? undefined);
  if (go === undefined || problem !== undefined) throw new Error(problem);
  return go;
}

function compile(go: string, output: string, tell: (line: string) => void): Promise<void> {
  const flags = `-s -w -X ${VERSION_VARIABLE}=v${builtVersion()}`;
  const args = ["build", "-v", "-trimpath", "-tags", BUILD_TAGS, "-ldflags", flags, "-o", output, PACKAGE];
  const startedMs = Date.now();
  let packages = 0;
  const rest: string[] = [];
  tell(`Building the Pulumi CLI ${builtVersion()} with Go: five to ten minutes on two cores, once.`);
  const child = spawn(go, args, { cwd: sources, stdio: ["ignore", "ignore", "pipe"] });
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (isPackage(line)) packages += 1;
    else rest.push(line);
  });
  const teller = setInterval(() => tell(progressLine(Date.now() - startedMs, packages)), TELL_EVERY_MS);
  return new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve();
      reject(new Error(`The Pulumi CLI could not be built ("go build" in ${sources} ended with ${code}):\n${rest.slice(-20).join("\n")}`));
    });
  }).finally(() => clearInterval(teller));
}

/** `go build -v` prints the import path of each package that it has compiled, and downloads and errors with a blank or colon in them. */
function isPackage(line: string): boolean {
  return /^[\w./~-]+$/.test(line);
}

/** "The Pulumi CLI: 3 min, 812 packages compiled" */
export function progressLine(elapsedMs: number, packages: number): string {
  const minutes = elapsedMs / 60_000;
  return `The Pulumi CLI: ${minutes.toFixed(minutes < 10 ? 1 : 0)} min, ${packages} packages compiled`;
}
