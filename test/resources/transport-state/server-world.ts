// The transport of ex01 as a value: a service that takes its time, and queues that empty while it is not stopped. For replaying plans.
import type { ServiceStatus } from "../../../provider/exchange/services.ts";
import { resource } from "../../../provider/resources/transport-state/index.ts";
import type { ActualTransport, QueueReading } from "../../../provider/resources/transport-state/observe.ts";
import type { TransportStep } from "../../../provider/resources/transport-state/plan.ts";
import type { TransportRecorded, TransportStateArgs } from "../../../provider/resources/transport-state/shape.ts";
import { actualTransport } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import type { Model } from "../../support/replay.ts";

export interface ServerWorld {
  readonly nowMs: number;
  readonly service: ServiceStatus;
  /** What the service is on the way to, and when it gets there. */
  readonly next: { readonly service: ServiceStatus; readonly atMs: number } | undefined;
  readonly queues: readonly QueueReading[];
  /** Whether this process has seen a test message taken. */
  readonly proved: boolean;
}

const settlesMs = 8_000;
const deliveredAtOnce = 20;
const pending: Readonly<Record<Exclude<TransportStep["kind"], "token">, readonly [ServiceStatus, ServiceStatus]>> = {
  suspend: ["PausePending", "Paused"],
  resume: ["ContinuePending", "Running"],
  start: ["StartPending", "Running"],
};

export function serverWorld(service: ServiceStatus, queues: readonly QueueReading[] = [], next?: ServiceStatus): ServerWorld {
  return {
    nowMs: eveningMs,
    service,
    queues,
    proved: false,
    next: next === undefined ? undefined : { service: next, atMs: eveningMs + settlesMs },
  };
}

export const serverModel: Model<ServerWorld, TransportStateArgs, ActualTransport, TransportRecorded, TransportStep> = {
  resource,
  observe: ({ service, queues, proved }) => {
    const answers = service === "Running" || service === "Paused";
    return actualTransport({ service, proved, queues: answers ? queues.filter((queue) => queue.messages > 0) : undefined });
  },
  apply: (world, { kind }) => {
    if (kind === "token") return { ...world, proved: world.service === "Running" };
    const [service, after] = pending[kind];
    return { ...world, service, next: { service: after, atMs: world.nowMs + settlesMs } };
  },
  pass: (world, ms) => {
    const nowMs = world.nowMs + ms;
    const arrived = world.next !== undefined && world.next.atMs <= nowMs;
    const service = arrived ? (world.next?.service ?? world.service) : world.service;
    return {
      ...world,
      nowMs,
      service,
      next: arrived ? undefined : world.next,
      queues: service === "Stopped" ? world.queues : world.queues.map(deliver),
    };
  },
  nowMs: (world) => world.nowMs,
};

function deliver(queue: QueueReading): QueueReading {
  return queue.delivery === "leaves" && queue.lastError === ""
    ? { ...queue, messages: Math.max(0, queue.messages - deliveredAtOnce) }
    : queue;
}
