// SitePause: the parts of a site in the order that its word asks for. It decides order and nothing else.
import * as pulumi from "@pulumi/pulumi";
import { BackupMxQueue } from "../resources/backup-mx-queue/index.ts";
import { MailboxDatabaseState } from "../resources/mailbox-database-state/index.ts";
import { MxRecord } from "../resources/mx-record/index.ts";
import { ReadinessGate } from "../resources/readiness-gate/index.ts";
import { TransportState } from "../resources/transport-state/index.ts";
import { orderTowards, type Part, type Word } from "./order.ts";

export interface SitePauseArgs {
  /** What the site is to be. Not an output: the order of everything follows from it. */
  readonly state: Word;
  /** The DAG whose databases are dismounted and mounted. */
  readonly dag: string;
  /** Short names of all its servers. */
  readonly servers: readonly string[];
  /** Every zone whose MX names the site. */
  readonly mail: readonly { readonly zone: string; readonly provider?: "cloudflare" }[];
  /** The host that takes mail meanwhile. */
  readonly buffer: {
    readonly host: string;
    readonly user: string;
    readonly hostKey: pulumi.Input<string>;
    readonly port?: number;
    readonly sudo?: boolean;
    readonly configDirectory?: string;
    readonly logFile?: string;
  };
  /** TTL of the MX sets while the site is prepared or offline, in seconds (`60` to `86400` at Cloudflare). @default 300 */
  readonly pausedTtlSeconds?: number;
  /** Further things that must accept a connection before the site comes back: `dc1.contoso.local:389`. */
  readonly readyWhen?: readonly string[];
  /** Queues whose messages may stay during the pause, as `ex03\\partner.example`. */
  readonly allowStuck?: readonly string[];
  /** Copies that a dismount does not wait for, as `DB01\\ex03`. */
  readonly allowBehind?: readonly string[];
  /** Databases that are not mounted again although they were. */
  readonly leaveDismounted?: readonly string[];
  /** Longest wait with a known end that one run waits out, in seconds. @default 900 */
  readonly maxWaitSeconds?: number;
  /** Seconds without progress after which a run stops for a person. @default 900 */
  readonly stuckAfterSeconds?: number;
}

/**
 * A site that can be taken offline for hours or days and brought back as it was, without losing a message.
 * Both ways the same resources stay in the program; which one waits for which follows from `state`.
 */
export class SitePause extends pulumi.ComponentResource {
  /** What became of the mail of the last pause, in one line. */
  readonly ledger: pulumi.Output<string | undefined>;
  /** When the MX of each zone may change, once its TTL has been lowered. */
  readonly earliestFlipAt: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: SitePauseArgs, options?: pulumi.ComponentResourceOptions) {
    super("exchange:index:SitePause", name, {}, options);
    const made = new Map<Part, readonly pulumi.CustomResource[]>();
    const parts = partsOf(args);
    let before: readonly pulumi.CustomResource[] = [];
    for (const part of orderTowards(args.state)) {
      before = parts[part]({ parent: this, dependsOn: [...before] });
      made.set(part, before);
    }
    const [queue] = (made.get("queue") ?? []).filter((resource) => resource instanceof BackupMxQueue);
    const zones = (made.get("mx") ?? []).filter((resource) => resource instanceof MxRecord);
    this.ledger = queue?.ledger ?? pulumi.output(undefined);
    this.earliestFlipAt = pulumi
      .all(zones.map((zone, index) => zone.earliestFlipAt.apply((at): [string, string | undefined] => [args.mail[index]?.zone ?? "", at])))
      .apply((entries) => Object.fromEntries(entries.flatMap(([zone, at]) => (at === undefined ? [] : [[zone, at]]))));
    this.registerOutputs({ ledger: this.ledger, earliestFlipAt: this.earliestFlipAt });
  }
}

type Make = (options: pulumi.CustomResourceOptions) => readonly pulumi.CustomResource[];

function partsOf(args: SitePauseArgs): Readonly<Record<Part, Make>> {
  const offline = args.state === "offline";
  const { maxWaitSeconds, stuckAfterSeconds, buffer, servers } = args;
  const patience = {
    ...(maxWaitSeconds === undefined ? {} : { maxWaitSeconds }),
    ...(stuckAfterSeconds === undefined ? {} : { stuckAfterSeconds }),
  };
  const ttlSeconds = args.state === "online" ? {} : { ttlSeconds: args.pausedTtlSeconds ?? 300 };
  const exchanges = offline ? { exchanges: [{ preference: 10, exchange: buffer.host }] } : {};
  return {
    gate: (options) => [
      new ReadinessGate(
        "ready",
        { name: "ready", state: offline ? "closed" : "open", servers: [...servers], ports: [...(args.readyWhen ?? [])], ...patience },
        options,
      ),
    ],
    queue: (options) => [
      new BackupMxQueue(
        buffer.host,
        { ...buffer, domains: args.mail.map(({ zone }) => zone), state: offline ? "held" : "released", ...patience },
        options,
      ),
    ],
    mx: (options) => args.mail.map((mail) => new MxRecord(mail.zone, { ...mail, ...ttlSeconds, ...exchanges, ...patience }, options)),
    transport: (options) =>
      servers.map(
        (server) =>
          new TransportState(
            server,
            { server, state: offline ? "drained" : "running", allowStuck: stuckOn(server, args.allowStuck ?? []), ...patience },
            options,
          ),
      ),
    databases: (options) => [
      new MailboxDatabaseState(
        args.dag,
        {
          dag: args.dag,
          servers: [...servers],
          state: offline ? "dismounted" : "mounted",
          allowBehind: [...(args.allowBehind ?? [])],
          leaveDismounted: [...(args.leaveDismounted ?? [])],
          ...patience,
        },
        options,
      ),
    ],
  };
}

/** The next hops of `ex03\partner.example` that belong to one server. */
function stuckOn(server: string, allowStuck: readonly string[]): string[] {
  return allowStuck.flatMap((queue) => {
    const [owner = "", nextHop] = queue.split("\\");
    return nextHop !== undefined && owner.toLowerCase() === server.toLowerCase() ? [nextHop] : [];
  });
}
