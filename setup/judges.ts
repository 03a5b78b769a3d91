// Installs the programs nobody here wrote that judge ours: Debian packages where the machine lets us, Python packages in a folder of their own.
// Nothing fails here: a test that finds its judge missing says so itself (test/support/judges.ts).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withLock } from "./lock.ts";
import { findOnPath, userCache } from "./places.ts";
import { withoutServiceStarts } from "./service-starts.ts";

export const DEBIAN_PACKAGES: readonly string[] = [
  "bind9",
  "bind9-dnsutils",
  "gcc",
  "krb5-admin-server",
  "krb5-kdc",
  "krb5-user",
  "libc6-dev",
  "libgssapi-krb5-2",
  "libkrb5-dev",
  "openssh-client",
  "openssh-server",
  "postfix",
  "postfix-lmdb",
  "python3-dev",
  "python3-venv",
  "swaks",
];

export const PYTHON_PACKAGES: readonly string[] = ["pypsrp==0.9.1", "octodns==1.22.0", "octodns-cloudflare==1.2.0"];

/** What pypsrp needs besides to speak Kerberos. The last two are built from source. */
export const PYTHON_KERBEROS: readonly string[] = ["pypsrp[kerberos]==0.9.1", "gssapi==1.12.0", "krb5==0.10.0"];

type Tell = (line: string) => void;

/** The folder of the Python judges, and the python in it. */
export function pythonFolder(): string {
  return path.join(userCache(), "judges", "python");
}

/** Whether the python in that folder can speak Kerberos. */
export function pythonHasKerberos(): boolean {
  return installedPackages() === packageList(pythonPackages(true));
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

/** All of them where Kerberos can be built; the others judge without it. */
export function pythonPackages(canBuildKerberos: boolean): readonly string[] {
  return canBuildKerberos ? [...PYTHON_PACKAGES, ...PYTHON_KERBEROS] : PYTHON_PACKAGES;
}

/** A compiler, and the program of libkrb5-dev that says where its headers are. */
function canBuildKerberos(): boolean {
  return findOnPath("gcc") !== undefined && findOnPath("krb5-config") !== undefined;
}

function packageList(packages: readonly string[]): string {
  return packages.join("\n");
}

/** What the folder of the Python judges holds, as was written into it last; undefined where there is none, or half of one. */
function installedPackages(): string | undefined {
  const stamp = path.join(pythonFolder(), "installed");
  return existsSync(stamp) && existsSync(path.join(pythonFolder(), "bin", "python")) ? readFileSync(stamp, "utf8") : undefined;
}

function pythonReady(): boolean {
  return installedPackages() === packageList(pythonPackages(canBuildKerberos()));
}

function installPythonPackages(tell: Tell): void {
  if (pythonReady()) return;
  const folder = pythonFolder();
  rmSync(folder, { recursive: true, force: true });
  if (!succeeds("python3", ["-m", "venv", folder], tell)) return;
  const packages = pythonPackages(canBuildKerberos() && buildWheels(tell));
  tell(`Installing Python packages for the tests: ${packages.join(" ")}`);
  if (pip(["install", "--find-links", wheelFolder(), ...packages], tell)) {
    writeFileSync(path.join(folder, "installed"), packageList(packages));
  }
}

/** Beside the packages' folder, so that what was built once outlives a change of the list. */
function wheelFolder(): string {
  return path.join(userCache(), "judges", "wheels");
}

/** Built for this python once and then found again; where that fails, the other packages are installed without. */
function buildWheels(tell: Tell): boolean {
  const built = PYTHON_KERBEROS.filter((name) => !name.startsWith("pypsrp"));
  mkdirSync(wheelFolder(), { recursive: true });
  const files = readdirSync(wheelFolder());
  const isThere = built.every((name) => files.some((file) => file.startsWith(`${name.replace("==", "-")}-`)));
  if (!isThere) tell(`Building ${built.join(" and ")} for pypsrp: some minutes, the first time only.`);
  return pip(["wheel", "--no-deps", "--find-links", wheelFolder(), "--wheel-dir", wheelFolder(), ...built], tell);
}

function pip(args: readonly string[], tell: Tell): boolean {
  return succeeds(path.join(pythonFolder(), "bin", "python"), ["-m", "pip", "--quiet", "--disable-pip-version-check", ...args], tell);
}

function succeeds(command: string, args: readonly string[], tell: Tell): boolean {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) tell(`The Python packages could not be installed: ${error?.message ?? lastLine(stderr)}`);
  return status === 0;
}

function lastLine(text: string | null): string {
  return text?.trim().split("\n").at(-1) ?? "";
}
