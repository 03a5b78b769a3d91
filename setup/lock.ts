// One at a time across processes: two set-ups must not build or install the same thing at once.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const LOOK_AGAIN_MS = 500;

/**
 * Runs `work` while holding `file`, which names the process that holds it. Waits for another holder, calling `onWait` once with its
 * process id, and looks again after each `pause`; a holder that is no longer running counts as gone.
 */
export async function withLock<T>(
  file: string,
  onWait: (holder: number) => void,
  work: () => Promise<T>,
  pause: () => Promise<unknown> = () => sleep(LOOK_AGAIN_MS),
): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  for (let holder = take(file); holder !== undefined; holder = take(file)) {
    if (!isRunning(holder)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) onWait(holder);
    told = true;
    await pause();
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Takes the lock; answers with its holder where there is one already. A link, as it appears with its content at once. */
function take(file: string): number | undefined {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, file);
    return undefined;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return Number(readFileSync(file, "utf8"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return take(file);
    throw error;
  }
}

function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
