// Which tests a run of `npm test` is about, and what has to be made ready for them.
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { checkout } from "./places.ts";

/** What is to be made ready before some tests. */
export interface Needs {
  readonly judges: boolean;
  readonly pulumi: boolean;
}

const A_PATH = /^(\.\/)?(test|provider|lab|setup|stacks|bench)\//;

/** What the user wishes of mocha, and the files of the tests that he names; `undefined` where he names none. */
export interface Wishes {
  readonly options: readonly string[];
  readonly files: readonly string[] | undefined;
}

/**
 * Parts `args` into options for mocha and places. A place is a test, a folder of tests, a glob, or what tests mirror: provider/dns or lab/world/zones.ts.
 * @throws {Error} for a place that has no test
 */
export function wishesOf(args: readonly string[]): Wishes {
  const places = args.filter((arg) => A_PATH.test(arg));
  if (places.length === 0) return { options: args, files: undefined };
  return { options: args.filter((arg) => !A_PATH.test(arg)), files: [...new Set(places.flatMap(testsAt))] };
}

function testsAt(place: string): readonly string[] {
  const own = path.posix.normalize(place).replace(/\/$/, "");
  const mirror = path.posix.join("test", own.replace(/^(provider|test)\//, ""));
  const pattern = mirror.endsWith(".ts")
    ? mirror.replace(/(\.test)?\.ts$/, ".test.ts")
    : isGlob(mirror)
      ? mirror
      : `${mirror}/**/*.test.ts`;
  const found = globSync(pattern, { cwd: checkout }).sort();
  if (found.length === 0) throw new Error(`There is no test at "${place}".`);
  return found;
}

function isGlob(place: string): boolean {
  return /[*?{[(]/.test(place);
}

/** Judges or the Pulumi CLI are asked for where a test imports, itself or by what it imports, the file that asks for them. */
export function needsOf(files: readonly string[]): Needs {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(file) || !statSync(file).isFile()) return;
    seen.add(file);
    for (const [, to = ""] of readFileSync(file, "utf8").matchAll(/ from "(\.[^"]+)"/g)) visit(path.resolve(path.dirname(file), to));
  };
  for (const file of files) visit(path.join(checkout, file));
  const asked = (name: string): boolean => seen.has(path.join(checkout, "test", "support", name));
  return { judges: asked("judges.ts"), pulumi: asked("pulumi.ts") };
}
