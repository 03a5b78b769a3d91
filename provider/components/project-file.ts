// A file beside `Pulumi.yaml` that a program keeps for people.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../common/reason.ts";

/** The folder of `Pulumi.yaml`; nothing where there is none, as in a unit test or a program of the Automation API. */
export function projectFolder(): string | undefined {
  const folder = pulumi.getRootDirectory();
  return path.isAbsolute(folder) ? folder : undefined;
}

/** Writes the whole of it or nothing, and nothing where it stands there already. Returns what kept it from being written. */
export function keepFile(file: string, text: string): string | undefined {
  try {
    if (textIn(file) === text) return undefined;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Whether a file is not there. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
