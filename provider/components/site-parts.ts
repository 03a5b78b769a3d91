// What a site consists of for a given word: every resource with its arguments, as data. Pure; who waits for whom stands in site-order.ts.
import { type Input, RunError } from "@pulumi/pulumi";
import { BackupMxQueue, MailboxDatabaseState, MxRecord, ReadinessGate, TransportState } from "../resources/index.ts";
import { type Part, part } from "./stages.ts";
import type { Word } from "./word.ts";

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
  /**
   * Parts, by the names that their rows show (`ex04`, `contoso.org`, `DAG1`), that may be taken out of the program although they are not as they
   * normally are. They stay as they are.
   */
  readonly abandon?: readonly string[];
  /** Longest wait with a known end that one run waits out, in seconds. @default 900 */
  readonly maxWaitSeconds?: number;
  /** Seconds without progress after which a run stops for a person. @default 900 */
  readonly stuckAfterSeconds?: number;
}

/** The parts of a site, the same ones whatever the word; only what is asked of them differs. */
export interface SiteParts {
  readonly gate: readonly Part[];
  readonly queue: readonly Part[];
  readonly mx: readonly Part[];
  /** One for each server. */
  readonly transport: readonly Part[];
  readonly databases: readonly Part[];
}

/** What each word asks of each part. */
const asked = {
  online: { gate: "open", queue: "released", mx: "as it normally is", transport: "running", databases: "mounted" },
  prepared: { gate: "open", queue: "released", mx: "with a low TTL", transport: "running", databases: "mounted" },
  offline: { gate: "closed", queue: "held", mx: "the buffer", transport: "drained", databases: "dismounted" },
} as const;

/** @throws {pulumi.RunError} when `abandon` names no part */
export function partsOf(args: SitePauseArgs): SiteParts {
  const { abandon = [] } = args;
  const parts = partsAsked(args);
  const names = [parts.queue, parts.mx, parts.transport, parts.databases].flat().map(({ name }) => name);
  const unknown = abandon.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new RunError(`abandon: expected names of parts (${names.join(", ")}), found ${unknown.join(", ")}.`);
  const leaving = (some: readonly Part[]) =>
    some.map((one) => (abandon.includes(one.name) ? { ...one, args: { ...one.args, abandon: true } } : one));
  const { gate, queue, mx, transport, databases } = parts;
  return { gate, queue: leaving(queue), mx: leaving(mx), transport: leaving(transport), databases: leaving(databases) };
}

function partsAsked(args: SitePauseArgs): SiteParts {
  const { maxWaitSeconds, stuckAfterSeconds, buffer, servers, dag, state } = args;
  const { configDirectory: _postfix, logFile: _log, ...turnsAt } = buffer;
  const patience = {
    ...(maxWaitSeconds === undefined ? {} : { maxWaitSeconds }),
    ...(stuckAfterSeconds === undefined ? {} : { stuckAfterSeconds }),
  };
  const common = { turnsAt, ...patience };
  const ask = asked[state];
  const domains = args.mail.map(({ zone }) => zone);
  const lowTtl = { ttlSeconds: args.pausedTtlSeconds ?? 300 };
  const mxAsks = {
    "as it normally is": {},
    "with a low TTL": lowTtl,
    "the buffer": { ...lowTtl, exchanges: [{ preference: 10, exchange: buffer.host }] },
  }[ask.mx];
  return {
    gate: [
      part(ReadinessGate, "ready", {
        name: "ready",
        state: ask.gate,
        servers: [...servers],
        ports: [...(args.readyWhen ?? [])],
        ...common,
      }),
    ],
    queue: [part(BackupMxQueue, buffer.host, { ...buffer, domains, state: ask.queue, ...patience })],
    mx: args.mail.map((mail) => part(MxRecord, mail.zone, { ...mail, ...mxAsks, ...common })),
    transport: servers.map((server) =>
      part(TransportState, server, { server, state: ask.transport, allowStuck: stuckOn(server, args.allowStuck ?? []), ...common }),
    ),
    databases: [
      part(MailboxDatabaseState, dag, {
        dag,
        servers: [...servers],
        state: ask.databases,
        allowBehind: [...(args.allowBehind ?? [])],
        leaveDismounted: [...(args.leaveDismounted ?? [])],
        ...common,
      }),
    ],
  };
}

/** The next hops of `ex03\\partner.example` that belong to one server. */
function stuckOn(server: string, allowStuck: readonly string[]): string[] {
  return allowStuck.flatMap((queue) => {
    const [owner = "", nextHop] = queue.split("\\");
    return nextHop !== undefined && owner.toLowerCase() === server.toLowerCase() ? [nextHop] : [];
  });
}
