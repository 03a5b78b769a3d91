// The lab's zones as the provider's MX port, call by call as its Cloudflare adapter makes them, without HTTP.
import { CloudflareRefusal, type ZoneRecord } from "../../lab/world/zone-records.ts";
import type { Zone, Zones } from "../../lab/world/zones.ts";
import { type CloudflareMxRecord, setOf } from "../../provider/dns/cloudflare/records.ts";
import { sharedReading } from "../../provider/dns/cloudflare/shared-reading.ts";
import { DnsError, type Exchange, keyOf, type MxRecordSets } from "../../provider/dns/record-sets.ts";
import type { Clock } from "../../provider/engine/clock.ts";
import type { Wire } from "./wire.ts";

/** As long as the host lets one listing serve all names of a zone. */
const zoneReadingMs = 2_000;

type FoundZone = Pick<Zone, "id"> & Pick<Zones, "nameServers">;

export function memoryMx(zoneName: string, wire: Wire, clock: Clock): MxRecordSets {
  const ask = <T>(doing: string, act: (zones: Zones) => T, beforeSend?: () => Promise<void>): Promise<T> =>
    wire.change(`Cloudflare: ${doing}`, beforeSend, ({ zones }) => translated(doing, () => act(zones)));
  const look = <T>(doing: string, act: (zones: Zones) => T): Promise<T> =>
    wire.call(`Cloudflare: ${doing}`, ({ zones }) => translated(doing, () => act(zones)));
  let found: Promise<FoundZone> | undefined;
  const zone = (): Promise<FoundZone> => {
    found ??= look(`looking up zone ${zoneName}`, (zones) => {
      const named = zones.zones().find(({ name }) => name === zoneName);
      if (named === undefined) throw new CloudflareRefusal(404, 7003, `there is no zone "${zoneName}"`);
      return { id: named.id, nameServers: zones.nameServers };
    });
    return found;
  };
  const list = async (): Promise<readonly CloudflareMxRecord[]> => {
    const { id } = await zone();
    return look(`listing the MX records of zone ${zoneName}`, (zones) => mxRecordsOf(zones.zone(id)));
  };
  const shared = sharedReading(list, zoneReadingMs, clock);
  const named = async (name: string) => (await list()).filter((record) => record.name === name);
  const write = async (what: (zoneId: string) => Promise<void>): Promise<void> => {
    try {
      await what((await zone()).id);
    } finally {
      shared.drop();
    }
  };
  return {
    ttlRange: { least: 60, greatest: 86_400 },
    nameServers: async () => (await zone()).nameServers,
    observe: async (name) => setOf((await shared.read()).filter((record) => record.name === name)),
    add: (name, exchange, { ttlSeconds: ttl, note }, { beforeSend } = {}) =>
      write(async (zoneId) => {
        const draft = { type: "MX", name, content: exchange.exchange, priority: exchange.preference, ttl, comment: note ?? null };
        try {
          await ask(`adding MX ${keyOf(exchange)} to ${name}`, (zones) => zones.create(zoneId, draft), beforeSend);
        } catch (error) {
          const isThere = error instanceof DnsError && /\(8105[78]\)/.test(error.message);
          if (!isThere || withKey(await named(name), exchange).length === 0) throw error;
        }
      }),
    remove: (name, exchange, { beforeSend } = {}) =>
      write(async (zoneId) => {
        for (const { id } of withKey(await named(name), exchange)) {
          await ask(`removing MX ${keyOf(exchange)} from ${name}`, (zones) => zones.delete(zoneId, id), beforeSend);
        }
      }),
    rewrite: (name, ttlSeconds, notes, { beforeSend } = {}) =>
      write(async (zoneId) => {
        const records = await named(name);
        const patches = records.map(({ id, exchange }) => ({ id, ttl: ttlSeconds, comment: notes[keyOf(exchange)] ?? "" }));
        await ask(`setting the TTL of the MX of ${name} to ${ttlSeconds} s`, (zones) => zones.batch(zoneId, { patches }), beforeSend);
      }),
  };
}

function translated<T>(doing: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof CloudflareRefusal)) throw error;
    const reason =
      error.status === 404 ? "notFound" : error.status === 429 ? "throttled" : error.status >= 500 ? "serverError" : "rejected";
    throw new DnsError(reason, `Cloudflare: ${doing}: ${error.message} (${error.code})`, { cause: error });
  }
}

function mxRecordsOf(zone: Zone): CloudflareMxRecord[] {
  return [...zone.records.values()].filter((record) => record.type === "MX").map(recordOf);
}

function recordOf(record: ZoneRecord): CloudflareMxRecord {
  const { id, name, content, priority, ttl, comment, modifiedAtMs, readOnly } = record;
  const exchange = { preference: priority ?? 0, exchange: content };
  return { id, name, exchange, ttlSeconds: ttl, comment: comment ?? undefined, modifiedAtMs, readOnly };
}

function withKey(records: readonly CloudflareMxRecord[], exchange: Exchange): readonly CloudflareMxRecord[] {
  return records.filter((record) => keyOf(record.exchange) === keyOf(exchange));
}
