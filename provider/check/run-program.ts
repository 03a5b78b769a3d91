// Runs one Pulumi program in this process, made for it alone, as a preview does, and tells the process that made it what was registered. Nothing is made:
// Pulumi's own mocks stand where its engine would be. Whatever else of a program asks an output of something not made yet, is not asked.
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type * as Pulumi from "@pulumi/pulumi";
import { messageOf } from "../common/reason.ts";
import type { Said } from "./declared.ts";

export interface ToRun {
  readonly project: string;
  readonly stack: string;
  /** The program's file. */
  readonly program: string;
}

/** One resource, with the arguments that the program gave. */
export interface Registered {
  /** `exchange:index:MxRecord` */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

async function main({ project, stack, program }: ToRun): Promise<Said> {
  const registered: Registered[] = [];
  process.chdir(path.dirname(program));
  // The very copy that the program loads: each has a runtime of its own.
  const pulumi = createRequire(program)("@pulumi/pulumi") as typeof Pulumi;
  const mocks: Pulumi.runtime.Mocks = {
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, name, inputs });
      return { id: name, state: inputs };
    },
  };
  try {
    await pulumi.runtime.setMocks(mocks, project, stack, true);
    await pulumi.runtime.runInPulumiStack(() => import(pathToFileURL(program).href));
    await pulumi.runtime.disconnect();
    return { registered };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

const said = await main(JSON.parse(process.argv[2] ?? ""));
process.send?.(said, () => process.exit(0));
