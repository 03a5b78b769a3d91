// The measured program as a stack of its own: with our plugin, or with the one that does nothing.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "../lab/lab.ts";
import { pulumi } from "../lab/pulumi.ts";
import { type LabStack, makeStack } from "../lab/stack.ts";
import { checkout, pinnedNode } from "../setup/places.ts";

const main = path.join(checkout, "bench", "program.ts");

/** A stack whose resources are all made, so that a preview has nothing left to do. */
export async function settledStack(lab: Lab, folder: string, plugin: "ours" | "noop"): Promise<LabStack> {
  const made = makeStack(lab, folder, { main, ...(plugin === "ours" ? {} : { plugin: noopPlugin(path.join(folder, "plugin")) }) });
  // As an official language host starts programs: what ours saves would make the other plugin's preview shorter, and so ours look longer.
  const stack = { ...made, environment: { ...made.environment, PULUMI_EXCHANGE_SDK: "whole" } };
  await pulumi(stack, ["stack", "init", "lab"], () => undefined);
  await pulumi(stack, ["up", "--yes", "--skip-preview"], () => undefined);
  return stack;
}

/**
 * Runs `pulumi preview` and says how many milliseconds it took.
 * @throws {Error} when it does not find `resources` resources with nothing to do
 */
export async function previewMs(stack: LabStack, resources: number): Promise<number> {
  const lines: string[] = [];
  const startedMs = performance.now();
  await pulumi(stack, ["preview"], (line) => void lines.push(line)).catch((error: unknown) => {
    throw new Error(lines.join("\n"), { cause: error });
  });
  const tookMs = performance.now() - startedMs;
  // The stack itself counts as one.
  if (!lines.some((line) => line.includes(`${resources + 1} unchanged`)))
    throw new Error(`the preview was to find nothing to do:\n${lines.join("\n")}`);
  return tookMs;
}

function noopPlugin(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(checkout, "bench", "noop-plugin.ts");
  writeFileSync(path.join(folder, "pulumi-resource-exchange"), `#!/bin/sh\nexec '${pinnedNode}' '${file}' "$@"\n`, { mode: 0o755 });
  return folder;
}
