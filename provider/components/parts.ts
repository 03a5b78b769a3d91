// What a site consists of for a given word: every resource with its arguments, as data. Pure; who waits for whom stands in order.ts.
import type { Input } from "@pulumi/pulumi";
import type { BackupMxQueueInputs } from "../resources/backup-mx-queue/index.ts";
import type { MailboxDatabaseStateInputs } from "../resources/mailbox-database-state/index.ts";
import type { MxRecordInputs } from "../resources/mx-record/index.ts";
import type { ReadinessGateInputs } from "../resources/readiness-gate/index.ts";
import type { TransportStateInputs } from "../resources/transport-state/index.ts";
import type { Part, Word } from "./order.ts";

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
    readonly hostKey: Input<string>;
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

/** One resource of a part: the kind, the name that rows show, and what is asked of it. */
export type PartResource =
  | { readonly kind: "ReadinessGate"; readonly name: string; readonly args: ReadinessGateInputs }
  | { readonly kind: "BackupMxQueue"; readonly name: string; readonly args: BackupMxQueueInputs }
  | { readonly kind: "MxRecord"; readonly name: string; readonly args: MxRecordInputs }
  | { readonly kind: "TransportState"; readonly name: string; readonly args: TransportStateInputs }
  | { readonly kind: "MailboxDatabaseState"; readonly name: string; readonly args: MailboxDatabaseStateInputs };

/** The resources of each part, the same ones whatever the word; only what is asked of them differs. */
export function partsOf(args: SitePauseArgs): Readonly<Record<Part, readonly PartResource[]>> {
  const offline = args.state === "offline";
  const { maxWaitSeconds, stuckAfterSeconds, buffer, servers, dag } = args;
  const { configDirectory: _postfix, logFile: _log, ...turnsAt } = buffer;
  const patience = {
    ...(maxWaitSeconds === undefined ? {} : { maxWaitSeconds }),
    ...(stuckAfterSeconds === undefined ? {} : { stuckAfterSeconds }),
  };
  const ttl = args.state === "online" ? {} : { ttlSeconds: args.pausedTtlSeconds ?? 300 };
  const common = { turnsAt, ...patience };
  const standIn = offline ? { exchanges: [{ preference: 10, exchange: buffer.host }] } : {};
  const gate: ReadinessGateInputs = {
    name: "ready",
    state: offline ? "closed" : "open",
    servers: [...servers],
    ports: [...(args.readyWhen ?? [])],
  };
  const queue: BackupMxQueueInputs = { ...buffer, domains: args.mail.map(({ zone }) => zone), state: offline ? "held" : "released" };
  const databases: MailboxDatabaseStateInputs = {
    dag,
    servers: [...servers],
    state: offline ? "dismounted" : "mounted",
    allowBehind: [...(args.allowBehind ?? [])],
    leaveDismounted: [...(args.leaveDismounted ?? [])],
  };
  return {
    gate: [{ kind: "ReadinessGate", name: "ready", args: { ...gate, ...common } }],
    queue: [{ kind: "BackupMxQueue", name: buffer.host, args: { ...queue, ...patience } }],
    mx: args.mail.map((mail) => ({ kind: "MxRecord", name: mail.zone, args: { ...mail, ...ttl, ...standIn, ...common } })),
    transport: servers.map((server) => ({
      kind: "TransportState",
      name: server,
      args: { server, state: offline ? "drained" : "running", allowStuck: stuckOn(server, args.allowStuck ?? []), ...common },
    })),
    databases: [{ kind: "MailboxDatabaseState", name: dag, args: { ...databases, ...common } }],
  };
}

/** The next hops of `ex03\\partner.example` that belong to one server. */
function stuckOn(server: string, allowStuck: readonly string[]): string[] {
  return allowStuck.flatMap((queue) => {
    const [owner = "", nextHop] = queue.split("\\");
    return nextHop !== undefined && owner.toLowerCase() === server.toLowerCase() ? [nextHop] : [];
  });
}
