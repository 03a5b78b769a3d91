// The Pulumi stack of a lab: an ordinary stack file with addresses and names. Secrets are not in it; they are in the environment.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { checkout } from "../setup/places.ts";
import { pulumiEnvironment } from "../setup/pulumi-env.ts";
import type { Lab } from "./lab.ts";

export interface LabStack {
  /** Where `pulumi` is to be run. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface StackOptions {
  /** The Pulumi project's name. Default `site`. */
  readonly project?: string;
  /** The program. Default: the checkout's. */
  readonly main?: string;
  /** The folder of the plugin. Default: the checkout's. */
  readonly plugin?: string;
}

/** Writes a project of its own into `folder`: the checkout's program and plugin, this lab's stack file, state and home. */
export function makeStack(lab: Lab, folder: string, options: StackOptions = {}): LabStack {
  const { project: name = "site", main = path.join(checkout, "stacks", "index.ts"), plugin = path.join(checkout, "plugin") } = options;
  mkdirSync(folder, { recursive: true });
  const project = {
    name,
    runtime: { name: "nodejs", options: { typescript: false } },
    main,
    plugins: { providers: [{ name: "exchange", path: plugin }] },
  };
  writeFileSync(path.join(folder, "Pulumi.yaml"), `${JSON.stringify(project, null, 2)}\n`);
  writeFileSync(path.join(folder, "Pulumi.lab.yaml"), stackFile(lab));
  return { folder, environment: { ...pulumiEnvironment(folder), ...lab.environment, PULUMI_STACK: "lab" } };
}

/** `Pulumi.lab.yaml` as text: YAML, in which JSON is at home. */
export function stackFile(lab: Lab): string {
  const lines = Object.entries(lab.config).map(([key, value]) => `  ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return `config:\n${lines.join("\n")}\n`;
}
