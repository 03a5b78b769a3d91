// What is done to an MX set, step by step, and each step in words.
import type { MayAct } from "../../engine/turn.ts";
import type { Site } from "../site.ts";
import { programOf } from "./mark.ts";
import type { MxStep } from "./plan.ts";
import type { MxRecordArgs } from "./shape.ts";
import { sayTtl } from "./words.ts";

export async function apply(site: Site, args: MxRecordArgs, step: MxStep, beforeSend: MayAct): Promise<void> {
  const sets = site.mxRecords(args.provider, args.zone);
  switch (step.kind) {
    case "rewrite":
      return sets.rewrite(step.name, step.toSeconds, step.notes, { beforeSend });
    case "add":
      return sets.add(step.name, step.exchange, { ttlSeconds: step.ttlSeconds, note: step.note }, { beforeSend });
    case "remove":
      return sets.remove(step.name, step.exchange, { beforeSend });
  }
}

export function say(step: MxStep): string {
  switch (step.kind) {
    case "rewrite":
      if (step.fromSeconds === step.toSeconds)
        return `${isMark(step) ? "put our mark on" : "restore the remarks on"} the MX records of ${step.name}`;
      return `set the TTL of the MX of ${step.name} from ${sayTtl(step.fromSeconds)} to ${sayTtl(step.toSeconds)}`;
    case "add":
      return `add ${step.exchange.preference} ${step.exchange.exchange} to the MX of ${step.name}`;
    case "remove":
      return `remove ${step.exchange.preference} ${step.exchange.exchange} from the MX of ${step.name}`;
  }
}

function isMark(step: Extract<MxStep, { kind: "rewrite" }>): boolean {
  return Object.values(step.notes).some((note) => programOf(note ?? "") !== undefined);
}
