// MxRecord for Pulumi programs.
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type Inputs, withOutputs } from "../inputs.ts";
import type { args as schema } from "./args.ts";

export type MxRecordInputs = Inputs<z.input<typeof schema>>;

/**
 * The MX set of one name. Changed make-before-break, finished when every authoritative server answers it; a lowered TTL is given back.
 * @example new MxRecord("contoso.com", { zone: "contoso.com", ttlSeconds: 300, turnsAt })   // lowered now, given back when the argument goes
 */
export class MxRecord extends pulumi.CustomResource {
  /** `10 mail.contoso.com`, as the DNS API holds it. */
  declare readonly mx: pulumi.Output<string>;
  /** What is given back when nothing is asked: set and TTL. */
  declare readonly normally: pulumi.Output<string>;
  /** When the old TTL has run out everywhere and the set may change; absent while nothing has been lowered. */
  declare readonly earliestFlipAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: MxRecordInputs, options?: pulumi.CustomResourceOptions) {
    super("exchange:index:MxRecord", name, withOutputs(args, ["mx", "normally", "earliestFlipAt"]), options);
  }
}
