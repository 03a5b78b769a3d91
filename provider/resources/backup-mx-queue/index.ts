// BackupMxQueue for Pulumi programs.
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type Inputs, withOutputs } from "../inputs.ts";
import type { args as schema } from "./args.ts";

export type BackupMxQueueInputs = Inputs<z.input<typeof schema>>;

/**
 * The queue of the host that takes a site's mail while the site is away.
 * @example new BackupMxQueue("buffer", { host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…", domains: ["contoso.com"], state: "held" })
 */
export class BackupMxQueue extends pulumi.CustomResource {
  /** Messages in its queue. */
  declare readonly messages: pulumi.Output<number>;
  /** What became of the mail of the last pause, in one line; `no pause yet` before the first. */
  declare readonly ledger: pulumi.Output<string>;

  constructor(name: string, args: BackupMxQueueInputs, options?: pulumi.CustomResourceOptions) {
    super("exchange:index:BackupMxQueue", name, withOutputs(args, ["messages", "ledger"]), options);
  }
}
