// Installs the programs nobody here wrote that judge ours: Debian packages where the machine lets us, Python packages in a folder of their own.
// Nothing fails here: a test that finds its judge missing says so itself (test/support/judges.ts).
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withLock } from "./lock.ts";
import { findOnPath, userCache } from "./places.ts";
import { withoutServiceStarts } from "./service-starts.ts";

export const DEBIAN_PACKAGES: readonly string[] = [
  "bind9",
  "bind9-dnsutils",
  "openssh-client",
  "openssh-server",
  "postfix",
  "postfix-lmdb",
  "python3-venv",
  "swaks",
];

export const PYTHON_PACKAGES: readonly string[] = ["pypsrp==0.9.1", "octodns==1.22.0", "octodns-cloudflare==1.2.0"];

type Tell = (line: string) => void;

/** The folder of the Python judges, and the python in it. */
export function pythonFolder(): string {
  return path.join(userCache(), "judges", "python");
}

/** Installs what is missing, where it may. Takes no time when nothing is. `tell` gets a line for each part that takes some, or fails. */
export async function ensureJudges(tell: Tell): Promise<void> {
  if (missingDebianPackages().length === 0 && pythonReady()) return;
  const lock = path.join(userCache(), "judges.lock");
  await withLock(
    lock,
    (holder) => tell(`Another set-up (process ${holder}) is installing outside programs; waiting for it.`),
    async () => {
      installDebianPackages(tell);
      installPythonPackages(tell);
    },
  );
}

/** Of `wanted`, those that `dpkg-query` (its output: a line `name status` for each known package) does not call installed. */
export function notInstalled(wanted: readonly string[], dpkgOutput: string): readonly string[] {
  const installed = new Set(dpkgOutput.split("\n").flatMap((line) => (line.endsWith(" installed") ? [line.split(" ")[0]] : [])));
  return wanted.filter((name) => !installed.has(name));
}

function mayInstallDebianPackages(): boolean {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version") && findOnPath("apt-get") !== undefined;
}

/** None where we may not install any: it is for the tests to say what they lack. */
function missingDebianPackages(): readonly string[] {
  if (!mayInstallDebianPackages()) return [];
  const { stdout } = spawnSync("dpkg-query", ["-W", `-f=\${Package} \${db:Status-Status}\n`, ...DEBIAN_PACKAGES], { encoding: "utf8" });
  return notInstalled(DEBIAN_PACKAGES, stdout ?? "");
}

function installDebianPackages(tell: Tell): void {
  const missing = missingDebianPackages();
  if (missing.length === 0) return;
  tell(`Installing Debian packages for the tests: ${missing.join(" ")}`);
  withoutServiceStarts(() => {
    apt(["update", "-q"], tell);
    apt(["install", "-q", "-y", "--no-install-recommends", ...missing], tell);
  });
}

function apt(args: readonly string[], tell: Tell): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, stderr } = spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...args], { encoding: "utf8", env });
  if (status !== 0) tell(`apt-get ${args[0]} failed: ${lastLine(stderr)}`);
}

/** What makes the folder of the Python judges what it is; written into it last. */
function pythonStamp(): string {
  return PYTHON_PACKAGES.join("\n");
}

function pythonReady(): boolean {
  const stamp = path.join(pythonFolder(), "installed");
  return existsSync(stamp) && readFileSync(stamp, "utf8") === pythonStamp() && existsSync(path.join(pythonFolder(), "bin", "python"));
}

function installPythonPackages(tell: Tell): void {
  if (pythonReady()) return;
  const folder = pythonFolder();
  tell(`Installing Python packages for the tests: ${PYTHON_PACKAGES.join(" ")}`);
  rmSync(folder, { recursive: true, force: true });
  const steps: readonly (readonly [string, ...string[]])[] = [
    ["python3", "-m", "venv", folder],
    [path.join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", ...PYTHON_PACKAGES],
  ];
  for (const [command, ...args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0) {
      tell(`The Python packages could not be installed: ${error?.message ?? lastLine(stderr)}`);
      return;
    }
  }
  writeFileSync(path.join(folder, "installed"), pythonStamp());
}

function lastLine(text: string | null): string {
  return text?.trim().split("\n").at(-1) ?? "";
}
