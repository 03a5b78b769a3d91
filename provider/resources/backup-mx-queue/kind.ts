// BackupMxQueue as the engine sees it, and the words that people read.
import { randomUUID } from "node:crypto";
import type { Kind } from "../../engine/kind.ts";
import { formatCount, sayDuration } from "../../engine/progress.ts";
import type { MayAct } from "../../engine/turn.ts";
import type { Site } from "../site.ts";
import type { BackupMxQueueArgs } from "./args.ts";
import { type ActualBuffer, observe } from "./observe.ts";
import { type BufferStep, plan } from "./plan.ts";
import { adopt, type BufferMemory, type PauseLedger, remember } from "./remember.ts";
import { queueAge, sayHeld } from "./words.ts";

export const backupMxQueue: Kind<Site, BackupMxQueueArgs, ActualBuffer, BufferMemory, BufferStep> = {
  name: "BackupMxQueue",
  identity: ["host"],
  desired: ["state"],
  titleOf: (args) => args.host,
  observe,
  adopt,
  remember,
  plan,
  // What is normal is always that it holds nothing; but nobody begins a pause by entering it.
  isSelfContained: (args) => args.state === "released",
  apply,
  sayStep,
  headline,
  liveArgs: (args, actual) => ({ ...args, state: liveState(args, actual) }),
  outputs: (_args, actual, memory) => ({
    ...(actual === undefined ? {} : { messages: actual.queue.length }),
    ledger: memory.ledger === undefined ? "no pause yet" : sayLedger(memory.ledger),
  }),
  expectsSilence: () => false,
  forget: (site, args, beforeSend) => site.buffer(args).unclaim(site.program, { beforeSend }),
};

async function apply(site: Site, args: BackupMxQueueArgs, step: BufferStep, beforeSend: MayAct): Promise<void> {
  const buffer = site.buffer(args);
  switch (step.kind) {
    case "claim":
      await buffer.claim(step.program, { beforeSend });
      return;
    case "hold":
      return buffer.hold({ beforeSend });
    case "unhold":
      return buffer.unhold({ beforeSend });
    case "token": {
      const receipt = await site.sendToken({ host: args.host, to: step.to, token: randomUUID(), beforeSend });
      if (!receipt.accepted)
        throw new Error(`${args.host} refuses a test message to ${step.to}: "${receipt.code} ${receipt.text}". The MX was not changed.`);
      return;
    }
    case "release":
      await buffer.releaseBatch(step.ids, { requeue: step.requeue }, { beforeSend });
      return;
  }
}

function sayStep(step: BufferStep): string {
  switch (step.kind) {
    case "claim":
      return `mark ${step.host} as used by ${step.program}, so that no other program pauses this site`;
    case "hold":
      return `let ${step.host} hold all mail that arrives`;
    case "unhold":
      return `let ${step.host} pass on at once what arrives from now on`;
    case "token":
      return `send a test message to ${step.to} through ${step.host}, and see it held`;
    case "release":
      return `release ${formatCount(step.ids.length)} of ${formatCount(step.held)} held messages on ${step.host}, the oldest first${step.requeue ? ", with a fresh lifetime" : ""}`;
  }
}

function headline(args: BackupMxQueueArgs, actual: ActualBuffer): readonly string[] {
  if (args.state === "held") {
    const free = `${formatCount(Math.round(actual.freeBytes / 1_000_000_000))} GB free`;
    return [
      actual.holding
        ? `${args.host} holds mail (${sayHeld(actual)}, ${free})`
        : `${args.host} begins to hold mail (${free}, kept for ${sayDuration(actual.lifetimeSeconds * 1000)} at most)`,
    ];
  }
  if (actual.queue.length === 0 && !actual.holding) return [`${args.host} passes mail on; nothing is held there`];
  return [
    `${args.host} delivers what it holds: ${sayHeld(actual)}${actual.queue.length === 0 ? "" : `, the oldest ${queueAge(actual)} old`}`,
  ];
}

function liveState(args: BackupMxQueueArgs, actual: ActualBuffer): BackupMxQueueArgs["state"] {
  const done = args.state === "held" ? actual.holding : !actual.holding && actual.queue.length === 0;
  if (done) return args.state;
  return args.state === "held" ? "released" : "held";
}

/** The end of a pause as people read it. */
function sayLedger(ledger: PauseLedger): string {
  const range = `${new Date(ledger.fromMs).toISOString().slice(0, 16).replace("T", " ")} to ${new Date(ledger.toMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const longest = ledger.longestWayMs === undefined ? "" : `, longest way ${sayDuration(ledger.longestWayMs)}`;
  const gap = ledger.gap === undefined ? "" : ` (not complete: ${ledger.gap})`;
  const { accepted, recipients, delivered, stillHere, lost, duplicated, bounced, refusedAtDoor } = ledger;
  return `${range}: accepted by the buffer ${formatCount(accepted)} messages for ${formatCount(recipients)} recipients, delivered to Exchange ${formatCount(delivered)}, still held ${formatCount(stillHere)}, lost ${lost}, duplicated ${duplicated}, bounced ${bounced}, refused at the door ${refusedAtDoor}${longest}${gap}`;
}
