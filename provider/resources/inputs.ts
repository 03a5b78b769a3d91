// How the arguments of a resource look to a Pulumi program: every member may come from another resource.
import type * as pulumi from "@pulumi/pulumi";

/** `T` with each member as a Pulumi input, and each member of a member. */
export type Inputs<T> = { readonly [Key in keyof T]: pulumi.Input<T[Key] extends object | undefined ? Deep<T[Key]> : T[Key]> };

type Deep<T> = T extends readonly unknown[] ? T : T extends object ? { readonly [Key in keyof T]: pulumi.Input<T[Key]> } : T;

/** `args` with the names of outputs that only the provider fills. */
export function withOutputs(args: object, outputs: readonly string[]): Record<string, unknown> {
  return { ...Object.fromEntries(outputs.map((name) => [name, undefined])), ...args };
}
