// Which processes of this machine belong to a test: those that have a text of its own, such as the name of its folder, in their command line or environment.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** `4711 node main.ts …` of each process with `text`; this one and what looks for them left out. */
export function running(text: string): readonly string[] {
  const lines = execFileSync("ps", ["axeww", "-o", "pid=,command="], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }).split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line.includes(text) && Number(line.split(" ")[0]) !== process.pid && !line.includes("ps axeww"))
    .map((line) => line.slice(0, 120));
}

/** Waits until there is one, for as long as the test may take. */
export async function begun(text: string): Promise<void> {
  while (running(text).length === 0) await sleep(50);
}

/** Waits until there is none; after ten seconds those that are left are what comes back. */
export async function leftOf(text: string): Promise<readonly string[]> {
  const until = Date.now() + 10_000;
  for (;;) {
    const left = running(text);
    if (left.length === 0 || Date.now() > until) return left;
    await sleep(50);
  }
}
