// Reads a stack as `pulumi` does: its project, its name and its configuration, secrets opened. By the CLI, so that passphrase, login and encryption are the
// user's own. It asks and changes nothing.
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { messageOf } from "../common/reason.ts";

export interface Stack {
  readonly project: string;
  /** Without the organisation that Pulumi Cloud puts before it. */
  readonly name: string;
  /** The program's file. */
  readonly program: string;
  /** Configuration as texts, by full name: `exchange:user`. */
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** The stack `name` of the project in `folder`; the selected one where none is named. @throws {Error} in words */
export async function readStack(folder: string, name: string | undefined, environment: NodeJS.ProcessEnv): Promise<Stack> {
  if (!existsSync(path.join(folder, "Pulumi.yaml")))
    throw new Error(`${folder} has no Pulumi.yaml. Name the folder of the Pulumi project: npm run check-site -- <folder> [<stack>].`);
  const envVars = Object.fromEntries(Object.entries(environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
  // The CLI of a checkout is in a folder `bin` of its own; all else have it on their PATH.
  const bin = environment["PULUMI_EXCHANGE_BIN"];
  const pulumiCommand = await PulumiCommand.get(bin === undefined ? {} : { root: path.dirname(bin) });
  const workspace = await LocalWorkspace.create({ workDir: folder, envVars, pulumiCommand });
  const { name: project, main } = await workspace.projectSettings();
  const selected = name ?? environment["PULUMI_STACK"] ?? (await workspace.stack())?.name;
  if (selected === undefined)
    throw new Error(`No stack is selected in ${folder}. Name one: npm run check-site -- <folder> <stack>; \`pulumi stack ls\` lists them.`);
  const settings = await workspace.getAllConfig(selected).catch((error: unknown) => {
    throw new Error(`The configuration of ${selected} cannot be read: ${sentenceOfCli(error)}`, { cause: error });
  });
  const entries = Object.entries(settings);
  return {
    project,
    name: selected.split("/").at(-1) ?? selected,
    program: programIn(path.resolve(folder, main ?? ".")),
    values: Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
    secretKeys: entries.flatMap(([key, { secret }]) => (secret === true ? [key] : [])),
  };
}

/** What the CLI itself says went wrong, without the command line and the rest of its output. */
function sentenceOfCli(error: unknown): string {
  const words = messageOf(error);
  return /error: (.+)/.exec(words)?.[1] ?? words;
}

/** A file, or what a folder begins with. */
function programIn(place: string): string {
  if (existsSync(place) && statSync(place).isFile()) return place;
  const program = ["index.ts", "index.js", "index.mjs"].map((file) => path.join(place, file)).find((file) => existsSync(file));
  if (program === undefined) throw new Error(`${place} is no program, and has no index.ts or index.js. See \`main\` in Pulumi.yaml.`);
  return program;
}
