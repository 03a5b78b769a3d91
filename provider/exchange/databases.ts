// Reads mailbox databases and their copies; mounts and dismounts. Sources: Get-MailboxDatabase, Get-MailboxDatabaseCopyStatus, Mount-Database,
// Dismount-Database. Any server is asked: it speaks to the Active Manager and the replication services of the others, and says `ServiceDown` of a
// copy whose server is silent. Mounting is asked of the server with the active copy only because that is the likeliest to be there.
import type { ActOptions, ReadOptions } from "../common/options.ts";
import type { PsObject } from "../remoting/clixml/values.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { serverName } from "./endpoints.ts";
import type { Organisation } from "./organisation.ts";
import { flagIn, optionalNumberIn, optionalTextIn, textIn, textsIn, timeSpanMs } from "./parse.ts";
import { databaseCopies, databases, inferred, viewOnlyConfiguration } from "./roles.ts";
import { serviceReadings } from "./services.ts";

export interface Database {
  readonly name: string;
  /** `undefined`: the server does not know just now. */
  readonly mounted: boolean | undefined;
  /** Short name of the server whose copy is active. */
  readonly activeOn: string;
  /** Short names of all servers with a copy. */
  readonly servers: readonly string[];
  /** The DAG, or the server of a database without copies. */
  readonly master: string;
  /** Of each lagged copy, by the short name of its server: milliseconds for which it keeps logs before it replays them. */
  readonly replayLagsMs: Readonly<Record<string, number>>;
  /** A recovery database is nobody's mailbox: it is left alone. */
  readonly recovery: boolean;
}

export interface DatabaseCopy {
  readonly database: string;
  readonly server: string;
  /** Mounted, Dismounted, Healthy, Initializing, ServiceDown, … */
  readonly status: string;
  /** Logs that this copy has not received. `undefined`: it does not know which log is the newest. */
  readonly copyQueueLength: number | undefined;
  /** Logs that it has not replayed; `undefined` where it does not know. */
  readonly replayQueueLength: number | undefined;
  /** Milliseconds for which a lagged copy keeps logs before it replays them; 0 for any other. */
  readonly replayLagMs: number;
}

const anyServer = { endpoint: "exchange", scope: "anyServer", domainController: true } as const;
const oneDatabase = { Identity: "DatabaseIdParameter", Confirm: "SwitchParameter" } as const;

export const GetMailboxDatabase = defineCmdlet({
  name: "Get-MailboxDatabase",
  ...anyServer,
  writes: false,
  parameters: { Status: "SwitchParameter" },
  role: viewOnlyConfiguration,
});

export const GetMailboxDatabaseCopyStatus = defineCmdlet({
  name: "Get-MailboxDatabaseCopyStatus",
  ...anyServer,
  writes: false,
  parameters: { Server: "MailboxServerIdParameter" },
  role: inferred(databaseCopies),
});

export const DismountDatabase = defineCmdlet({
  name: "Dismount-Database",
  ...anyServer,
  writes: true,
  parameters: oneDatabase,
  role: databases,
});

export const MountDatabase = defineCmdlet({ name: "Mount-Database", ...anyServer, writes: true, parameters: oneDatabase, role: databases });

/** All databases of the organisation with their mount state; `server` only answers. @see Get-MailboxDatabase -Status */
export async function getMailboxDatabases(organisation: Organisation, server: string, options: ReadOptions): Promise<readonly Database[]> {
  return organisation.shared("databases", options.maxAgeMs, async () => {
    const objects = await organisation.run(server, GetMailboxDatabase, { Status: true }, options);
    return objects.map((object) => ({
      name: textIn(object, "Name", GetMailboxDatabase),
      mounted: flagIn(object, "Mounted"),
      activeOn: serverName(textIn(object, "Server", GetMailboxDatabase)),
      servers: textsIn(object, "Servers").map(serverName),
      master: optionalTextIn(object, "MasterServerOrAvailabilityGroup"),
      replayLagsMs: replayLagsIn(object),
      recovery: flagIn(object, "Recovery") ?? false,
    }));
  });
}

/** Every copy on one server, active or passive. @see Get-MailboxDatabaseCopyStatus -Server */
export async function getMailboxDatabaseCopies(
  organisation: Organisation,
  via: string,
  server: string,
  options: ReadOptions,
): Promise<readonly DatabaseCopy[]> {
  return organisation.shared(`copies ${server}`, options.maxAgeMs, async () => {
    const objects = await organisation.run(via, GetMailboxDatabaseCopyStatus, { Server: server }, options);
    return objects.map((object) => ({
      database: textIn(object, "DatabaseName", GetMailboxDatabaseCopyStatus),
      server: serverName(textIn(object, "MailboxServer", GetMailboxDatabaseCopyStatus)),
      status: textIn(object, "Status", GetMailboxDatabaseCopyStatus),
      copyQueueLength: logsIn(object, "CopyQueueLength"),
      replayQueueLength: logsIn(object, "ReplayQueueLength"),
      replayLagMs: replayLagIn(object),
    }));
  });
}

/** More logs than a stream has numbers for, which are of 32 bits. */
const moreThanAnyLogs = 2 ** 32;

/**
 * A queue of logs. A copy that has lost sight of the newest log gives 9223372036854775766 or a number near it: 2^63 - 1 less the logs that it has, by
 * the arithmetic of other copies. Such a number is no number of logs.
 */
function logsIn(object: PsObject, name: string): number | undefined {
  const logs = optionalNumberIn(object, name, GetMailboxDatabaseCopyStatus);
  return logs === undefined || logs < 0 || logs >= moreThanAnyLogs ? undefined : logs;
}

/** `Enabled:True; PlayDownReason:None; …; Configured:7.00:00:00; MaxDelay:1.00:00:00; Actual:7.00:02:11`; a copy without lag has one of zero. */
function replayLagIn(copy: PsObject): number {
  return timeSpanMs(/\bConfigured:([^;]*)/.exec(optionalTextIn(copy, "ReplayLagStatus"))?.[1] ?? "");
}

/** `[EX01, 00:00:00]`, `[EX02, 7.00:00:00]` */
function replayLagsIn(database: PsObject): Readonly<Record<string, number>> {
  return Object.fromEntries(
    textsIn(database, "ReplayLagTimes").flatMap((text) => {
      const [, server, lag] = /^\[([^,]+),\s*([^\]]+)\]$/.exec(text) ?? [];
      return server === undefined || lag === undefined || timeSpanMs(lag) === 0 ? [] : [[serverName(server), timeSpanMs(lag)]];
    }),
  );
}

/** Dismounts a database cleanly where it is active; Active Manager then leaves it so. @see Dismount-Database */
export async function dismountDatabase(organisation: Organisation, server: string, database: string, options?: ActOptions): Promise<void> {
  organisation.changed(serviceReadings);
  await organisation.run(server, DismountDatabase, { Identity: database, Confirm: false }, options);
  organisation.changed(serviceReadings);
}

/** Mounts a database where it is active. Refused without quorum and, in DAC mode, without the members' consent. @see Mount-Database */
export async function mountDatabase(organisation: Organisation, server: string, database: string, options?: ActOptions): Promise<void> {
  organisation.changed(serviceReadings);
  await organisation.run(server, MountDatabase, { Identity: database, Confirm: false }, options);
  organisation.changed(serviceReadings);
}
