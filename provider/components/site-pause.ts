// SitePause: the parts of a site in the order that its word asks for. It decides order and nothing else.
import * as pulumi from "@pulumi/pulumi";
import { BackupMxQueue } from "../resources/backup-mx-queue/index.ts";
import { MailboxDatabaseState } from "../resources/mailbox-database-state/index.ts";
import { MxRecord } from "../resources/mx-record/index.ts";
import { ReadinessGate } from "../resources/readiness-gate/index.ts";
import { TransportState } from "../resources/transport-state/index.ts";
import { orderTowards } from "./order.ts";
import { type PartResource, partsOf, type SitePauseArgs } from "./parts.ts";

/**
 * A site that can be taken offline for hours or days and brought back as it was, without losing a message.
 * Both ways the same resources stay in the program; which one waits for which follows from `state`.
 */
export class SitePause extends pulumi.ComponentResource {
  /** What became of the mail of the last pause, in one line. */
  readonly ledger: pulumi.Output<string>;
  /** When the MX of each zone may change, once its TTL has been lowered. */
  readonly earliestFlipAt: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: SitePauseArgs, options?: pulumi.ComponentResourceOptions) {
    super("exchange:index:SitePause", name, {}, options);
    const parts = partsOf(args);
    const made: pulumi.CustomResource[] = [];
    let before: readonly pulumi.CustomResource[] = [];
    for (const part of orderTowards(args.state)) {
      before = parts[part].map((resource) => make(resource, { parent: this, dependsOn: [...before] }));
      made.push(...before);
    }
    const queue = made.find((resource) => resource instanceof BackupMxQueue);
    const zones = made.filter((resource) => resource instanceof MxRecord);
    this.ledger = queue?.ledger ?? pulumi.output("no buffer");
    this.earliestFlipAt = pulumi
      .all(zones.map((zone, index) => zone.earliestFlipAt.apply((at): [string, string | undefined] => [args.mail[index]?.zone ?? "", at])))
      .apply((entries) => Object.fromEntries(entries.flatMap(([zone, at]) => (at === undefined ? [] : [[zone, at]]))));
    this.registerOutputs({ ledger: this.ledger, earliestFlipAt: this.earliestFlipAt });
  }
}

function make(resource: PartResource, options: pulumi.CustomResourceOptions): pulumi.CustomResource {
  switch (resource.kind) {
    case "ReadinessGate":
      return new ReadinessGate(resource.name, resource.args, options);
    case "BackupMxQueue":
      return new BackupMxQueue(resource.name, resource.args, options);
    case "MxRecord":
      return new MxRecord(resource.name, resource.args, options);
    case "TransportState":
      return new TransportState(resource.name, resource.args, options);
    case "MailboxDatabaseState":
      return new MailboxDatabaseState(resource.name, resource.args, options);
  }
}
