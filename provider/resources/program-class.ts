// Makes the class that a Pulumi program uses from the shape of a resource, with typed inputs and outputs.
// Pulumi is loaded with the first resource that is made: the plugin imports the same list of classes and makes none, and Pulumi would take it
// 35 ms of each start, which a preview waits for twice.
import { createRequire } from "node:module";
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { SiteResource } from "./define-resource.ts";
import type { Shape } from "./define-shape.ts";
import { normalArgumentOf } from "./given-normal.ts";

/** `T` with each member as a Pulumi input, and each member of a member. */
export type Inputs<T> = { readonly [Key in keyof T]: pulumi.Input<T[Key] extends object | undefined ? Deep<T[Key]> : T[Key]> };

type Deep<T> = T extends readonly unknown[] ? T : T extends object ? { readonly [Key in keyof T]: pulumi.Input<T[Key]> } : T;

/** What a program gives to make a resource of the class `C`. */
export type InputsOf<C extends { readonly shape: Shape }> = Inputs<z.input<C["shape"]["args"]>>;

/** The arguments with their defaults, and what the provider fills. */
type Members<S extends Shape> = {
  readonly [Name in keyof (z.output<S["args"]> & z.output<S["outputs"]>)]-?: pulumi.Output<
    (z.output<S["args"]> & z.output<S["outputs"]>)[Name]
  >;
};

export interface ProgramClass<S extends Shape = Shape> {
  new (name: string, args: Inputs<z.input<S["args"]>>, options?: pulumi.CustomResourceOptions): pulumi.CustomResource & Members<S>;
  readonly shape: S;
  /** What it does at the site, with the edges that it needs; only the plugin asks. */
  load(): Promise<{ readonly resource: SiteResource }>;
}

const require = createRequire(import.meta.url);

/** The class of `shape` for programs; `load` brings what it does at the site. */
export function programClass<S extends Shape>(shape: S, load: ProgramClass<S>["load"]): ProgramClass<S> {
  class Made {
    static readonly shape = shape;
    static readonly load = load;

    constructor(name: string, args: object, options?: pulumi.CustomResourceOptions) {
      const { CustomResource }: typeof pulumi = require("@pulumi/pulumi");
      Object.setPrototypeOf(Made.prototype, CustomResource.prototype);
      // What is normal is an output where it may be an argument: given or not, the program can read it.
      const given = normalArgumentOf(shape) === undefined ? [] : ["normal"];
      const outputs = Object.fromEntries([...Object.keys(shape.outputs.shape), ...given, "recorded"].map((output) => [output, undefined]));
      // biome-ignore lint/correctness/noConstructorReturn: it is Pulumi's constructor that makes the object, as an instance of the class that was asked for
      return Reflect.construct(CustomResource, [`exchange:index:${shape.name}`, name, { ...outputs, ...args }, options], new.target);
    }
  }
  return Made as unknown as ProgramClass<S>;
}
