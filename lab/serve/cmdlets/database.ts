// Plays Get-MailboxDatabase, Mount-Database and Dismount-Database. Properties: facts/exchange.md 4.1; words of mount errors: articles of
// Microsoft and transcripts, the automount consensus as an administrator would search for it (exact text not settled, facts 13).
import type { PsObject } from "../../../provider/remoting/clixml/values.ts";
import { shown } from "../../world/cast.ts";
import { type MountRefusal, MountRefused } from "../../world/dag.ts";
import type { Database } from "../../world/databases.ts";
import type { Site } from "../../world/site.ts";
import { sizeText, spanText } from "../../world/text.ts";
import type { Answer, Call } from "./call.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { databaseProperties } from "./database-properties.ts";
import { categories, refuse } from "./errors.ts";
import { databaseNames, knownServer, named, theDatabase } from "./lookup.ts";
import { administrativeGroup, type DirectoryView, directoryObject, texts, utcDate } from "./wire.ts";

export const GetMailboxDatabase = defineCmdlet({
  name: "Get-MailboxDatabase",
  reads: ["Identity", "Server", "Status", "IncludePreExchange2013"],
  roles: { named: ["View-Only Configuration"], inferred: ["Database Copies", "Databases"] },
  run(call) {
    const { site, args } = call;
    const server = args.text("Server");
    const host = server === undefined ? undefined : knownServer(call, server);
    const found = named(call, site.databases, databaseNames).filter(
      (database) => host === undefined || database.copyOn(host.name) !== undefined,
    );
    const withStatus = args.flag("Status");
    const unreachable = new Set(
      found.filter((database) => withStatus && isMounted(site, database) === null).map((database) => database.active),
    );
    return {
      output: found.map((database) => databaseObject(call, database, withStatus)),
      warnings: [...unreachable].map((name) => storeUnreachable(site, name)),
    };
  },
});

export const MountDatabase = defineCmdlet({
  name: "Mount-Database",
  prompts: true,
  reads: ["Identity", "Force", "AcceptDataLoss"],
  roles: { named: ["Databases"] },
  run(call) {
    const database = theDatabase(call);
    if (call.args.flag("WhatIf")) return {};
    return attempt(call, database, "mount", () => call.site.dag.mount(database));
  },
});

export const DismountDatabase = defineCmdlet({
  name: "Dismount-Database",
  prompts: true,
  reads: ["Identity"],
  roles: { named: ["Databases"] },
  run(call) {
    const database = theDatabase(call);
    if (call.args.flag("WhatIf")) return {};
    return attempt(call, database, "dismount", () => call.site.dag.dismount(database));
  },
});

function attempt(call: Call, database: Database, verb: "mount" | "dismount", act: () => void): Answer {
  try {
    act();
    return {};
  } catch (error) {
    if (!(error instanceof MountRefused)) throw error;
    const host = call.site.server(database.active)?.fqdn ?? database.active;
    return refuse(call, {
      message: `Failed to ${verb} database "${database.name}". Error: An Active Manager operation failed. Error: ${reasonOf(error.refusal, host)}`,
      exception: "System.InvalidOperationException",
      category: categories.invalidOperation,
      targetName: database.name,
    });
  }
}

function reasonOf(refusal: MountRefusal, host: string): string {
  switch (refusal) {
    case "serverDown":
    case "replicationStopped":
      return (
        "An error occurred while communicating with the Microsoft Exchange Replication service to " +
        `complete the operation. Server: '${host}'. Error: Error 0x6ba (The RPC server is unavailable).`
      );
    case "storeStopped":
      return `The database action failed. Error: The Microsoft Exchange Information Store service is not running on server '${host}'.`;
    case "noQuorum":
      return (
        "An Active Manager operation encountered an error. To perform this operation, the server must be a member of a database " +
        "availability group, and the database availability group must have quorum. Error: Quorum isn't reached."
      );
    case "noConsensus":
      return (
        "An Active Manager operation encountered an error. To perform this operation, the server must be a member of a database " +
        "availability group, and the database availability group must have quorum. Error: Automount consensus not reached."
      );
  }
}

function storeUnreachable(site: Site, server: string): string {
  const fqdn = site.server(server)?.fqdn ?? server;
  return `Exchange can't connect to the Information Store service on server ${fqdn}. Make sure that the service is running and that there is network connectivity to the server.`;
}

/** `null` when the store that would know does not answer. */
function isMounted(site: Site, database: Database): boolean | null {
  const server = site.server(database.active);
  return server?.isUp() && server.runs("MSExchangeIS") ? database.mounted : null;
}

function databaseObject(view: DirectoryView, database: Database, withStatus: boolean): PsObject {
  const { site } = view;
  const server = site.server(database.active);
  const mounted = withStatus ? isMounted(site, database) : null;
  const copies = [...database.copies].sort((one, other) => one.preference - other.preference);
  const perCopy = (value: (copy: (typeof copies)[number]) => string | number) =>
    texts(copies.map((copy) => `[${shown(copy.server)}, ${value(copy)}]`));
  const properties = {
    ...databaseProperties(database.name),
    BackupInProgress: withStatus && mounted !== null ? false : null,
    DatabaseCopies: texts(copies.map((copy) => `${database.name}\\${shown(copy.server)}`)),
    AllDatabaseCopies: texts(copies.map((copy) => `${database.name}\\${shown(copy.server)}`)),
    InvalidDatabaseCopies: texts([]),
    Servers: texts(copies.map((copy) => shown(copy.server))),
    ActivationPreference: perCopy((copy) => copy.preference),
    ReplayLagTimes: perCopy((copy) => spanText(copy.replayLagMs)),
    TruncationLagTimes: perCopy(() => "00:00:00"),
    MountedOnServer: withStatus ? (server?.fqdn ?? null) : null,
    Server: shown(database.active),
    ServerName: shown(database.active),
    MasterServerOrAvailabilityGroup: site.cast.dag,
    MasterType: "DatabaseAvailabilityGroup",
    WorkerProcessId: mounted === true ? 4_000 + Number(database.name.slice(2)) * 12 : null,
    Mounted: mounted,
    MountAtStartup: database.mountAtStartup,
    OnlineMaintenanceInProgress: withStatus && mounted !== null ? false : null,
    DatabaseCreated: utcDate(database.createdAtMs),
    DatabaseSize: mounted === true ? sizeText(database.sizeBytes) : null,
    AvailableNewMailboxSpace: mounted === true ? sizeText(33_554_432) : null,
  };
  const types = ["MailboxDatabase", "Database", "ADConfigurationObject"].map(
    (name) => `Microsoft.Exchange.Data.Directory.SystemConfiguration.${name}`,
  );
  return directoryObject(view, types, properties, {
    name: database.name,
    container: `CN=Databases,${administrativeGroup}`,
    schemaClass: "ms-Exch-Private-MDB",
    objectClasses: ["top", "msExchMDB", "msExchPrivateMDB"],
    guid: database.guid,
    schemaVersion: "0.10 (14.0.100.0)",
  });
}
