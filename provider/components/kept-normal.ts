// Keeps what is normal in a file beside the program, outside Pulumi's state, and reads it for a stack that has lost that state.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../common/reason.ts";
import { normalFileOf } from "../resources/given-normal.ts";
import { type Normals, normalsIn, textOf } from "./normal-file.ts";
import { isAbsent, keepFile, projectFolder } from "./project-file.ts";
import type { SitePauseArgs } from "./site-parts.ts";

/**
 * What was normal, from the file that a SitePause has written: `normal: exchange.normalFrom("normal.prod.yaml")`. A relative path is one from the
 * folder of `Pulumi.yaml`. What the program gives as normal counts for as long as it gives it, so take it out again when the site is home.
 * @throws {pulumi.RunError} one sentence with file, line, what was expected and what was found
 */
export function normalFrom(file: string): NonNullable<SitePauseArgs["normal"]> {
  try {
    return normalsIn(readFileSync(path.resolve(projectFolder() ?? "", file), "utf8"), file) as NonNullable<SitePauseArgs["normal"]>;
  } catch (error) {
    throw new pulumi.RunError(
      isAbsent(error)
        ? `${file}: expected the file that a SitePause has written, found none at ${path.resolve(projectFolder() ?? "", file)}. Take it from the repository's history.`
        : messageOf(error),
    );
  }
}

/**
 * Writes what is normal for all `parts` beside `Pulumi.yaml`, where it differs from what stands there; never in a preview, and not before all of it is
 * known. A file that cannot be written is a warning of `owner`.
 */
export function keepNormal(parts: Readonly<Record<string, pulumi.Output<object | undefined>>>, owner: pulumi.Resource): void {
  const folder = projectFolder();
  if (pulumi.runtime.isDryRun() || folder === undefined) return;
  const all = pulumi.output(parts);
  all.apply(async (normals) => {
    const file = normalFileOf(pulumi.getStack());
    const isComplete = Object.values(normals).every((normal) => normal !== undefined);
    const problem = (await pulumi.isSecret(all))
      ? "what is normal was given to the program as a secret"
      : isComplete
        ? keepFile(path.join(folder, file), textOf(file, pulumi.getStack(), normals as Normals))
        : undefined;
    if (problem === undefined) return;
    await pulumi.log.warn(`${file} could not be written: ${problem}. What is normal now is kept in Pulumi's state alone.`, owner);
  });
}
