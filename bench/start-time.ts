// How long `npm start` takes once its set-up is done, and what becomes of the mail meanwhile.
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { checkout } from "../setup/places.ts";
import type { Figure } from "./figures.ts";

/** @throws {Error} when it does not end by saying what became of the mail */
export async function timeStart(say: (line: string) => void): Promise<readonly Figure[]> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [path.join(checkout, "lab", "start.ts")], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  const code = await ended;
  const seconds = (performance.now() - startedMs) / 1000;
  const [, lost, duplicated] = /lost (\d+) {3}duplicated (\d+)/.exec(lines.join("\n")) ?? [];
  for (const line of lines.slice(-4)) say(`  ${line}`);
  if (lost === undefined || duplicated === undefined) throw new Error(`npm start ended with exit code ${code} and did not count the mail`);
  return [
    { what: "npm start, without its set-up", value: seconds, target: 180, unit: " s" },
    { what: "messages lost", value: Number(lost), target: 0, unit: "" },
    { what: "messages delivered twice", value: Number(duplicated), target: 0, unit: "" },
    { what: "exit code of npm start", value: code, target: 0, unit: "" },
  ];
}
