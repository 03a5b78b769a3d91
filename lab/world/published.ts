// What one authoritative server shows of one zone at this moment: record by record, each seen a little after it was changed.
// The API's word and the world's view are two things; here is the second. Rules: RFC 1034 4.3.2, RFC 2308 2.2, RFC 2181 5.2.
import type { RecordType, ZoneRecord } from "./zone-records.ts";

export type QueryType = RecordType | "NS" | "SOA" | "ANY" | (string & {});

export interface Soa {
  readonly mname: string;
  readonly rname: string;
  /** Grows by one with each record that changes in this view. */
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  /** Seconds for which a cache may remember that something is not there. */
  readonly minimum: number;
  readonly ttl: number;
}

/** One record as it is served: `ttl` in seconds is the real one, never `1` for automatic. */
export interface ServedRecord {
  readonly name: string;
  readonly type: RecordType | "NS";
  readonly content: string;
  readonly priority: number | undefined;
  readonly ttl: number;
}

export interface ServedAnswer {
  readonly code: "NOERROR" | "NXDOMAIN" | "REFUSED";
  readonly authoritative: boolean;
  readonly records: readonly ServedRecord[];
  /** Name servers of a zone below, when the name is in one that others serve: a referral. */
  readonly referral?: readonly ServedRecord[];
  /** Of the zone that the name is in; absent when the server does not serve it. */
  readonly start: ZoneStart | undefined;
}

/** A zone's name and the SOA at its apex. */
export interface ZoneStart {
  readonly zone: string;
  readonly soa: Soa;
}

/** One server's view of one zone. */
export class PublishedZone {
  readonly zone: string;
  readonly #nameServers: readonly string[];
  readonly #records = new Map<string, ZoneRecord>();
  #serial: number;

  constructor(zone: string, nameServers: readonly string[], serial: number, records: Iterable<ZoneRecord>) {
    this.zone = zone;
    this.#nameServers = nameServers;
    this.#serial = serial;
    for (const record of records) this.#records.set(record.id, record);
  }

  /** From now on shows `record` under its id, or nothing. */
  show(id: string, record: ZoneRecord | undefined): void {
    if (record === undefined) this.#records.delete(id);
    else this.#records.set(id, record);
    this.#serial = (this.#serial + 1) >>> 0;
  }

  get soa(): Soa {
    const mname = this.#nameServers[0] ?? this.zone;
    const rname = `hostmaster.${this.zone}`;
    return { mname, rname, serial: this.#serial, refresh: 10_000, retry: 2_400, expire: 604_800, minimum: 1_800, ttl: 3_600 };
  }

  /** The answer to `name` (lower case, no dot at the end, in this zone). An alias is given, not followed. */
  answer(name: string, type: QueryType): ServedAnswer {
    const here = [...this.#records.values()].filter((record) => record.name === name);
    const exists = here.length > 0 || name === this.zone || [...this.#records.values()].some((record) => record.name.endsWith(`.${name}`));
    const alias = here.filter((record) => record.type === "CNAME");
    const asked = here.filter((record) => type === "ANY" || record.type === type);
    const records = (asked.length === 0 ? alias : asked).map(served);
    if (name === this.zone && (type === "NS" || type === "ANY")) records.push(...this.#nameServers.map((server) => nsRecord(name, server)));
    return { code: exists ? "NOERROR" : "NXDOMAIN", authoritative: true, records, start: { zone: this.zone, soa: this.soa } };
  }
}

function served(record: ZoneRecord): ServedRecord {
  const { name, type, content, priority, ttl } = record;
  return { name, type, content, priority, ttl: ttl === 1 ? 300 : ttl };
}

export function nsRecord(name: string, content: string): ServedRecord {
  return { name, type: "NS", content, priority: undefined, ttl: 86_400 };
}
