// TransportState for Pulumi programs.
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type Inputs, withOutputs } from "../inputs.ts";
import type { args as schema } from "./args.ts";

export type TransportStateInputs = Inputs<z.input<typeof schema>>;

/**
 * Mail transport on one Exchange server.
 * @example new TransportState("ex01", { server: "ex01", state: "drained", turnsAt })
 */
export class TransportState extends pulumi.CustomResource {
  /** Messages in queues that a drain waits for. */
  declare readonly messagesLeft: pulumi.Output<number>;

  constructor(name: string, args: TransportStateInputs, options?: pulumi.CustomResourceOptions) {
    super("exchange:index:TransportState", name, withOutputs(args, ["messagesLeft"]), options);
  }
}
