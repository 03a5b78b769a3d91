// Asks everything that a gate names: Exchange servers for their services and their directory, ports for a connection.
import type { ReadOptions } from "../../common/options.ts";
import { messageOf, reasonOf } from "../../common/reason.ts";
import { readAgainOnce } from "../../engine/retry.ts";
import { getAvailabilityGroups } from "../../exchange/availability-group.ts";
import { directoryService, getServices, replicationService, storeService } from "../../exchange/services.ts";
import type { Site } from "../site.ts";
import type { ReadinessGateArgs } from "./shape.ts";

export interface ActualGate {
  readonly probes: readonly { readonly what: string; readonly problem?: string }[];
}

export async function observe(site: Site, args: ReadinessGateArgs, _recorded: unknown, options: ReadOptions): Promise<ActualGate> {
  if (args.state === "closed") return { probes: [] };
  const servers = args.servers.map(async (server) => ({ what: server, ...(await problemOf(() => probeServer(site, server, options))) }));
  const ports = args.ports.map(async (port) => ({ what: port, ...(await problemOf(() => site.connect(port, options.signal))) }));
  return { probes: await Promise.all([...servers, ...ports]) };
}

/** A wrong password will not come right by waiting, so it is no answer of a probe; nor is a session that a server recycled just then. */
async function problemOf(probe: () => Promise<void>): Promise<{ problem?: string }> {
  try {
    await readAgainOnce(probe);
    return {};
  } catch (error) {
    if (reasonOf(error) === "denied") throw error;
    return { problem: messageOf(error) };
  }
}

/** The endpoints come up before the services that mount databases; a mount in between is refused for good. */
const neededServices = [directoryService, replicationService, storeService] as const;

async function probeServer(site: Site, server: string, options: ReadOptions): Promise<void> {
  const services = await getServices(site.exchange, server, neededServices, options);
  const down = services.find(({ status }) => status !== "Running");
  if (down !== undefined) throw new Error(`${down.name} on ${server} is ${down.status}`);
  await getAvailabilityGroups(site.exchange, server, options);
}
