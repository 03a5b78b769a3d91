// What has changed by itself since an earlier run said from when the MX may change. Pure.
import { sayName } from "../../common/host-name.ts";
import type { Moment } from "../../engine/resource.ts";
import type { ActualMx } from "./observe.ts";
import { earliestFlipAtMs } from "./plan.ts";
import { fullName, type MxRecordArgs, type MxRecorded } from "./shape.ts";
import { sayTtl, servedTtl } from "./words.ts";

export function news(args: MxRecordArgs, actual: ActualMx, before: MxRecorded, now: MxRecorded, { sayInstant }: Moment): readonly string[] {
  const saidMs = earliestFlipAtMs(before);
  const isKeptLow = args.ttlSeconds !== undefined && servedTtl(args.ttlSeconds) < servedTtl(before.normal.ttlSeconds);
  if (saidMs === undefined || earliestFlipAtMs(now) !== undefined || !isKeptLow) return [];
  const normalTtl = servedTtl(before.normal.ttlSeconds);
  const high = actual.answers.flatMap((answer) =>
    answer.outcome === "answered" && answer.ttlSeconds >= normalTtl ? [`${answer.server} answers TTL ${sayTtl(answer.ttlSeconds)}`] : [],
  );
  const why = servedTtl(actual.ttlSeconds) >= normalTtl ? `its TTL is ${sayTtl(actual.ttlSeconds)} again` : `${high.join(", ")} again`;
  return [
    `The MX of ${sayName(fullName(args))} may not change on ${sayInstant(saidMs)}, as was said: ${why}. The old TTL must run out anew, from when every name server answers the low one.`,
  ];
}
