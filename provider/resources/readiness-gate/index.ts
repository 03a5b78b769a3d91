// ReadinessGate for Pulumi programs.
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type Inputs, withOutputs } from "../inputs.ts";
import type { args as schema } from "./args.ts";

export type ReadinessGateInputs = Inputs<z.input<typeof schema>>;

/**
 * Things that must be seen to work before whatever depends on this goes on.
 * @example new ReadinessGate("ready", { name: "ready", state: "open", servers: ["ex01"], ports: ["dc1.contoso.local:389"] })
 */
export class ReadinessGate extends pulumi.CustomResource {
  /** How many things were asked. */
  declare readonly asked: pulumi.Output<number>;

  constructor(name: string, args: ReadinessGateInputs, options?: pulumi.CustomResourceOptions) {
    super("exchange:index:ReadinessGate", name, withOutputs(args, ["asked"]), options);
  }
}
