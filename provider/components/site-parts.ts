// What a site consists of for a given word: every resource with its arguments, as data. Pure; who waits for whom stands in site-order.ts.
import type { Input } from "@pulumi/pulumi";
import { isNamed, namedTwice, namesOfNothing, sameName } from "../common/names.ts";
import {
  BackupMxQueue,
  MailboxDatabaseState,
  type MailboxDatabaseStateInputs,
  MxRecord,
  type MxRecordInputs,
  ReadinessGate,
  TransportState,
  type TransportStateInputs,
} from "../resources/index.ts";
import { hostName, sayName } from "../resources/vocabulary.ts";
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
  readonly mail: readonly {
    /** The domain, in any script. */
    readonly zone: string;
    /** Who hosts its DNS. @default `"cloudflare"` */
    readonly provider?: "cloudflare";
    /**
     * What mail hosts of the zone are asked for. The first zone's mailbox receives the test messages of a pause.
     * @default postmaster@ the zone, and an invented one
     */
    readonly probe?: {
      /** A mailbox that they must take mail for. @default postmaster@ the zone */
      readonly accepted: string;
      /** One that nobody has. @default an invented one */
      readonly refused?: string;
    };
  }[];
  /** The host that takes mail meanwhile. */
  readonly buffer: {
    /** Its name, as the MX is to say it. */
    readonly host: string;
    /** Who works there over SSH, by the key of `exchange:bufferKey`. */
    readonly user: string;
    /** The fingerprint of any one of its SSH host keys, as `ssh-keygen -lf` prints it: `SHA256:…`. */
    readonly hostKey: Input<string>;
    /** Its SSH port. @default 22 */
    readonly port?: number;
    /** Whether commands are begun with `sudo -n`; false where the user is root. @default true */
    readonly sudo?: boolean;
    /** Where Postfix has its configuration. @default /etc/postfix */
    readonly configDirectory?: string;
    /** Where Postfix writes its log; the journal is read where there is no such file. @default /var/log/mail.log */
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
   * What is normal of parts that enter the program while they are paused already, by the names that their rows show:
   * `{ "contoso.com": { exchanges, ttlSeconds }, ex02: { service }, DAG1: { mounted, preferenceMoveFrequency } }`.
   */
  readonly normal?: Readonly<
    Record<string, NormalOf<MxRecordInputs> | NormalOf<TransportStateInputs> | NormalOf<MailboxDatabaseStateInputs>>
  >;
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

type NormalOf<Args extends { readonly normal?: unknown }> = NonNullable<Args["normal"]>;

/** All arguments there are. */
export const argumentNames = {
  state: true,
  dag: true,
  servers: true,
  mail: true,
  buffer: true,
  pausedTtlSeconds: true,
  readyWhen: true,
  allowStuck: true,
  allowBehind: true,
  leaveDismounted: true,
  normal: true,
  abandon: true,
  maxWaitSeconds: true,
  stuckAfterSeconds: true,
} satisfies Record<keyof SitePauseArgs, true>;

/** Arguments and names that a site cannot have, in words: what no single resource sees, because it is given its share of them. */
export function problemsOf(args: SitePauseArgs): readonly string[] {
  const { servers, mail, allowStuck = [], abandon = [], normal = {} } = args;
  const twice = [
    ["servers", namedTwice(servers)],
    ["mail", namedTwice(mail.map(({ zone }) => hostName(zone)))],
  ].flatMap(([list, name]) => (name === undefined ? [] : [`${list}: expected each once, in whatever case, found "${name}" again.`]));
  const ofNobody = allowStuck.filter((queue) => !isNamed(servers, serverOf(queue)));
  const unknown = Object.keys(args).filter((name) => !(name in argumentNames));
  const names = Object.values(partsOf(args)).flatMap((parts: readonly Part[]) => parts.map(({ name }) => name));
  return [
    ...unknown.map((name) => `${name}: a SitePause has no such argument; it has ${Object.keys(argumentNames).join(", ")}.`),
    ...twice,
    ...ofNobody.map(
      (queue) =>
        `allowStuck: expected a queue as "ex03\\\\partner.example", on one of ${servers.join(", ")}, found ${JSON.stringify(queue)}.`,
    ),
    ...Object.entries({ abandon, normal: Object.keys(normal) }).flatMap(([list, typed]) =>
      namesOfNothing(typed, names).map((name) => `${list}: expected the name of a part (${names.join(", ")}), found "${name}".`),
    ),
  ];
}

export function partsOf(args: SitePauseArgs): SiteParts {
  const { gate, queue, mx, transport, databases } = partsAsked(args);
  const said = (parts: readonly Part[]) => parts.map((one) => ({ ...one, args: { ...one.args, ...saidOf(args, one.name) } }));
  return { gate: said(gate), queue: said(queue), mx: said(mx), transport: said(transport), databases: said(databases) };
}

/** What the program says of the one part that its rows call `part`. */
function saidOf({ abandon = [], normal = {} }: SitePauseArgs, part: string): object {
  const found = Object.entries(normal).find(([name]) => sameName(name, part));
  return { ...(found === undefined ? {} : { normal: found[1] }), ...(isNamed(abandon, part) ? { abandon: true } : {}) };
}

function partsAsked(args: SitePauseArgs): SiteParts {
  const { maxWaitSeconds, stuckAfterSeconds, dag, state } = args;
  // One spelling from here on, so that resources keep their names however the program writes those of hosts, servers and zones.
  const servers = args.servers.map((server) => server.toLowerCase());
  const buffer = { ...args.buffer, host: hostName(args.buffer.host) };
  const zones = args.mail.map((mail) => ({ ...mail, zone: hostName(mail.zone) }));
  const { configDirectory: _postfix, logFile: _log, ...turnsAt } = buffer;
  const patience = {
    ...(maxWaitSeconds === undefined ? {} : { maxWaitSeconds }),
    ...(stuckAfterSeconds === undefined ? {} : { stuckAfterSeconds }),
  };
  const common = { turnsAt, ...patience };
  const ask = asked[state];
  const domains = zones.map(({ zone }) => zone);
  const [first] = zones;
  const token = first === undefined ? {} : { token: first.probe?.accepted ?? `postmaster@${first.zone}` };
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
    queue: [part(BackupMxQueue, sayName(buffer.host), { ...buffer, domains, state: ask.queue, ...token, ...patience })],
    mx: zones.map((mail) => part(MxRecord, sayName(mail.zone), { ...mail, ...mxAsks, ...common })),
    transport: servers.map((server) =>
      part(TransportState, server, {
        server,
        state: ask.transport,
        allowStuck: stuckOn(server, args.allowStuck ?? []),
        ...token,
        ...common,
      }),
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
  return allowStuck.filter((queue) => sameName(serverOf(queue), server)).map((queue) => queue.slice(queue.indexOf("\\") + 1));
}

/** Nobody's where no server is named. */
function serverOf(queue: string): string {
  return queue.slice(0, Math.max(0, queue.indexOf("\\")));
}
