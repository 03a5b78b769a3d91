// Mailbox databases and their copies. Sources: Get-MailboxDatabase, Get-MailboxDatabaseCopyStatus, Mount-Database, Dismount-Database.
// Door: any. Whichever server is asked speaks to the Active Manager and the replication services of the others, and says `ServiceDown` of a copy
// whose server is silent. The server that has the active copy is asked to mount and dismount only because it is the likeliest to be there.

import type { ActOptions, ReadOptions } from "../common/options.ts";
import { serverName } from "./doors.ts";
import type { Organisation } from "./organisation.ts";
import { flagIn, numberIn, optionalTextIn, textIn, textsIn } from "./parse.ts";
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
  /** A recovery database is nobody's mailbox: it is left alone. */
  readonly recovery: boolean;
}

export interface DatabaseCopy {
  readonly database: string;
  readonly server: string;
  /** Mounted, Dismounted, Healthy, Initializing, ServiceDown, … */
  readonly status: string;
  /** Logs that this copy has not received. */
  readonly copyQueueLength: number;
  /** Logs that it has not replayed. */
  readonly replayQueueLength: number;
}

/** All databases of the organisation with their mount state; `server` only answers. @see Get-MailboxDatabase -Status */
export async function getMailboxDatabases(organisation: Organisation, server: string, options: ReadOptions): Promise<readonly Database[]> {
  return organisation.shared("databases", options.maxAgeMs, async () => {
    const objects = await organisation.run(server, "Get-MailboxDatabase", { Status: true }, options);
    return objects.map((object) => ({
      name: textIn(object, "Name", "Get-MailboxDatabase"),
      mounted: flagIn(object, "Mounted"),
      activeOn: serverName(textIn(object, "Server", "Get-MailboxDatabase")),
      servers: textsIn(object, "Servers").map(serverName),
      master: optionalTextIn(object, "MasterServerOrAvailabilityGroup"),
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
    const objects = await organisation.run(via, "Get-MailboxDatabaseCopyStatus", { Server: server }, options);
    return objects.map((object) => ({
      database: textIn(object, "DatabaseName", "Get-MailboxDatabaseCopyStatus"),
      server: serverName(textIn(object, "MailboxServer", "Get-MailboxDatabaseCopyStatus")),
      status: textIn(object, "Status", "Get-MailboxDatabaseCopyStatus"),
      copyQueueLength: numberIn(object, "CopyQueueLength", "Get-MailboxDatabaseCopyStatus"),
      replayQueueLength: numberIn(object, "ReplayQueueLength", "Get-MailboxDatabaseCopyStatus"),
    }));
  });
}

/** Dismounts a database cleanly where it is active; Active Manager then leaves it so. @see Dismount-Database */
export async function dismountDatabase(organisation: Organisation, server: string, database: string, options?: ActOptions): Promise<void> {
  organisation.changed(serviceReadings);
  await organisation.run(server, "Dismount-Database", { Identity: database, Confirm: false }, options);
  organisation.changed(serviceReadings);
}

/** Mounts a database where it is active. Refused without quorum and, in DAC mode, without the members' consent. @see Mount-Database */
export async function mountDatabase(organisation: Organisation, server: string, database: string, options?: ActOptions): Promise<void> {
  organisation.changed(serviceReadings);
  await organisation.run(server, "Mount-Database", { Identity: database, Confirm: false }, options);
  organisation.changed(serviceReadings);
}
