// Reads the transport of one server: its service, its queues, and the component that says whether it is in maintenance.
import type { Look } from "../../engine/kind.ts";
import { getServerComponents } from "../../exchange/components.ts";
import { fateOf, getQueues, type QueueFate } from "../../exchange/queues.ts";
import { getService, type ServiceStatus, transportService } from "../../exchange/services.ts";
import type { Site } from "../site.ts";
import type { TransportStateArgs } from "./args.ts";

export interface ActualTransport {
  readonly service: ServiceStatus;
  readonly startType: string;
  /** What the requester Maintenance asks of HubTransport; empty when nothing. */
  readonly maintenance: string;
  /** Queues with messages. `undefined` while the service is stopped, when nobody can tell. */
  readonly queues: readonly QueueReading[] | undefined;
}

export interface QueueReading {
  readonly nextHop: string;
  readonly fate: QueueFate;
  readonly messages: number;
  readonly lastError: string;
}

/** @throws {CmdletError} @throws {RemotingError} */
export async function observe(site: Site, args: TransportStateArgs, _memory: unknown, look: Look): Promise<ActualTransport> {
  const { exchange } = site;
  const service = await getService(exchange, args.server, transportService, look);
  const [components, queues] = await Promise.all([
    getServerComponents(exchange, args.server, args.server, look),
    service.status === "Running" || service.status === "Paused" ? getQueues(exchange, args.server, look) : undefined,
  ]);
  return {
    service: service.status,
    startType: service.startType,
    maintenance: components.find(({ component }) => component === "HubTransport")?.maintenance ?? "",
    queues: queues
      ?.filter((queue) => queue.messageCount > 0)
      .map((queue) => ({ nextHop: queue.nextHop, fate: fateOf(queue), messages: queue.messageCount, lastError: queue.lastError }))
      .sort((one, other) => other.messages - one.messages || (one.nextHop < other.nextHop ? -1 : 1)),
  };
}
