// Runs the script that drives an endpoint with pypsrp, and hands over what it read of the answers, a fact for each scenario.
import { equal } from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const Facts = z.record(z.string(), z.unknown());
export type Facts = z.infer<typeof Facts>;

export interface PypsrpRun {
  readonly port: number;
  readonly configuration: string;
  readonly path: string;
  /** Arguments of pypsrp's class WSMan. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** Names as in the script's tables. */
  readonly scenarios: readonly string[];
}

/** @throws {AssertionError} with the script's last words when it failed */
export async function factsFrom(python: string, given: PypsrpRun, environment: Readonly<Record<string, string>> = {}): Promise<Facts> {
  const script = fileURLToPath(new URL("../pypsrp_judge.py", import.meta.url));
  const judge = spawn(python, [script], { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...environment } });
  const ended = new Promise<number | null>((resolve) => judge.on("close", resolve));
  judge.stdin.end(JSON.stringify(given));
  const [said, complained, code] = await Promise.all([text(judge.stdout), text(judge.stderr), ended]);
  equal(code, 0, complained);
  return Facts.parse(JSON.parse(said));
}
