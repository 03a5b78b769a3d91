// MxRecord as the engine sees it: the pieces of this folder, and the words that people read. No decision is made here.
import { DnsError } from "../../dns/record-sets.ts";
import { formatSet, sameExchanges } from "../../dns/sets.ts";
import type { Kind, Moment } from "../../engine/kind.ts";
import type { MayAct } from "../../engine/turn.ts";
import type { Site } from "../site.ts";
import type { MxRecordArgs } from "./args.ts";
import { programOf } from "./mark.ts";
import { after, recordSetOf } from "./members.ts";
import { type ActualMx, observe } from "./observe.ts";
import { desiredMx, earliestFlipAtMs, type MxChange, type MxStep, plan } from "./plan.ts";
import { adopt, type MxMemory, remember, servedTtl } from "./remember.ts";
import { sayTtl } from "./words.ts";

export const mxRecord: Kind<Site, MxRecordArgs, ActualMx, MxMemory, MxStep> = {
  name: "MxRecord",
  identity: ["zone", "name", "provider"],
  desired: ["exchanges", "ttlSeconds"],
  titleOf: (args) => (args.name === "@" ? args.zone : `${args.name}.${args.zone}`),
  observe,
  adopt,
  remember,
  plan,
  isSelfContained: (args) => args.normal !== undefined,
  apply,
  sayStep,
  headline,
  liveArgs,
  outputs,
  expectsSilence: () => false,
};

async function apply(site: Site, args: MxRecordArgs, step: MxStep, beforeSend: MayAct): Promise<void> {
  const expected = recordSetOf(step.name, step.before);
  if (expected.records.length === 0 && step.kind === "rewrite")
    throw new DnsError("notFound", `${step.name} has no MX whose TTL or notes could be set`);
  const wanted = recordSetOf(step.name, after(step.before, step));
  return site.recordSets(args.provider, args.zone).replace(expected, wanted, { beforeSend });
}

function sayStep(step: MxChange): string {
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

function isMark(step: Extract<MxChange, { kind: "rewrite" }>): boolean {
  return Object.values(step.notes).some((note) => programOf(note) !== undefined);
}

function headline(args: MxRecordArgs, actual: ActualMx, memory: MxMemory, { sayInstant, nowMs }: Moment): readonly string[] {
  const desired = desiredMx(args, memory);
  const name = mxRecord.titleOf(args);
  const flips = !sameExchanges(desired.exchanges, actual.exchanges);
  const set = flips ? `${formatSet(actual.exchanges)} -> ${formatSet(desired.exchanges)}` : `${formatSet(actual.exchanges)} stays`;
  const ttl =
    desired.ttlSeconds === actual.ttlSeconds
      ? `TTL stays ${sayTtl(actual.ttlSeconds)}`
      : `TTL ${sayTtl(actual.ttlSeconds)} -> ${sayTtl(desired.ttlSeconds)}`;
  const checked = actual.probes.flatMap(({ host, reading }) =>
    reading.reachable
      ? [
          `Checked just now: ${host} ${reading.startTls ? "offers TLS" : "offers no TLS"}; ${reading.recipients
            .map((recipient) => `${recipient.address} ${recipient.code < 300 ? "accepted" : "refused"}`)
            .join(", ")}.`,
        ]
      : [],
  );
  return [`MX of ${name}: ${set} (${ttl})`, ...checked, ...sayEarliestFlip(desired.ttlSeconds, actual, memory, nowMs, sayInstant)];
}

function sayEarliestFlip(
  desiredTtl: number,
  actual: ActualMx,
  memory: MxMemory,
  nowMs: number,
  sayInstant: (ms: number) => string,
): string[] {
  const old = servedTtl(memory.normal.ttlSeconds);
  if (servedTtl(desiredTtl) >= old || !sameExchanges(actual.exchanges, memory.normal.exchanges)) return [];
  const dueAtMs = earliestFlipAtMs(memory);
  if (dueAtMs === undefined)
    return [`The MX may change from ${sayInstant(nowMs + old * 1000)} at the earliest: the old TTL (${sayTtl(old)}) must run out first.`];
  if (dueAtMs > nowMs) return [`The MX may change from ${sayInstant(dueAtMs)} on, when the old TTL (${sayTtl(old)}) has run out.`];
  return [`The MX may change now: the old TTL (${sayTtl(old)}) ran out on ${sayInstant(dueAtMs)}.`];
}

function liveArgs(args: MxRecordArgs, actual: ActualMx, memory: MxMemory): MxRecordArgs {
  const desired = desiredMx(args, memory);
  const { exchanges, ttlSeconds, ...rest } = args;
  const liveSet = sameExchanges(desired.exchanges, actual.exchanges) ? exchanges : actual.exchanges.map((exchange) => ({ ...exchange }));
  const liveTtl = desired.ttlSeconds === actual.ttlSeconds ? ttlSeconds : actual.ttlSeconds;
  return { ...rest, ...(liveSet === undefined ? {} : { exchanges: liveSet }), ...(liveTtl === undefined ? {} : { ttlSeconds: liveTtl }) };
}

function outputs(_args: MxRecordArgs, actual: ActualMx | undefined, memory: MxMemory): Readonly<Record<string, unknown>> {
  const dueAtMs = earliestFlipAtMs(memory);
  return {
    ...(actual === undefined ? {} : { mx: formatSet(actual.exchanges) }),
    normally: `${formatSet(memory.normal.exchanges)}, TTL ${sayTtl(memory.normal.ttlSeconds)}`,
    ...(dueAtMs === undefined ? {} : { earliestFlipAt: new Date(dueAtMs).toISOString() }),
  };
}
