// What is done to an MX set, step by step, and each step in words.
import { sayName } from "../../common/host-name.ts";
import { DnsError } from "../../dns/record-sets.ts";
import { exchangeOf, saySet } from "../../dns/sets.ts";
import type { MayAct } from "../../engine/turn.ts";
import type { Site } from "../site.ts";
import { programOf } from "./mark.ts";
import { after, recordSetOf } from "./members.ts";
import type { MxStep } from "./plan.ts";
import type { MxRecordArgs } from "./shape.ts";
import { sayTtl } from "./words.ts";

export async function apply(site: Site, args: MxRecordArgs, step: MxStep, beforeSend: MayAct): Promise<void> {
  const expected = recordSetOf(step.name, step.before);
  if (expected.records.length === 0 && step.kind === "rewrite")
    throw new DnsError("notFound", `${sayName(step.name)} has no MX whose TTL or notes could be set`);
  const wanted = recordSetOf(step.name, after(step.before, step));
  return site.recordSets(args.provider, args.zone).replace(expected, wanted, { beforeSend });
}

export function say(step: MxStep): string {
  switch (step.kind) {
    case "rewrite":
      return `${sayRewrite(step)}${sayAttributes(step)}`;
    case "add":
      return `add ${saySet([step.exchange])} to the MX of ${sayName(step.name)}`;
    case "remove":
      return `remove ${saySet([step.exchange])} from the MX of ${sayName(step.name)}`;
  }
}

export function brief(step: MxStep): string | undefined {
  if (step.kind !== "rewrite") return undefined;
  return step.fromSeconds === step.toSeconds ? "remarks" : `TTL ${sayTtl(step.toSeconds)}`;
}

type Rewrite = Extract<MxStep, { kind: "rewrite" }>;

function sayRewrite(step: Rewrite): string {
  if (step.fromSeconds === step.toSeconds)
    return `${isMark(step) ? "put our mark on" : "restore the remarks on"} the MX records of ${sayName(step.name)}`;
  return `set the TTL of the MX of ${sayName(step.name)} from ${sayTtl(step.fromSeconds)} to ${sayTtl(step.toSeconds)}`;
}

/** `, and give 10 mail.contoso.com its tags` */
function sayAttributes({ attributes = {} }: Rewrite): string {
  const given = Object.entries(attributes).map(([key, borne]) => `${saySet([exchangeOf(key)])} its ${Object.keys(borne).join(" and ")}`);
  return given.length === 0 ? "" : `, and give ${given.join(" and ")}`;
}

function isMark(step: Rewrite): boolean {
  return Object.values(step.notes).some((note) => programOf(note) !== undefined);
}
