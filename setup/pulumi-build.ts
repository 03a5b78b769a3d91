// Builds the Pulumi CLI from the Go module proxy, where its releases cannot be downloaded: some minutes, once per user and version.
// setup/pulumi-cli/go.mod and go.sum pin the CLI and all that it is made of.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import semver from "semver";
import { withLock } from "./lock.ts";
import { checkout, findOnPath, userCache } from "./places.ts";
import { statusLine } from "./status-line.ts";

const MODULE = "github.com/pulumi/pulumi/pkg/v3";
const PACKAGE = `${MODULE}/cmd/pulumi`;
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const BUILD_TAGS = "osusergo,grpcnotrace";
const OLDEST_GO = "1.25.0";
const sources = path.join(checkout, "setup", "pulumi-cli");

/** The version that go.mod pins, such as `3.259.0`. */
export function builtVersion(goMod: string = readFileSync(path.join(sources, "go.mod"), "utf8")): string {
  const line = goMod.split("\n").find((text) => text.includes(`${MODULE} v`));
  const version = semver.coerce(line?.slice(line.indexOf(` v`)));
  if (version === null) throw new Error(`go.mod in ${sources} names no version of ${MODULE}`);
  return version.version;
}

/** Where the built `pulumi` is, or would be. */
export function builtPulumi(): string {
  return path.join(userCache(), `pulumi-${builtVersion()}`, "pulumi");
}

/**
 * Builds `pulumi` unless it has been built already; `tell` is told why, and stderr shows how far it is.
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
  const version = semver.coerce(printed);
  if (version !== null && semver.gte(version, OLDEST_GO)) return undefined;
  const found = version === null ? "there is no Go here" : `the Go here is ${version}`;
  return [
    `The Pulumi CLI is missing: none on PATH, its releases cannot be downloaded from here, and ${found} to build it with.`,
    `Install the Pulumi CLI (3.200 or newer, with its Node.js language host) or Go ${semver.major(OLDEST_GO)}.${semver.minor(OLDEST_GO)} or newer, then run the command again.`,
  ].join("\n");
}

function goOrThrow(): string {
  const go = findOnPath("go");
  const printed = go === undefined ? undefined : spawnSync(go, ["version"], { encoding: "utf8", cwd: checkout }).stdout;
  const problem = goProblem(printed ?? undefined);
  if (go === undefined || problem !== undefined) throw new Error(problem);
  return go;
}

async function compile(go: string, output: string, tell: (line: string) => void): Promise<void> {
  tell(whyBuilt());
  const status = statusLine(process.stderr);
  const options = ["-trimpath", "-tags", BUILD_TAGS, "-ldflags", `-s -w -X ${VERSION_VARIABLE}=v${builtVersion()}`];
  const toCompile = `{{if and .Stale (ne .ImportPath "unsafe")}}{{.ImportPath}}{{end}}`;
  let [total, compiled] = [0, 0];
  await runGo(go, ["list", "-deps", "-f", toCompile, ...options, PACKAGE], () => {
    total += 1;
  });
  try {
    await runGo(go, ["build", "-v", ...options, "-o", output, PACKAGE], () => {
      compiled += 1;
      status.show(progressLine(compiled, total));
    });
  } finally {
    status.end();
  }
}

/** Runs `go`, and `onPackage` for each package that it names. @throws {Error} with the last lines that it wrote besides, where it fails */
async function runGo(go: string, args: readonly string[], onPackage: () => void): Promise<void> {
  const child = spawn(go, args, { cwd: sources, stdio: ["ignore", "pipe", "pipe"] });
  const rest: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      if (isPackage(line)) onPackage();
      else rest.push(line);
    });
  }
  const [code] = await once(child, "close");
  if (code === 0) return;
  throw new Error(`The Pulumi CLI could not be built ("go ${args[0]}" in ${sources} ended with ${code}):\n${rest.slice(-20).join("\n")}`);
}

/** An import path alone: `go build -v` prints that of each package that it has compiled, and downloads and errors with a blank or colon in them. */
function isPackage(line: string): boolean {
  return /^[\w./~-]+$/.test(line);
}

/** Said once, before the build. */
export function whyBuilt(): string {
  return [
    "No Pulumi CLI is on PATH, and no release of it can be downloaded from here. So it is built with Go, from the Go module of its own",
    `release ${builtVersion()} and the checksums in setup/pulumi-cli/go.sum: five to ten minutes on two cores, once for all checkouts.`,
  ].join("\n");
}

/** "building the Pulumi CLI: 412 of 1,683 packages" */
export function progressLine(compiled: number, total: number): string {
  const [done, all] = [compiled, Math.max(total, compiled)].map((count) => count.toLocaleString("en"));
  return `building the Pulumi CLI: ${done} of ${all} packages${compiled >= total ? ", and links them" : ""}`;
}
