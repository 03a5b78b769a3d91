// What is done on the buffer host, step by step, and each step in words.
import { randomUUID } from "node:crypto";
import { sayCount, sayNumber } from "../../engine/progress.ts";
import type { MayAct } from "../../engine/turn.ts";
import type { Site } from "../site.ts";
import { requireTaken } from "../test-message.ts";
import type { BufferStep } from "./plan.ts";
import type { BackupMxQueueArgs } from "./shape.ts";

export async function apply(site: Site, args: BackupMxQueueArgs, step: BufferStep, beforeSend: MayAct): Promise<void> {
  const buffer = site.buffer(args);
  switch (step.kind) {
    case "claim":
      await buffer.claim([step.program, ...(step.formerly === undefined ? [] : [step.formerly])], { beforeSend });
      return;
    case "hold":
      return buffer.hold({ beforeSend });
    case "unhold":
      return buffer.unhold({ beforeSend });
    case "token": {
      const { host, from, to } = step;
      requireTaken(host, to, await site.sendToken({ host, from, to, token: randomUUID(), beforeSend }), "The MX was not changed.");
      return;
    }
    case "release":
      await buffer.releaseBatch(step.ids, { requeue: step.requeue }, { beforeSend });
      return;
  }
}

export function say(step: BufferStep): string {
  switch (step.kind) {
    case "claim":
      return `mark ${step.host} as used by ${step.program}${step.formerly === undefined ? "" : ` (${step.formerly} until it was renamed)`}, so that no other program pauses this site`;
    case "hold":
      return `let ${step.host} hold all mail that arrives`;
    case "unhold":
      return `let ${step.host} pass on at once what arrives from now on`;
    case "token":
      return `send a test message to ${step.to} through ${step.host}, and see it held`;
    case "release": {
      const lifetime = step.requeue ? ", with a fresh lifetime" : "";
      const others = step.held - step.ids.length;
      if (step.isTest)
        return `release the test message on ${step.host}${others === 0 ? "" : `, before the other ${sayCount(others, "held message")}`}${lifetime}`;
      return `release ${sayNumber(step.ids.length)} of ${sayNumber(step.held)} held messages on ${step.host}, the oldest first${lifetime}`;
    }
  }
}

export function brief({ kind }: BufferStep): string | undefined {
  const words: Partial<Record<BufferStep["kind"], string>> = { claim: "claim", hold: "hold mail", unhold: "pass on" };
  return words[kind];
}
