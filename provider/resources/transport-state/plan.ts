// How a server's transport is drained and given back. What counts as empty: submission and delivery queues; poison messages never leave,
// shadow copies are other servers' mail, and what has no route needs a person. Pure. Sources: Suspend-Service, Get-Queue.
import { isNamed } from "../../common/names.ts";
import type { Plan, Refusal, Wait } from "../../engine/plan.ts";
import type { ActualTransport, QueueReading } from "./observe.ts";
import { prove, refusalsOf, type TokenStep } from "./proof.ts";
import type { TransportRecorded, TransportStateArgs } from "./shape.ts";
import { stuckAt } from "./stuck.ts";
import { sayQueues } from "./words.ts";

export type TransportStep = { readonly kind: "suspend" | "resume" | "start"; readonly server: string } | TokenStep;

export function plan(args: TransportStateArgs, actual: ActualTransport, recorded: TransportRecorded): Plan<TransportStep> {
  return args.state === "drained" ? drain(args, actual, recorded) : giveBack(args, actual, recorded);
}

/** Queues that the drain waits for. */
export function counted(args: Pick<TransportStateArgs, "allowStuck" | "server">, actual: ActualTransport): readonly QueueReading[] {
  return (actual.queues ?? []).filter(
    (queue) =>
      queue.delivery === "leaves" &&
      queue.messages > 0 &&
      !isNamed(args.allowStuck, queue.nextHop) &&
      !isNamed(args.allowStuck, `${args.server}\\${queue.nextHop}`),
  );
}

function drain(args: TransportStateArgs, actual: ActualTransport, recorded: TransportRecorded): Plan<TransportStep> {
  const { server } = args;
  switch (actual.service) {
    case "Running":
      return { steps: [{ kind: "suspend", server }, untilEmpty(args, actual)], refusals: [] };
    case "Paused": {
      if (actual.queueProblem !== undefined) return { steps: [untilTold(args, actual.queueProblem)], refusals: [] };
      const left = counted(args, actual);
      return { steps: left.length === 0 ? [] : [untilEmpty(args, actual)], refusals: [] };
    }
    case "Stopped":
      return { steps: [], refusals: recorded.normal.service === "Stopped" ? [] : [stoppedRefusal(server)] };
    default:
      return { steps: [untilSettled(args, actual), { kind: "suspend", server }, untilEmpty(args, actual)], refusals: [] };
  }
}

function giveBack(args: TransportStateArgs, actual: ActualTransport, recorded: TransportRecorded): Plan<TransportStep> {
  const { server } = args;
  if (recorded.normal.service === "Stopped" && actual.service !== "Paused") return { steps: [], refusals: [] };
  const proof = prove(args, actual, recorded);
  switch (actual.service) {
    case "Running":
      return { steps: proof, refusals: refusalsOf(args, actual, recorded) };
    case "Paused":
      return { steps: [{ kind: "resume", server }, ...proof], refusals: [] };
    case "Stopped":
      return { steps: [{ kind: "start", server }, ...proof], refusals: [] };
    default: {
      const resume = actual.service === "PausePending" ? [{ kind: "resume" as const, server }] : [];
      return { steps: [untilSettled(args, actual), ...resume, ...proof], refusals: [] };
    }
  }
}

function untilEmpty(args: TransportStateArgs, actual: ActualTransport): Wait {
  const left = counted(args, actual);
  const messages = left.reduce((sum, queue) => sum + queue.messages, 0);
  const slowest = left[0];
  return {
    kind: "wait",
    key: "queues empty",
    for: left.length === 0 ? `the queues of ${args.server} to be empty (they are now)` : `the queues of ${args.server}: ${sayQueues(left)}`,
    left: { count: messages, unit: "message" },
    recheckMs: 5_000,
    ...(slowest === undefined ? {} : { stuck: stuckAt(args.server, left, slowest) }),
  };
}

/** Queues that are not told are not empty. */
function untilTold(args: TransportStateArgs, problem: string): Wait {
  return {
    kind: "wait",
    key: "queues told",
    for: `${args.server} to tell its queues: ${problem}`,
    recheckMs: 10_000,
    stuck: {
      sentence: `${args.server} has not told its queues for {time}: ${problem}.`,
      remedy: `Nothing was dismounted. See to MSExchangeTransport on ${args.server}, then run \`pulumi up\` again: it goes on from here.`,
    },
  };
}

function untilSettled(args: TransportStateArgs, actual: ActualTransport): Wait {
  return {
    kind: "wait",
    key: `out of ${actual.service}`,
    for: `MSExchangeTransport on ${args.server} to leave ${actual.service}`,
    recheckMs: 5_000,
  };
}

function stoppedRefusal(server: string): Refusal {
  return {
    sentence: `${server}: MSExchangeTransport is stopped, and was running before; what is left in its queues cannot be seen.`,
    remedy: `Start it on ${server} (Start-Service MSExchangeTransport), then run \`pulumi up\` again.`,
  };
}
