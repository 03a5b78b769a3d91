// The first thing that `npm start`, `npm test`, `npm run lab`, `npm run bench` and `npm run check` run, on any Node.js from 20 on, before anything is installed.
// Installs the packages of package-lock.json where they are missing, then hands over to setup/main.ts under the Node.js that they bring along.
// Plain JavaScript, nothing but node: modules; all else of the set-up is in setup/*.ts.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const OLDEST_NODE = 20;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * What to tell someone whose Node.js is too old; undefined where it will do.
 * @param {string} version such as `20.11.1`
 */
export function nodeTooOld(version) {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return undefined;
  return `Node.js ${version} is too old to start with; install Node.js ${OLDEST_NODE} or newer, then run the command again.`;
}

/**
 * Whether the packages of `folder`'s package-lock.json are installed: the stamp names that very file, or, where somebody installed
 * by hand, npm's own list is newer than it. Other contents than at the last installation: no.
 * @param {string} folder
 */
export function packagesInstalled(folder) {
  const lock = join(folder, "package-lock.json");
  const npmList = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(npmList)) return false;
  if (existsSync(stampOf(folder)) && readFileSync(stampOf(folder), "utf8") === hashOf(lock)) return true;
  return statSync(npmList).mtimeMs >= statSync(lock).mtimeMs;
}

/**
 * Remembers that the packages of `folder`'s package-lock.json, as it is now, are installed.
 * @param {string} folder
 */
export function stampInstalled(folder) {
  mkdirSync(dirname(stampOf(folder)), { recursive: true });
  writeFileSync(stampOf(folder), hashOf(join(folder, "package-lock.json")));
}

/**
 * The Node.js that the npm package `node` has put below `folder`; undefined where it has not.
 * @param {string} folder
 */
export function pinnedNode(folder) {
  return ["node", "node.exe"]
    .map((name) => join(folder, "node_modules", "node", "bin", name))
    .find((file) => existsSync(file) && statSync(file).size > 1_000);
}

/** @param {string} folder */
function stampOf(folder) {
  return join(folder, "node_modules", ".cache", "pulumi-exchange", "installed");
}

/** @param {string} file */
function hashOf(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/**
 * `npm install --no-save` takes the versions of package-lock.json and leaves that file alone, as `npm ci` does. Not `npm ci`, which refuses a lock
 * without the optional packages of other platforms, and removes all that is installed first.
 */
function installPackages() {
  process.stderr.write("Installing packages with npm, about a minute ...\n");
  const npm = process.env.npm_execpath;
  const args = ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const [command, before] = npm ? [process.execPath, [npm]] : ["npm", []];
  const { status } = spawnSync(command, [...before, ...args], {
    cwd: root,
    stdio: ["ignore", process.stderr, process.stderr],
    shell: npm === undefined && process.platform === "win32",
  });
  if (status !== 0) fail(`The packages could not be installed: "npm install --no-save" in ${root} failed, for the reason above.`);
}

/** Where npm runs no install scripts, the package `node` is asked itself to fetch its Node.js. */
function fetchPinnedNode() {
  const folder = join(root, "node_modules", "node");
  spawnSync(process.execPath, ["installArchSpecificPackage.js"], { cwd: folder, stdio: ["ignore", process.stderr, process.stderr] });
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/**
 * Passes on to `child` the signals that end us. A Ctrl-C at a terminal reaches it without us: passed on, it would count twice.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => void} stops that
 */
export function passSignalsTo(child) {
  const passes = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]).map((signal) => {
    const pass = () => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, pass);
    return () => process.off(signal, pass);
  });
  return () => {
    for (const stop of passes) stop();
  };
}

/**
 * Runs setup/main.ts under `node` and ends as it ends.
 * @param {string} node
 */
function handOver(node) {
  const child = spawn(node, [join(root, "setup", "main.ts"), ...process.argv.slice(2)], { stdio: "inherit" });
  const stopPassing = passSignalsTo(child);
  child.once("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.once("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    stopPassing();
    process.kill(process.pid, signal);
  });
}

function main() {
  const tooOld = nodeTooOld(process.versions.node);
  if (tooOld !== undefined) fail(tooOld);
  if (!packagesInstalled(root)) installPackages();
  if (pinnedNode(root) === undefined) fetchPinnedNode();
  stampInstalled(root);
  const node = pinnedNode(root);
  if (node === undefined)
    fail(
      `The npm package "node" has not put its Node.js into ${join(root, "node_modules", "node", "bin")}; remove node_modules and run the command again.`,
    );
  handOver(node);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main();
