// What is done to a server's transport, step by step, and each step in words.
import { randomUUID } from "node:crypto";
import type { MayAct } from "../../engine/turn.ts";
import { resumeService, startService, suspendService, transportService } from "../../exchange/services.ts";
import type { Site } from "../site.ts";
import { requireTaken } from "../test-message.ts";
import type { TransportStep } from "./plan.ts";
import type { TransportStateArgs } from "./shape.ts";

export async function apply(site: Site, _args: TransportStateArgs, step: TransportStep, beforeSend: MayAct): Promise<void> {
  switch (step.kind) {
    case "suspend":
      return suspendService(site.exchange, step.server, transportService, { beforeSend });
    case "resume":
      return resumeService(site.exchange, step.server, transportService, { beforeSend });
    case "start":
      return startService(site.exchange, step.server, transportService, { beforeSend });
    case "token": {
      const { host, from, to } = step;
      requireTaken(host, to, await site.sendToken({ host, from, to, token: randomUUID(), beforeSend }), "The MX was not changed back.");
      return;
    }
  }
}

export function say(step: TransportStep): string {
  if (step.kind === "token") return `send a test message to ${step.to} through ${step.host}, and see it taken`;
  return `${step.kind} ${transportService} on ${step.server}`;
}
