// Transport queues of one server, and which of them a drain waits for. Sources: Get-Queue; facts on queue types (shadow, poison, unreachable).
// Door: own. Queues live in that server's transport. Asked through another server while this one is off, Exchange answers with the same error as for
// a transport that is stopped or still reads its queues, and a server that is off would look like one to wait for.
import type { ReadOptions } from "../common/options.ts";
import type { Organisation } from "./organisation.ts";
import { numberIn, optionalTextIn, textIn } from "./parse.ts";

export interface Queue {
  /** `EX01\Submission`, `EX01\17`, `EX01\Shadow\3` */
  readonly identity: string;
  readonly deliveryType: string;
  /** Database, server, domain or connector that it goes to. */
  readonly nextHop: string;
  /** Active, Connecting, Ready, Retry or Suspended. */
  readonly status: string;
  readonly messageCount: number;
  readonly lastError: string;
}

/** What happens to a queue's messages by waiting: they leave, they never leave by themselves, or they are copies of another server's mail. */
export type QueueFate = "leaves" | "poison" | "shadow" | "unreachable";

/** All queues of one server. Right after a transport start the list may be short or refused. @see Get-Queue */
export async function getQueues(organisation: Organisation, server: string, options: ReadOptions): Promise<readonly Queue[]> {
  return organisation.shared(`queues ${server}`, options.maxAgeMs, async () => {
    const objects = await organisation.run(server, "Get-Queue", { Server: server, ResultSize: "Unlimited" }, options);
    return objects.map((object) => ({
      identity: textIn(object, "Identity", "Get-Queue"),
      deliveryType: textIn(object, "DeliveryType", "Get-Queue"),
      nextHop: textIn(object, "NextHopDomain", "Get-Queue"),
      status: textIn(object, "Status", "Get-Queue"),
      messageCount: numberIn(object, "MessageCount", "Get-Queue"),
      lastError: optionalTextIn(object, "LastError"),
    }));
  });
}

/**
 * Submission and delivery queues drain; poison messages never leave and shadow copies belong to other servers, so neither is waited for;
 * what has no route leaves only after somebody gives it one.
 */
export function fateOf(queue: Queue): QueueFate {
  if (queue.deliveryType === "ShadowRedundancy" || /\\shadow\\/i.test(queue.identity)) return "shadow";
  if (queue.nextHop === "Poison Message" || /\\poison$/i.test(queue.identity)) return "poison";
  if (queue.deliveryType === "Unreachable" || /\\unreachable$/i.test(queue.identity)) return "unreachable";
  return "leaves";
}
