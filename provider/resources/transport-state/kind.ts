// TransportState as the engine sees it, and the words that people read.
import type { Kind } from "../../engine/kind.ts";
import type { Refusal } from "../../engine/plan.ts";
import { sayCount } from "../../engine/progress.ts";
import type { MayAct } from "../../engine/turn.ts";
import { resumeService, startService, suspendService, transportService } from "../../exchange/services.ts";
import type { Site } from "../site.ts";
import type { TransportStateArgs } from "./args.ts";
import { type ActualTransport, observe } from "./observe.ts";
import { counted, plan, type TransportMemory, type TransportStep } from "./plan.ts";

export const transportState: Kind<Site, TransportStateArgs, ActualTransport, TransportMemory, TransportStep> = {
  name: "TransportState",
  identity: ["server"],
  desired: ["state"],
  titleOf: (args) => args.server,
  observe,
  adopt,
  remember,
  plan,
  isSelfContained: (args) => args.normal !== undefined,
  apply,
  sayStep,
  headline,
  liveArgs: (args, actual, memory) => ({ ...args, state: liveState(args, actual, memory) }),
  outputs: (args, actual) => (actual?.queues === undefined ? {} : { messagesLeft: sum(counted(args, actual)) }),
  expectsSilence: (args) => args.state === "drained",
};

/** Signs that somebody has taken this server out of service; in words, or `undefined`. */
function markIn(actual: ActualTransport): string | undefined {
  if (actual.service === "Paused") return "MSExchangeTransport is paused";
  if (actual.maintenance === "Inactive" || actual.maintenance === "Draining") return `HubTransport is ${actual.maintenance} by Maintenance`;
  return undefined;
}

function normalIn(actual: ActualTransport): TransportMemory {
  return { normal: { service: actual.service === "Stopped" ? "Stopped" : "Running" } };
}

function adopt(args: TransportStateArgs, actual: ActualTransport): { memory: TransportMemory } | { refusal: Refusal } {
  if (args.normal !== undefined) return { memory: { normal: args.normal } };
  const mark = markIn(actual);
  if (mark === undefined) return { memory: normalIn(actual) };
  return {
    refusal: {
      sentence: `${args.server} is entered into this program for the first time, and it bears a mark of maintenance: ${mark}.`,
      remedy: `What is normal there cannot be read from it. Bring ${args.server} back first, or give \`normal: { service: "Running" }\`.`,
    },
  };
}

function remember(
  args: TransportStateArgs,
  actual: ActualTransport,
  memory: TransportMemory,
  _nowMs: number,
  moment: "atRest" | "underWay",
): TransportMemory {
  if (args.normal !== undefined) return { normal: args.normal };
  // A service that starts by itself and is found stopped may have been stopped by accident; it becomes normal only where nobody starts it.
  const settled = actual.service === "Running" || (actual.service === "Stopped" && actual.startType !== "Automatic");
  const renewed = moment === "atRest" && args.state === "running" && settled && markIn(actual) === undefined;
  return renewed ? normalIn(actual) : memory;
}

async function apply(site: Site, _args: TransportStateArgs, step: TransportStep, beforeSend: MayAct): Promise<void> {
  switch (step.kind) {
    case "suspend":
      return suspendService(site.exchange, step.server, transportService, { beforeSend });
    case "resume":
      return resumeService(site.exchange, step.server, transportService, { beforeSend });
    case "start":
      return startService(site.exchange, step.server, transportService, { beforeSend });
  }
}

function sayStep(step: TransportStep): string {
  return `${step.kind} ${transportService} on ${step.server}`;
}

function headline(args: TransportStateArgs, actual: ActualTransport, memory: TransportMemory): readonly string[] {
  if (args.state === "running") {
    return [
      memory.normal.service === "Stopped"
        ? `Transport on ${args.server} stays stopped, as it was`
        : `Transport on ${args.server} takes mail again: ${transportService} ${actual.service} -> Running`,
    ];
  }
  const left = counted(args, actual);
  const aside = sayAside(args, actual);
  const now = left.length === 0 ? "empty now" : `now ${sayCount(sum(left), "message")} in ${sayCount(left.length, "queue")}`;
  return [
    `Pauses intake on ${args.server}, then waits until its queues are empty (${[now, ...(aside === "" ? [] : [`${aside} not waited for`])].join("; ")})`,
  ];
}

function sayAside(args: TransportStateArgs, actual: ActualTransport): string {
  const of = (fate: string) => sum((actual.queues ?? []).filter((queue) => queue.fate === fate));
  const allowed = sum((actual.queues ?? []).filter((queue) => queue.fate === "leaves")) - sum(counted(args, actual));
  const parts = [
    [of("poison"), "poison"],
    [of("shadow"), "shadow"],
    [of("unreachable"), "unreachable"],
    [allowed, "accepted as stuck"],
  ] as const;
  const told = parts.flatMap(([count, name]) => (count > 0 ? [`${count} ${name}`] : []));
  return told.length === 0 ? "" : `${told.join(", ")} messages are`;
}

function liveState(args: TransportStateArgs, actual: ActualTransport, memory: TransportMemory): TransportStateArgs["state"] {
  if (plan(args, actual, memory).steps.length === 0) return args.state;
  return args.state === "drained" ? "running" : "drained";
}

function sum(queues: readonly { readonly messages: number }[]): number {
  return queues.reduce((total, queue) => total + queue.messages, 0);
}
