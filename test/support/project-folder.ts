// What Pulumi's language host tells a program, and its mocks do not: where Pulumi.yaml is. Its types keep this to themselves.
import { createRequire } from "node:module";

interface ProgramState {
  getStore(): { readonly settings: { readonly options: { readonly rootDirectory?: string } } };
}

const { getStore }: ProgramState = createRequire(import.meta.url)("@pulumi/pulumi/runtime/state");

/** What it says now. */
export function rootFolder(): string | undefined {
  return getStore().settings.options.rootDirectory;
}

/** Says that it is there. */
export function inProject(root: string | undefined): void {
  Object.assign(getStore().settings.options, { rootDirectory: root });
}
