// How a change of an MX set, and the set itself, are told. Pure.
import { sayName } from "../../common/host-name.ts";
import { type Exchange, keyOf, sameExchanges, saySet } from "../../dns/sets.ts";
import type { Moment } from "../../engine/resource.ts";
import { sayUnproved } from "../known-host.ts";
import { shown } from "../vocabulary.ts";
import { has } from "./members.ts";
import type { ActualMx } from "./observe.ts";
import { desiredMx, earliestFlipAtMs } from "./plan.ts";
import { fullName, type MxRecordArgs, type MxRecorded } from "./shape.ts";
import { sayTtl, servedTtl } from "./words.ts";

export function headline(args: MxRecordArgs, actual: ActualMx, recorded: MxRecorded, { sayInstant, nowMs }: Moment): readonly string[] {
  const desired = desiredMx(args, recorded);
  const name = sayName(fullName(args));
  const flips = !sameExchanges(desired.exchanges, actual.exchanges);
  const set = flips ? `${saySet(actual.exchanges)} -> ${saySet(desired.exchanges)}` : `${saySet(actual.exchanges)} stays`;
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
  const unproved = flips ? sayUnproved(recorded.hosts ?? []) : [];
  return [
    `MX of ${name}: ${set} (${ttl})`,
    ...checked,
    ...unproved,
    ...(actual.othersUnknown === undefined
      ? []
      : [
          `Who serves ${args.zone} besides the servers that the DNS API and the zone itself name could not be asked, and is not waited for: ${actual.othersUnknown}`,
        ]),
    ...sayNotGivenBack(desired.exchanges, actual, recorded),
    ...sayEarliestFlip(desired.ttlSeconds, actual, recorded, nowMs, sayInstant),
  ];
}

/** What a normal record that goes away or comes back bears and cannot be given. */
function sayNotGivenBack(wanted: readonly Exchange[], { exchanges, takes }: ActualMx, { normal }: MxRecorded): string[] {
  const moving = normal.exchanges.filter((exchange) => has(wanted, exchange) !== has(exchanges, exchange)).map(keyOf);
  return moving.flatMap((key) => {
    const borne = Object.entries(normal.attributes?.[key] ?? {}).filter(([name]) => !takes.includes(name));
    if (borne.length === 0) return [];
    const what = borne.map(([name, value]) => `${name} ${shown(value)}`).join(", ");
    return [`Not given back to ${key}, for the DNS API does not take it for this zone: ${what}.`];
  });
}

function sayEarliestFlip(
  desiredTtl: number,
  actual: ActualMx,
  recorded: MxRecorded,
  nowMs: number,
  sayInstant: (ms: number) => string,
): string[] {
  const old = servedTtl(recorded.normal.ttlSeconds);
  if (servedTtl(desiredTtl) >= old || !sameExchanges(actual.exchanges, recorded.normal.exchanges)) return [];
  const dueAtMs = earliestFlipAtMs(recorded);
  if (dueAtMs === undefined)
    return [`The MX may change from ${sayInstant(nowMs + old * 1000)} at the earliest: the old TTL (${sayTtl(old)}) must run out first.`];
  if (dueAtMs > nowMs) return [`The MX may change from ${sayInstant(dueAtMs)} on, when the old TTL (${sayTtl(old)}) has run out.`];
  return [`The MX may change now: the old TTL (${sayTtl(old)}) ran out on ${sayInstant(dueAtMs)}.`];
}

export function outputs(_args: MxRecordArgs, actual: ActualMx | undefined, recorded: MxRecorded): Readonly<Record<string, unknown>> {
  const dueAtMs = earliestFlipAtMs(recorded);
  return {
    ...(actual === undefined ? {} : { mx: saySet(actual.exchanges) }),
    ...(dueAtMs === undefined ? {} : { earliestFlipAt: new Date(dueAtMs).toISOString() }),
  };
}
