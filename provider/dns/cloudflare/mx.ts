// MX sets at Cloudflare. Its API keeps records one by one and knows no conditions, so each change is one record or one batch;
// in which order they come, and that no name is ever without MX in between, is decided by who calls. Rules: Cloudflare's API v4.
import { once, Readings } from "../../common/readings.ts";
import { DnsError, type Exchange, keyOf, type MxRecordSets, type MxSet } from "../record-sets.ts";
import { hostName } from "../sets.ts";
import { type CloudflareOptions, cloudflareApi } from "./api.ts";
import { CloudflareError } from "./errors.ts";
import { type CloudflareMxRecord, listMx, setOf } from "./records.ts";
import { type CloudflareZone, findZone } from "./zone.ts";

export interface CloudflareZoneOptions extends CloudflareOptions {
  /** How old, in milliseconds of `clock`, a reading of the zone may be to answer from. */
  readonly maxAgeMs: number;
  readonly clock: { now(): number };
}

/** "The record already exists", "An identical record already exists". */
const ALREADY_THERE = [81057, 81058];
/** "Record does not exist". */
const NOT_THERE = 81044;

/** The zone's MX sets, each observed by a request of its own. */
export function cloudflareMx(options: CloudflareOptions): MxRecordSets {
  return recordSets(options, (listed) => ({ observe: (name) => listed(name), changed: () => undefined }));
}

/** The zone's MX sets, observed together: one listing of the zone answers for every name in it until it is too old or a write ends. */
export function cloudflareZone(options: CloudflareZoneOptions): MxRecordSets {
  return recordSets(options, (listed) => {
    const readings = new Readings(() => options.clock.now());
    return {
      observe: async (name) => (await readings.shared("MX", options.maxAgeMs, () => listed())).filter((record) => record.name === name),
      changed: () => readings.forget(),
    };
  });
}

interface Observing {
  observe(name: string): Promise<readonly CloudflareMxRecord[]>;
  /** A write has ended, well or badly: what was read before may no longer be so. */
  changed(): void;
}

type Listing = (name?: string) => Promise<readonly CloudflareMxRecord[]>;

function recordSets(options: CloudflareOptions, observing: (listed: Listing) => Observing): MxRecordSets {
  const api = cloudflareApi(options);
  const zoneName = hostName(options.zone);
  const zone: () => Promise<CloudflareZone> = once(() => findZone(api, zoneName));
  const listed: Listing = async (name) => listMx(api, (await zone()).id, zoneName, name);
  const { observe, changed } = observing(listed);

  async function write(what: (path: string) => Promise<void>): Promise<void> {
    const path = `/zones/${(await zone()).id}/dns_records`;
    try {
      await what(path);
    } finally {
      changed();
    }
  }

  return {
    ttlRange: { least: 60, greatest: 86_400 },
    observe: async (name): Promise<MxSet | undefined> => setOf(await observe(hostName(name))),
    nameServers: async () => (await zone()).nameServers,
    add: (name, exchange, { ttlSeconds, note }, { beforeSend } = {}) =>
      write(async (path) => {
        const call = { doing: `adding MX ${keyOf(exchange)} to ${hostName(name)}`, needs: "DNS Edit" } as const;
        const { preference: priority, exchange: content } = exchange;
        const body = {
          type: "MX",
          name: hostName(name),
          content,
          priority,
          ttl: ttlSeconds,
          ...(note === undefined ? {} : { comment: note }),
        };
        try {
          await beforeSend?.();
          await api.send(call, "post", path, body);
        } catch (error) {
          const isThere = error instanceof CloudflareError && error.codes.some((code) => ALREADY_THERE.includes(code));
          if (!isThere || withKey(await listed(hostName(name)), exchange).length === 0) throw error;
        }
      }),
    remove: (name, exchange, { beforeSend } = {}) =>
      write(async (path) => {
        const call = { doing: `removing MX ${keyOf(exchange)} from ${hostName(name)}`, needs: "DNS Edit" } as const;
        for (const { id } of withKey(await listed(hostName(name)), exchange)) {
          try {
            await beforeSend?.();
            await api.send(call, "delete", `${path}/${id}`);
          } catch (error) {
            if (!(error instanceof CloudflareError && error.codes.includes(NOT_THERE))) throw error;
          }
        }
      }),
    rewrite: (name, ttlSeconds, notes, { beforeSend } = {}) =>
      write(async (path) => {
        const records = await listed(hostName(name));
        if (records.length === 0) throw new DnsError("notFound", `Cloudflare: ${hostName(name)} has no MX whose TTL or notes could be set`);
        // An empty comment clears it. All of the set in one batch, which Cloudflare stores as a whole or not at all.
        const patches = records.map(({ id, exchange }) => ({ id, ttl: ttlSeconds, comment: notes[keyOf(exchange)] ?? "" }));
        const call = {
          doing: `setting the TTL of the MX of ${hostName(name)} to ${ttlSeconds} s, and their notes`,
          needs: "DNS Edit",
        } as const;
        await beforeSend?.();
        await api.send(call, "post", `${path}/batch`, { patches });
      }),
  };
}

function withKey(records: readonly CloudflareMxRecord[], exchange: Exchange): readonly CloudflareMxRecord[] {
  const key = keyOf({ preference: exchange.preference, exchange: hostName(exchange.exchange) });
  return records.filter((record) => keyOf(record.exchange) === key);
}
