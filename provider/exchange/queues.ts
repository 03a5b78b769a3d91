// Reads the transport queues of one server, and says which of them a drain waits for. Sources: Get-Queue; facts on queue types (shadow, poison,
// unreachable). Only the server itself is asked, for queues live in its transport: while it is off, another one answers with the same error as for a
// transport that is stopped or still reads its queues, and a server that is off would look like one to wait for.

import type { ReadOptions } from "../common/options.ts";
import { defineCmdlet } from "./cmdlet.ts";
import type { Organisation } from "./organisation.ts";
import { numberIn, optionalTextIn, textIn } from "./parse.ts";
import { transportQueues } from "./roles.ts";

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

/** Whether somebody has suspended it: it takes messages, and none leaves before somebody resumes it. */
export function isSuspended({ status }: Queue): boolean {
  return status.toLowerCase() === "suspended";
}

/** What happens to a queue's messages by waiting: they leave, they never leave by themselves, or they are copies of another server's mail. */
export type DeliveryState = "leaves" | "poison" | "shadow" | "unreachable";

export const GetQueue = defineCmdlet({
  name: "Get-Queue",
  endpoint: "exchange",
  scope: "thisServer",
  writes: false,
  domainController: false,
  parameters: { Server: "ServerIdParameter", ResultSize: "Unlimited" },
  role: transportQueues,
});

/** All queues of one server. Right after a transport start the list may be short or refused. @see Get-Queue */
export async function getQueues(organisation: Organisation, server: string, options: ReadOptions): Promise<readonly Queue[]> {
  return organisation.shared(`queues ${server}`, options.maxAgeMs, async () => {
    const objects = await organisation.run(server, GetQueue, { Server: server, ResultSize: "Unlimited" }, options);
    return objects.map((object) => ({
      identity: textIn(object, "Identity", GetQueue),
      deliveryType: textIn(object, "DeliveryType", GetQueue),
      nextHop: textIn(object, "NextHopDomain", GetQueue),
      status: textIn(object, "Status", GetQueue),
      messageCount: numberIn(object, "MessageCount", GetQueue),
      lastError: optionalTextIn(object, "LastError"),
    }));
  });
}

/**
 * Submission and delivery queues drain; poison messages never leave and shadow copies belong to other servers, so neither is waited for;
 * what has no route leaves only after somebody gives it one.
 */
export function deliveryOf(queue: Queue): DeliveryState {
  if (queue.deliveryType === "ShadowRedundancy" || /\\shadow\\/i.test(queue.identity)) return "shadow";
  if (queue.nextHop === "Poison Message" || /\\poison$/i.test(queue.identity)) return "poison";
  if (queue.deliveryType === "Unreachable" || /\\unreachable$/i.test(queue.identity)) return "unreachable";
  return "leaves";
}
