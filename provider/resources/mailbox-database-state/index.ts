// MailboxDatabaseState for Pulumi programs.
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type Inputs, withOutputs } from "../inputs.ts";
import type { args as schema } from "./args.ts";

export type MailboxDatabaseStateInputs = Inputs<z.input<typeof schema>>;

/**
 * The mailbox databases of one DAG.
 * @example new MailboxDatabaseState("DAG1", { dag: "DAG1", servers: ["ex01", "ex02"], state: "dismounted", turnsAt })
 */
export class MailboxDatabaseState extends pulumi.CustomResource {
  /** Names of the databases that are mounted. */
  declare readonly mounted: pulumi.Output<string[]>;

  constructor(name: string, args: MailboxDatabaseStateInputs, options?: pulumi.CustomResourceOptions) {
    super("exchange:index:MailboxDatabaseState", name, withOutputs(args, ["mounted"]), options);
  }
}
