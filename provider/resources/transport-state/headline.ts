// How a change of a server's transport is told in one line. Pure.
import { sayCount } from "../../engine/progress.ts";
import { sayUnproved } from "../known-host.ts";
import type { ActualTransport, QueueReading } from "./observe.ts";
import { counted } from "./plan.ts";
import type { TransportRecorded, TransportStateArgs } from "./shape.ts";
import { sayMessages } from "./words.ts";

export function headline(args: TransportStateArgs, actual: ActualTransport, recorded: TransportRecorded): readonly string[] {
  if (args.state === "running") {
    return [
      recorded.normal.service === "Stopped"
        ? `Transport on ${args.server} stays stopped, as it was`
        : `Transport on ${args.server} takes mail again: MSExchangeTransport ${actual.service} -> Running`,
      ...suspendedIn(actual.queues ?? []).map(
        (queue) =>
          `Somebody suspended the queue to ${queue.nextHop} on ${args.server}, and so it stays: what is in it (now ${sayMessages(queue.messages)}) leaves after \`Resume-Queue "${queue.identity}"\`.`,
      ),
      ...(args.token === undefined || recorded.smtp === undefined ? [] : sayUnproved([recorded.smtp], "token")),
    ];
  }
  const left = counted(args, actual);
  const aside = sayAside(args, actual);
  const now = left.length === 0 ? "empty now" : `now ${sayMessages(sum(left))} in ${sayCount(left.length, "queue")}`;
  return [
    `Pauses intake on ${args.server}, then waits until its queues are empty (${[now, ...(aside === "" ? [] : [`${aside} not waited for`])].join("; ")})`,
    ...suspendedIn(left).map(
      (queue) =>
        `Somebody suspended the queue to ${queue.nextHop} on ${args.server}: ${sayMessages(queue.messages)} in it ${queue.messages === 1 ? "does" : "do"} not leave before \`Resume-Queue "${queue.identity}"\`.`,
    ),
  ];
}

function suspendedIn(queues: readonly QueueReading[]): readonly QueueReading[] {
  return queues.filter(({ suspended, delivery }) => suspended && delivery === "leaves");
}

function sayAside(args: TransportStateArgs, actual: ActualTransport): string {
  const of = (delivery: string) => sum((actual.queues ?? []).filter((queue) => queue.delivery === delivery));
  const allowed = sum((actual.queues ?? []).filter((queue) => queue.delivery === "leaves")) - sum(counted(args, actual));
  const parts = [
    [of("poison"), "poison"],
    [of("shadow"), "shadow"],
    [of("unreachable"), "unreachable"],
    [allowed, "accepted as stuck"],
  ] as const;
  const told = parts.flatMap(([count, name]) => (count > 0 ? [`${count} ${name}`] : []));
  return told.length === 0 ? "" : `${told.join(", ")} messages are`;
}

/** All their messages together. */
export function sum(queues: readonly { readonly messages: number }[]): number {
  return queues.reduce((total, queue) => total + queue.messages, 0);
}
