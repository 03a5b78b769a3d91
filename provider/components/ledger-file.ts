// The account of the last pause as a file in the project's folder, which people keep when the state has forgotten the pause.
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { keepFile, projectFolder } from "./project-file.ts";

export interface LedgerFile {
  /** In the project's folder: `ledger/production-berlin-2026-12-05T2000Z.txt`. */
  readonly name: string;
  readonly text: string;
}

/** `from`: when the pause began, ISO 8601, UTC. */
export function ledgerFileName(stack: string, site: string, from: string): string {
  const [, day, hour, minute] = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)/.exec(from) ?? [];
  return path.join("ledger", `${[stack, site].map((name) => name.replaceAll(/[^\w.-]/g, "_")).join("-")}-${day}T${hour}${minute}Z.txt`);
}

/** After a real run, and not after a preview: writes it into the project's folder. The run goes on where that fails; the account is an output, too. */
export function keepLedgerFile(file: pulumi.Output<LedgerFile | undefined>, resource: pulumi.Resource): void {
  const folder = projectFolder();
  if (pulumi.runtime.isDryRun() || folder === undefined) return;
  file.apply((found) => {
    const problem = found === undefined ? undefined : writeLedgerFile(folder, found);
    if (problem !== undefined) void pulumi.log.warn(problem, resource);
  });
}

/** Writes it, unless it says the same already. Returns what kept it from being written, in a sentence. */
export function writeLedgerFile(folder: string, { name, text }: LedgerFile): string | undefined {
  const why = keepFile(path.join(folder, name), text);
  return why === undefined
    ? undefined
    : `The account of the last pause could not be written to ${name}: ${why}. Nothing else is missing: it is the output \`account\` of the SitePause, too.`;
}
