// Readings and recorded states of contoso.com, ex01 and DAG1 as tests want them: everything in order, unless told otherwise.
import { type Exchange, keyOf } from "../../provider/dns/sets.ts";
import type { DatabaseCopy } from "../../provider/exchange/databases.ts";
import type { SmtpReading } from "../../provider/mail/probe.ts";
import type { ActualDatabase, ActualDatabases } from "../../provider/resources/mailbox-database-state/observe.ts";
import type { DatabaseRecorded, MailboxDatabaseStateArgs } from "../../provider/resources/mailbox-database-state/shape.ts";
import type { ActualMx, MxAnswer } from "../../provider/resources/mx-record/observe.ts";
import type { MxRecordArgs, MxRecorded } from "../../provider/resources/mx-record/shape.ts";
import type { ActualTransport, QueueReading } from "../../provider/resources/transport-state/observe.ts";
import type { TransportStateArgs } from "../../provider/resources/transport-state/shape.ts";

export const program = "contoso/berlin";
/** The mark of this program on a record whose set normally has a TTL of 3,600 s. */
export const mark = `pulumi-exchange ${program}: paused; normally TTL 3600`;

export function mx(host: string, preference = 10): Exchange {
  return { preference, exchange: host };
}
export const mail = mx("mail.contoso.com");
export const mail2 = mx("mx2.contoso.com", 20);
export const buffer = mx("buffer.contoso-mail.net");
export const stranger = mx("mx.provider.example");

/** Without `exchanges` and `ttlSeconds`: as it normally is. */
export function mxArgs(overrides: Partial<MxRecordArgs> = {}): MxRecordArgs {
  return { zone: "contoso.com", name: "@", provider: "cloudflare", maxWaitSeconds: 900, stuckAfterSeconds: 900, ...overrides };
}
export const online = mxArgs();
export const prepared = mxArgs({ ttlSeconds: 300 });
export const offline = mxArgs({ exchanges: [buffer], ttlSeconds: 300 });

export function mxRecorded(normal: Partial<MxRecorded["normal"]> = {}, seen: Omit<MxRecorded, "normal"> = {}): MxRecorded {
  return { normal: { exchanges: [mail], ttlSeconds: 3600, notes: {}, ...normal }, ...seen };
}

/** One server's answer. */
export function answer(
  server: string,
  exchanges: readonly Exchange[],
  ttlSeconds: number,
  more: { serial?: number; authoritative?: boolean } = {},
): MxAnswer {
  return { server, outcome: "answered", exchanges, ttlSeconds, authoritative: true, serial: 2026120401, ...more };
}
export const servers = ["ns1.contoso-dns.net", "ns2.contoso-dns.net"] as const;

/** What the API holds, with both servers answering the same unless `answers` are given. */
export function actualMx(overrides: Partial<ActualMx> = {}): ActualMx {
  const { exchanges = [mail], ttlSeconds = 3600, notes = {} } = overrides;
  const served = ttlSeconds === 1 ? 300 : ttlSeconds;
  return {
    exchanges,
    ttlSeconds,
    notes,
    writable: true,
    comments: true,
    answers: servers.map((server) => answer(server, exchanges, served)),
    probes: [],
    atRest: [],
    ttlRange: { least: 60, greatest: 86_400 },
    attributes: {},
    takes: ["proxied", "settings", "tags"],
    markedBy: Object.values(notes).some((note) => note === mark) ? [program] : [],
    program,
    timeZone: "Europe/Berlin",
    ...overrides,
  };
}

/** The mark on each of these. */
export function markedNotes(...exchanges: readonly Exchange[]): Readonly<Record<string, string>> {
  return Object.fromEntries(exchanges.map((exchange) => [keyOf(exchange), mark]));
}

/** A mail host that takes the domain's mail over TLS and nothing else. */
export function takesMail(): SmtpReading & { reachable: true } {
  return {
    reachable: true,
    greeting: "buffer.contoso-mail.net ESMTP",
    startTls: true,
    recipients: [
      { address: "postmaster@contoso.com", expected: "accepted", code: 250, text: "2.1.5 Ok" },
      { address: "nobody-here-4711@contoso.com", expected: "refused", code: 550, text: "5.1.1 User unknown" },
    ],
  };
}

export function transportArgs(state: TransportStateArgs["state"], overrides: Partial<TransportStateArgs> = {}): TransportStateArgs {
  return { server: "ex01", state, allowStuck: [], maxWaitSeconds: 900, stuckAfterSeconds: 900, ...overrides };
}

export function actualTransport(overrides: Partial<ActualTransport> = {}): ActualTransport {
  const smtp = { smtpHost: "ex01.contoso.local", smtp: undefined, tokenSender: "postmaster@contoso.com", proved: false };
  return { service: "Running", startType: "Automatic", maintenance: "", queues: [], ...smtp, ...overrides };
}

export function queue(nextHop: string, messages: number, overrides: Partial<QueueReading> = {}): QueueReading {
  return { identity: `EX01\\${nextHop}`, nextHop, messages, delivery: "leaves", suspended: false, lastError: "", ...overrides };
}

export function databaseArgs(
  state: MailboxDatabaseStateArgs["state"],
  overrides: Partial<MailboxDatabaseStateArgs> = {},
): MailboxDatabaseStateArgs {
  return {
    dag: "DAG1",
    servers: ["ex01", "ex02", "ex03", "ex04"],
    state,
    leaveDismounted: [],
    allowBehind: [],
    maxWaitSeconds: 900,
    stuckAfterSeconds: 900,
    ...overrides,
  };
}

/** A database of two copies, active on `activeOn`, level on `copy`. */
export function database(name: string, overrides: Partial<ActualDatabase> = {}): ActualDatabase {
  const { activeOn = "ex01", mounted = true } = overrides;
  const copies = [copy(name, activeOn, { status: mounted ? "Mounted" : "Dismounted" }), copy(name, "ex03")];
  return { name, mounted, activeOn, copies, ...overrides };
}

export function copy(database: string, server: string, overrides: Partial<DatabaseCopy> = {}): DatabaseCopy {
  return { database, server, status: "Healthy", copyQueueLength: 0, replayQueueLength: 0, replayLagMs: 0, ...overrides };
}

/** DAG1 with DB01 and DB02 mounted, DB08 not. */
export function actualDatabases(overrides: Partial<ActualDatabases> = {}): ActualDatabases {
  return {
    servers: ["ex01", "ex02", "ex03", "ex04"],
    preferenceMoveFrequency: "01:00:00",
    databases: [database("DB01"), database("DB02", { activeOn: "ex02" }), database("DB08", { mounted: false })],
    pausedServers: [],
    ...overrides,
  };
}

export function databaseRecorded(overrides: Partial<DatabaseRecorded["normal"]> = {}): DatabaseRecorded {
  return {
    normal: {
      mounted: ["DB01", "DB02"],
      activeOn: { DB01: "ex01", DB02: "ex02", DB08: "ex01" },
      preferenceMoveFrequency: "01:00:00",
      ...overrides,
    },
  };
}
