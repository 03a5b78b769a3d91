// Ends a process together with all that it has started: a PowerShell that hangs may hang in a program of its own.
import { type ChildProcess, execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

const children = new Set<ChildProcess>();

/** Kills `child` when this process exits without having ended it. Returns what forgets that. */
export function endWithUs(child: ChildProcess): () => void {
  if (children.size === 0) process.on("exit", killChildren);
  children.add(child);
  return () => {
    children.delete(child);
    if (children.size === 0) process.off("exit", killChildren);
  };
}

function killChildren(): void {
  for (const child of children) child.kill("SIGKILL");
}

/** Kills `pid` and everything below it. A process that is gone already is no error. */
export async function endProcessTree(pid: number): Promise<void> {
  if (process.platform === "win32") {
    await run("taskkill", ["/PID", String(pid), "/T", "/F"], { windowsHide: true }).catch(() => undefined);
    kill(pid);
    return;
  }
  const below = await descendantsOf(pid);
  for (const one of [pid, ...below]) kill(one);
}

/** Those that `ps` can see; none where there is no `ps`. */
async function descendantsOf(pid: number): Promise<readonly number[]> {
  const listing = await run("ps", ["-A", "-o", "pid=,ppid="]).catch(() => ({ stdout: "" }));
  const pairs = listing.stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) for (const [child, of] of pairs) if (of === parent && child !== undefined) found.push(child);
  return found.slice(1);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // gone already
  }
}
