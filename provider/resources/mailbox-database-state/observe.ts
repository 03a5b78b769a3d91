// Reads the databases of one DAG: what is mounted where, how level the copies are, and whether the servers bear a mark of maintenance.
import { sameName } from "../../common/names.ts";
import type { ReadOptions } from "../../common/options.ts";
import { isSilence } from "../../common/reason.ts";
import { getAvailabilityGroup } from "../../exchange/availability-group.ts";
import { type DatabaseCopy, getMailboxDatabaseCopies, getMailboxDatabases } from "../../exchange/databases.ts";
import { getService, transportService } from "../../exchange/services.ts";
import type { Site } from "../site.ts";
import type { MailboxDatabaseStateArgs } from "./shape.ts";

export interface ActualDatabases {
  /** Every server of the DAG, by short name. */
  readonly servers: readonly string[];
  readonly preferenceMoveFrequency: string;
  /** Sorted by name; recovery databases are not among them. */
  readonly databases: readonly ActualDatabase[];
  /** Servers whose transport is paused: the site is in a pause. */
  readonly pausedServers: readonly string[];
}

export interface ActualDatabase {
  readonly name: string;
  /** `undefined`: Exchange does not know just now. */
  readonly mounted: boolean | undefined;
  readonly activeOn: string;
  readonly copies: readonly DatabaseCopy[];
}

/** @throws {CmdletError} @throws {RemotingError} when no server of the DAG answers */
export async function observe(
  site: Site,
  args: MailboxDatabaseStateArgs,
  _recorded: unknown,
  options: ReadOptions,
): Promise<ActualDatabases> {
  const { exchange } = site;
  const via = askedServer(site, args);
  const dag = await getAvailabilityGroup(exchange, via, args.dag, options);
  const [databases, copies, services] = await Promise.all([
    getMailboxDatabases(exchange, via, options),
    Promise.all(dag.servers.map((server) => getMailboxDatabaseCopies(exchange, via, server, options))),
    Promise.all(args.servers.map(async (server) => ({ server, service: await statusOf(site, server, options) }))),
  ]);
  const ofDag = databases.filter((database) => !database.recovery && database.servers.some((server) => dag.servers.includes(server)));
  return {
    servers: dag.servers,
    preferenceMoveFrequency: dag.preferenceMoveFrequency,
    databases: ofDag
      .map((database) => ({
        name: database.name,
        mounted: database.mounted,
        activeOn: database.activeOn,
        copies: copies
          .flat()
          .filter((copy) => sameName(copy.database, database.name))
          // A copy whose server is silent does not say itself that it is lagged; the directory does.
          .map((copy) => ({ ...copy, replayLagMs: copy.replayLagMs || (database.replayLagsMs[copy.server] ?? 0) })),
      }))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    pausedServers: services.flatMap(({ server, service }) => (service === "Paused" ? [server] : [])),
  };
}

/** The server that is asked about the DAG; any of the others stands in for it. */
export function askedServer({ exchange }: Site, { servers }: MailboxDatabaseStateArgs): string {
  exchange.know(servers);
  return servers[0] ?? "";
}

/** Milliseconds that a mark of maintenance is good for: it matters where a normal state is recorded, not from one step to the next. */
const markAgeMs = 60_000;

/** A server that is off says nothing about a pause; the others do. Any other answer than its state leaves a mark unseen, and is no reading. */
async function statusOf(site: Site, server: string, options: ReadOptions): Promise<string> {
  try {
    const looked = { ...options, maxAgeMs: Math.max(options.maxAgeMs, markAgeMs) };
    return (await getService(site.exchange, server, transportService, looked)).status;
  } catch (error) {
    if (!isSilence(error)) throw error;
    return "unknown";
  }
}
