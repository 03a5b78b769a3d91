// Finds what an identity names, as Exchange does: by name, by FQDN, with wildcards, all when it is null.
// What an unknown name does is a switch of the world (facts/exchange.md 0.1 and 12.15).
import type { Database } from "../../world/databases.ts";
import type { Server } from "../../world/server.ts";
import { type Call, isLike } from "./call.ts";
import { refuse, refuseUnknown } from "./errors.ts";

/** Those of `all` that -Identity names: all when it is missing or null. */
export function named<Thing>(call: Call, all: readonly Thing[], namesOf: (thing: Thing) => readonly string[]): readonly Thing[] {
  const identity = call.args.text("Identity");
  if (identity === undefined) return all;
  const found = all.filter((thing) => namesOf(thing).some((name) => isLike(name, identity)));
  if (found.length > 0 || identity.includes("*")) return found;
  return call.site.switches.unknownIdentity === "returnsAll" ? all : refuseUnknown(call, identity);
}

export function serverNames(server: Server): readonly string[] {
  return [server.name, server.fqdn, server.guid];
}

export function databaseNames(database: Database): readonly string[] {
  return [database.name, database.guid];
}

/** The server that a parameter names, or the local one when it is missing. An unknown one is refused. */
export function serverOf(call: Call, parameter: string): Server {
  const name = call.args.text(parameter);
  return name === undefined ? call.local : knownServer(call, name);
}

/** A server by name. */
export function knownServer(call: Call, name: string): Server {
  const server = call.site.server(name);
  if (server !== undefined) return server;
  return refuse(call, {
    message: `The server with name or identity "${name}" couldn't be found. Make sure you've typed it correctly.`,
    exception: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
  });
}

/** The one database that -Identity of a cmdlet that changes it names. */
export function theDatabase(call: Call): Database {
  const identity = call.args.text("Identity") ?? "";
  return call.site.database(identity) ?? refuseUnknown(call, identity);
}
