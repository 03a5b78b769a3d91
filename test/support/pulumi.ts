// Runs the real Pulumi CLI in tests, in an environment of its own: state, home and passphrase are those of one folder.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { findPulumi, withPulumi } from "../../setup/pulumi-cli.ts";
import { pulumiEnvironment } from "../../setup/pulumi-env.ts";
import { requireJudge } from "./judges.ts";

/** Call it first in a `before` hook: without the CLI that `npm test` sets up, the tests are skipped, or fail with CI=true. */
export function requirePulumi(context: Mocha.Context): void {
  requireJudge(context, "the Pulumi CLI", pulumiBin() !== undefined);
}

/**
 * Runs `pulumi` with `args` in `folder` (its Pulumi.yaml), with home and state in `kept`.
 * @returns its exit code and all that it printed, without colours
 */
export async function pulumi(
  folder: string,
  kept: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  const bin = pulumiBin();
  if (bin === undefined) throw new Error("there is no Pulumi CLI: call requirePulumi first");
  const env = { ...withPulumi(process.env, bin), ...pulumiEnvironment(kept), NO_COLOR: "1" };
  const child = spawn("pulumi", [...args, "--non-interactive"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, output: out + err };
}

function pulumiBin(): string | undefined {
  return process.env.PULUMI_EXCHANGE_BIN ?? findPulumi()?.bin;
}
