// What tests ask about programs and folders from outside, and what becomes of a test whose judge is missing.
// Installing them is left to setup/judges.ts; the lines at the end of a run to reporter.ts.
import { existsSync } from "node:fs";
import path from "node:path";
import { pythonFolder, pythonHasKerberos } from "../../setup/judges.ts";
import { checkout, findOnPath } from "../../setup/places.ts";

const missing = new Set<string>();

/**
 * Call it first in a test or hook that needs the judge `name`. Where it is not `available`, the name is remembered for the last lines
 * of the run, and the test is skipped.
 * @throws {Error} naming it, instead of skipping, when CI=true
 */
export function requireJudge(context: Mocha.Context, name: string, available: boolean): void {
  if (available) return;
  missing.add(name);
  if (process.env.CI === "true") throw new Error(`${name} is missing, and with CI=true every judge must be there`);
  context.skip();
}

/** The judges that were asked for and missing so far, by name. */
export function missingJudges(): readonly string[] {
  return [...missing].sort();
}

/** Whether `name` can be started. Servers are looked for in the system's own folders too, which are not on everyone's PATH. */
export function commandAvailable(name: string): boolean {
  return findOnPath(name) !== undefined || findOnPath(name, "/usr/local/sbin:/usr/sbin:/sbin") !== undefined;
}

/** The python that has the Python judges; undefined where they are not installed. */
export function pythonJudge(): string | undefined {
  const python = path.join(pythonFolder(), "bin", "python");
  return existsSync(path.join(pythonFolder(), "installed")) && existsSync(python) ? python : undefined;
}

/** The same, where pypsrp's Kerberos could be built for it. */
export function pythonKerberosJudge(): string | undefined {
  return pythonHasKerberos() ? pythonJudge() : undefined;
}

/** The folder with recordings of real sites beside the checkout; undefined where there is none. */
export function sharedFolder(): string | undefined {
  const folder = path.resolve(checkout, "..", "shared");
  return existsSync(folder) ? folder : undefined;
}
