// How a change of a server's transport is told in one line. Pure.
import { sayCount } from "../../engine/progress.ts";
import type { ActualTransport } from "./observe.ts";
import { counted } from "./plan.ts";
import type { TransportRecorded, TransportStateArgs } from "./shape.ts";
import { sayMessages } from "./words.ts";

export function headline(args: TransportStateArgs, actual: ActualTransport, recorded: TransportRecorded): readonly string[] {
  if (args.state === "running") {
    return [
      recorded.normal.service === "Stopped"
        ? `Transport on ${args.server} stays stopped, as it was`
        : `Transport on ${args.server} takes mail again: MSExchangeTransport ${actual.service} -> Running`,
    ];
  }
  const left = counted(args, actual);
  const aside = sayAside(args, actual);
  const now = left.length === 0 ? "empty now" : `now ${sayMessages(sum(left))} in ${sayCount(left.length, "queue")}`;
  return [
    `Pauses intake on ${args.server}, then waits until its queues are empty (${[now, ...(aside === "" ? [] : [`${aside} not waited for`])].join("; ")})`,
  ];
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
