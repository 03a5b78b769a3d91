// Reads the transport of one server: its service, its queues, and the component that says whether it is in maintenance.
import type { ReadOptions } from "../../common/options.ts";
import { messageOf, reasonOf } from "../../common/reason.ts";
import { getServerComponents } from "../../exchange/components.ts";
import { type DeliveryState, deliveryOf, getQueues, isSuspended, type Queue } from "../../exchange/queues.ts";
import { getService, type ServiceStatus, transportService } from "../../exchange/services.ts";
import { askMs, type HostReading } from "../known-host.ts";
import type { Site } from "../site.ts";
import type { TransportRecorded, TransportStateArgs } from "./shape.ts";

export interface ActualTransport {
  readonly service: ServiceStatus;
  readonly startType: string;
  /** What the requester Maintenance asks of HubTransport; empty when nothing. */
  readonly maintenance: string;
  /** The server's name at port 25. */
  readonly smtpHost: string;
  /** What it answers there: while nothing is paused, and while it has yet to prove that it takes mail again. */
  readonly smtp: HostReading | undefined;
  /** Envelope sender of a test message. */
  readonly tokenSender: string;
  /** Whether it took a test message to the end, in this run. */
  readonly proved: boolean;
  /** Queues with messages, and those that somebody has suspended. `undefined` when nobody can tell: while the service is stopped, or does not tell them just now. */
  readonly queues: readonly QueueReading[] | undefined;
  /** Why a service that is up does not tell its queues, as one that has just started and still reads them. */
  readonly queueProblem?: string;
}

export interface QueueReading {
  /** `EX01\\17` */
  readonly identity: string;
  readonly nextHop: string;
  readonly delivery: DeliveryState;
  readonly messages: number;
  /** Somebody has suspended it. */
  readonly suspended: boolean;
  readonly lastError: string;
}

/** @throws {CmdletError} @throws {RemotingError} */
export async function observe(
  site: Site,
  args: TransportStateArgs,
  recorded: TransportRecorded | undefined,
  options: ReadOptions,
): Promise<ActualTransport> {
  const { exchange } = site;
  // At the same time: the two are asked at two endpoints, and opening a session takes longer than anything that is asked in it.
  const [service, components] = await Promise.all([
    getService(exchange, args.server, transportService, options),
    getServerComponents(exchange, args.server, options),
  ]);
  const isUp = service.status === "Running" || service.status === "Paused";
  const smtpHost = components[0]?.serverFqdn || args.server.toLowerCase();
  const [told, smtp] = await Promise.all([
    isUp ? queuesOf(site, args.server, options) : { queues: undefined },
    service.status === "Running" ? askSmtp(site, args, recorded, smtpHost, options) : undefined,
  ]);
  return {
    smtpHost,
    smtp,
    tokenSender: site.sender ?? args.token ?? "",
    proved: args.token !== undefined && site.receiptOf(smtpHost, args.token)?.accepted === true,
    service: service.status,
    startType: service.startType,
    maintenance: components.find(({ component }) => component === "HubTransport")?.maintenance ?? "",
    ...told,
  };
}

async function askSmtp(
  site: Site,
  { token, state }: TransportStateArgs,
  recorded: TransportRecorded | undefined,
  host: string,
  { maxAgeMs, signal }: ReadOptions,
): Promise<HostReading | undefined> {
  const isAtRest = maxAgeMs > 0;
  if (token === undefined || state !== "running" || !(isAtRest || recorded?.unproved)) return undefined;
  const timeoutMs = askMs(host, recorded?.smtp === undefined ? [] : [recorded.smtp]);
  const question = { host, from: site.sender ?? token, recipients: [{ address: token, expected: "accepted" as const }], timeoutMs };
  return { host, reading: await site.probeSmtp({ ...question, ...(signal === undefined ? {} : { signal }) }) };
}

async function queuesOf(site: Site, server: string, options: ReadOptions): Promise<Pick<ActualTransport, "queues" | "queueProblem">> {
  try {
    const queues = await getQueues(site.exchange, server, options);
    return {
      queues: queues
        .filter((queue) => queue.messageCount > 0 || isSuspended(queue))
        .map(readingOf)
        .sort(largestFirst),
    };
  } catch (error) {
    if (reasonOf(error) !== "rejected") throw error;
    return { queues: undefined, queueProblem: messageOf(error) };
  }
}

function readingOf(queue: Queue): QueueReading {
  const { identity, nextHop, messageCount: messages, lastError } = queue;
  return { identity, nextHop, delivery: deliveryOf(queue), messages, suspended: isSuspended(queue), lastError };
}

function largestFirst(one: QueueReading, other: QueueReading): number {
  return other.messages - one.messages || (one.nextHop < other.nextHop ? -1 : 1);
}
