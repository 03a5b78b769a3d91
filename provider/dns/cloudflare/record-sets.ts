// Record sets at Cloudflare. Its API keeps records one by one and knows no conditions: `replace` reads right before it writes, and what somebody else
// writes between the two is seen only where Cloudflare refuses for it. One listing of the zone answers for every name in it until it is too old or a
// write ends. Rules: Cloudflare's API v4.

import { hostName } from "../../common/host-name.ts";
import { once, Readings } from "../../common/readings.ts";
import { bears, type Capabilities, DnsError, type ObservedSet, type RecordSet, type RecordSets, sameSet } from "../record-sets.ts";
import type { CloudflareApi } from "./api.ts";
import { requestFor } from "./changes.ts";
import { CloudflareError } from "./errors.ts";
import { type CloudflareRecord, listRecords, setOf } from "./records.ts";
import { type CloudflareZone, findZone } from "./zone.ts";

export interface CloudflareSetsOptions {
  /** Name of the zone, such as `contoso.com`. */
  readonly zone: string;
  /** How old, in milliseconds of `clock`, a reading of the zone may be to answer from. */
  readonly maxAgeMs: number;
  readonly clock: { now(): number };
}

/** "The record already exists", "An identical record already exists", "Record does not exist": somebody may have been faster. */
const RACED = [81057, 81058, 81044];

export function cloudflareRecordSets(api: CloudflareApi, { zone: zoneName, maxAgeMs, clock }: CloudflareSetsOptions): RecordSets {
  const zone = once(() => findZone(api, zoneName));
  const readings = new Readings(() => clock.now());
  const found = async ({ name, type }: RecordSet) =>
    (await listRecords(api, await zone(), type)).filter((record) => record.name === hostName(name));

  return {
    capabilities: async () => capabilitiesOf(await zone()),
    nameServers: async () => (await zone()).nameServers,
    async observe(name, type): Promise<ObservedSet | undefined> {
      const listed = await readings.shared(type, maxAgeMs, async () => listRecords(api, await zone(), type));
      return setOf(
        type,
        listed.filter((record) => record.name === hostName(name)),
      );
    },
    async replace(expected, wanted, options = {}) {
      try {
        const records = await found(wanted);
        if (isDone(expected, wanted, records)) return;
        const { doing, method, path, body } = requestFor(wanted, records);
        const { id } = await zone();
        await api
          .send({ doing, needs: "DNS Edit" }, method, `/zones/${id}/dns_records${path}`, body, options)
          .catch(async (error: unknown) => {
            const isRaced = error instanceof CloudflareError && error.codes.some((code) => RACED.includes(code));
            if (!isRaced || !isDone(expected, wanted, await found(wanted))) throw error;
          });
      } finally {
        // It has ended, well or badly: what was read before may no longer be so.
        readings.forget();
      }
    },
  };
}

/** What a zone takes by its plan. Of a plan that is not told, or that nobody knows, the API itself says what is too much. */
function capabilitiesOf({ plan }: CloudflareZone): Capabilities {
  const least = plan === undefined || plan === "enterprise" ? 30 : 60;
  const attributes = ["proxied", "settings", ...(plan === "free" ? [] : ["tags"])];
  return { comments: true, transactions: true, ttlRange: { least, greatest: 86_400 }, attributes };
}

/** Whether these records are what is wanted; false when they are what is expected. @throws {DnsError} `changedMeanwhile` when they are neither */
function isDone(expected: RecordSet, wanted: RecordSet, records: readonly CloudflareRecord[]): boolean {
  const { name, type } = wanted;
  const set = setOf(type, records) ?? { name, type, ttlSeconds: 0, records: [] };
  const isSo = ({ data, ttlSeconds, attributes }: CloudflareRecord) =>
    ttlSeconds === wanted.ttlSeconds && bears(attributes, wanted.records.find((record) => record.data === data)?.attributes);
  if (sameSet(set, wanted) && records.every(isSo)) return true;
  if (sameSet(set, expected)) return false;
  const now = set.records.length === 0 ? "gone" : `${set.records.map(({ data }) => data).join(", ")} with TTL ${set.ttlSeconds}`;
  throw new DnsError(
    "changedMeanwhile",
    `Cloudflare: somebody has changed the ${type} of ${name} meanwhile: it is now ${now}. It is left as it is.`,
  );
}
