// Runs the real `pulumi` CLI on a lab's stack and shows what it prints, as a person at a terminal would see it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { LabStack } from "./stack.ts";

/** Lines that only say that something is being read again. */
const noise = /^(@ |\s*$)|refreshing\b|\brefresh\s*$|^(View|Previewing|Updating|Loading)\b/;

/**
 * Runs `pulumi <args>`; each line of its output goes to `show`, those that say nothing left out.
 * @throws {Error} when the exit code is not 0
 */
export async function pulumi(stack: LabStack, args: readonly string[], show: (line: string) => void): Promise<void> {
  const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd: stack.folder,
    env: { ...process.env, ...stack.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const follow = async (stream: NodeJS.ReadableStream) => {
    for await (const line of createInterface({ input: stream })) if (!noise.test(line)) show(line);
  };
  const [code] = await Promise.all([ended, follow(child.stdout), follow(child.stderr)]);
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with exit code ${code}`);
}
