// Finds or makes the Pulumi CLI, and a folder of this checkout to put first on PATH: `pulumi`, the pinned `node`, and a language host.
// An official CLI is used wherever it is there or can be downloaded; else the one built by pulumi-build.ts with our own small language host.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import semver from "semver";
import { checkout, checkoutCache, findOnPath, pinnedNode, userCache } from "./places.ts";
import { buildPulumi, builtPulumi, builtVersion } from "./pulumi-build.ts";

export interface PulumiCli {
  /** The folder to put first on PATH. */
  readonly bin: string;
  /** Such as `3.259.0`. */
  readonly version: string;
}

/** One `pulumi` executable, and whether its own language host for Node.js comes with it. */
interface Executable {
  readonly file: string;
  readonly version: string;
  readonly official: boolean;
}

const OLDEST_PULUMI = "3.200.0";
/** The npm package that downloads the official release of its own version. */
const NPM_VERSION = "3.265.0";
const LANGUAGE_HOST = "pulumi-language-nodejs";
const DYNAMIC_PROVIDER = "pulumi-resource-pulumi-nodejs";

/**
 * The Pulumi CLI: the one on PATH (3.200 or newer, with its Node.js language host), the official release, or one built with Go.
 * `tell` gets a line now and then where that takes time.
 * @throws {Error} saying what to install where none of the three can be had
 */
export async function ensurePulumi(tell: (line: string) => void = (line) => process.stderr.write(`${line}\n`)): Promise<PulumiCli> {
  const found = pulumiHere() ?? pulumiFromNpm(tell) ?? { file: await buildPulumi(tell), version: builtVersion(), official: false };
  return fillBin(found);
}

/** The Pulumi CLI where nothing has to be downloaded or built for it. */
export function findPulumi(): PulumiCli | undefined {
  const found = pulumiHere();
  return found === undefined ? undefined : fillBin(found);
}

/** `environment` with the CLI's folder first on PATH, and named for whoever starts the CLI. */
export function withPulumi(environment: NodeJS.ProcessEnv, bin: string): NodeJS.ProcessEnv {
  const rest = (environment.PATH ?? "").split(path.delimiter).filter((folder) => folder !== bin);
  return { ...environment, PATH: [bin, ...rest].join(path.delimiter), PULUMI_EXCHANGE_BIN: bin };
}

function pulumiHere(): Executable | undefined {
  const onPath = officialPulumi(findOnPath("pulumi", searchPathOutside()));
  if (onPath !== undefined) return onPath;
  const fromNpm = npmPulumi();
  if (existsSync(fromNpm)) return { file: fromNpm, version: NPM_VERSION, official: true };
  const built = builtPulumi();
  return existsSync(built) ? { file: built, version: builtVersion(), official: false } : undefined;
}

/** PATH without the folder that we fill: what is in there must not be mistaken for the user's own CLI. */
function searchPathOutside(): string {
  const inCheckout = path.join(checkout, "node_modules");
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => !folder.startsWith(inCheckout))
    .join(path.delimiter);
}

function officialPulumi(file: string | undefined): Executable | undefined {
  if (file === undefined) return undefined;
  const beside = [path.dirname(file), path.dirname(realpathSync(file))].join(path.delimiter);
  if (findOnPath(LANGUAGE_HOST, beside) === undefined) return undefined;
  const version = versionOf(file);
  if (version === null || !semver.gte(version, OLDEST_PULUMI)) return undefined;
  return { file, version: version.version, official: true };
}

/** What `pulumi version` prints. Asked in a home of our own: the user's is left alone. */
function versionOf(file: string): semver.SemVer | null {
  const env = { ...process.env, PULUMI_HOME: npmHome(), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { status, stdout } = spawnSync(file, ["version"], { encoding: "utf8", env });
  return status === 0 ? semver.coerce(stdout) : null;
}

function npmHome(): string {
  return path.join(userCache(), "pulumi-npm");
}

/** Where the npm package `pulumi` puts the release that it downloads. */
function npmPulumi(): string {
  return path.join(npmHome(), "versions", NPM_VERSION, "bin", process.platform === "win32" ? "pulumi.exe" : "pulumi");
}

/** Lets the npm package `pulumi` download the official release; undefined where its site cannot be reached, which it says within a second. */
function pulumiFromNpm(tell: (line: string) => void): Executable | undefined {
  tell(`The Pulumi CLI is not on PATH; trying to download its release ${NPM_VERSION}.`);
  mkdirSync(npmHome(), { recursive: true });
  const args = ["exec", "--yes", "--loglevel=error", `--package=pulumi@${NPM_VERSION}`, "--", "pulumi", "version"];
  const npm = process.env.npm_execpath;
  const env = { ...process.env, PULUMI_HOME: npmHome(), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const options = { cwd: npmHome(), env, stdio: "ignore" } as const;
  const { status } = npm === undefined ? spawnSync("npm", args, options) : spawnSync(process.execPath, [npm, ...args], options);
  return status === 0 && existsSync(npmPulumi()) ? { file: npmPulumi(), version: NPM_VERSION, official: true } : undefined;
}

/**
 * Makes this checkout's folder for PATH. Each checkout has its own: our language host is the one of the checkout that started it.
 * `node` is in it because an official language host runs programs with the `node` on PATH, and ours are TypeScript, which older ones cannot run.
 */
function fillBin({ file, version, official }: Executable): PulumiCli {
  if (process.platform === "win32") return { bin: path.dirname(file), version };
  const bin = path.join(checkoutCache, official ? "bin-official" : "bin");
  mkdirSync(bin, { recursive: true });
  replace(path.join(bin, "node"), (fresh) => symlinkSync(pinnedNode, fresh));
  if (official) {
    replace(path.join(bin, "pulumi"), (fresh) => writeScript(fresh, realpathSync(file)));
  } else {
    placeBuilt(file, path.join(bin, "pulumi"));
    replace(path.join(bin, LANGUAGE_HOST), (fresh) =>
      writeScript(fresh, pinnedNode, path.join(checkout, "setup", "language-host", "main.ts")),
    );
    replace(path.join(bin, DYNAMIC_PROVIDER), (fresh) => {
      copyFileSync(path.join(checkout, "node_modules", "@pulumi", "pulumi", DYNAMIC_PROVIDER), fresh);
      chmodSync(fresh, 0o755);
    });
  }
  return { bin, version };
}

/** A hard link, or a copy where the cache is another file system: behind a symbolic link the CLI warns of each language host it starts. */
function placeBuilt(file: string, place: string): void {
  const wanted = statSync(file);
  const there = existsSync(place) ? statSync(place) : undefined;
  if (there !== undefined && there.size === wanted.size && Math.trunc(there.mtimeMs) === Math.trunc(wanted.mtimeMs)) return;
  replace(place, (fresh) => {
    try {
      linkSync(file, fresh);
    } catch {
      copyFileSync(file, fresh);
      utimesSync(fresh, wanted.atime, wanted.mtime);
    }
  });
}

/** A script, not a link: the CLI looks for its language hosts beside the file that it was started from. */
function writeScript(place: string, ...command: readonly string[]): void {
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  writeFileSync(place, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, { mode: 0o755 });
}

/** Makes a file under another name and moves it into place: whoever runs the old one meanwhile is not disturbed. */
function replace(place: string, make: (fresh: string) => void): void {
  const fresh = `${place}.${process.pid}`;
  rmSync(fresh, { force: true });
  make(fresh);
  renameSync(fresh, place);
}
