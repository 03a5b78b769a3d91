// DNS as the provider sees it: a record set is one value, behind a port with one adapter per DNS API.
// Rules: RFC 5321 5.1 (MX), RFC 2181 5.2 (one TTL per set), 10.3 (a target is a name with addresses).
import type { ActOptions } from "../common/options.ts";
import { EdgeError } from "../common/reason.ts";

/** One MX record. */
export interface Exchange {
  /** `0` to `65535`; the lowest is tried first. */
  readonly preference: number;
  /** Host name in lower case, without the trailing dot. */
  readonly exchange: string;
}

/** All MX records of one name, as the DNS API holds them. */
export interface MxSet {
  readonly exchanges: readonly Exchange[];
  /** Seconds. The largest of the set where an API keeps one per record; `1` is Cloudflare's word for automatic (300 s). */
  readonly ttlSeconds: number;
  /** The remark of each record where the API has one, by `key`; absent ones are left out. */
  readonly notes: Readonly<Record<string, string>>;
  /** When any record of the set was last changed, in milliseconds since 1970, where the API says so. */
  readonly changedAtMs?: number;
  /** False when the API says that the records are locked by another of its services. */
  readonly writable: boolean;
}

/** `10 mail.contoso.com`: the one key of an MX record. */
export function keyOf(exchange: Exchange): string {
  return `${exchange.preference} ${exchange.exchange}`;
}

/** One zone at one DNS API. Every call is one request or a few; none retries or decides. @throws {DnsError} */
export interface MxRecordSets {
  /** The set of `name` (fully qualified, no dot at the end); `undefined` when the zone is there and the name has no MX. */
  observe(name: string): Promise<MxSet | undefined>;
  /** Adds one record; one that is there already, with the same preference and host, is success. */
  add(
    name: string,
    exchange: Exchange,
    record: { readonly ttlSeconds: number; readonly note?: string },
    options?: ActOptions,
  ): Promise<void>;
  /** Removes one record; one that is not there is success. */
  remove(name: string, exchange: Exchange, options?: ActOptions): Promise<void>;
  /** Sets the TTL of every record of the set, and each record's remark: `undefined` clears it. */
  rewrite(name: string, ttlSeconds: number, notes: Readonly<Record<string, string | undefined>>, options?: ActOptions): Promise<void>;
  /** Host names of the zone's authoritative servers, as its parent should list them. */
  nameServers(): Promise<readonly string[]>;
  /** Least and greatest TTL in seconds that the API takes. */
  readonly ttlRange: { readonly least: number; readonly greatest: number };
}

export type DnsReason = "timedOut" | "unreachable" | "throttled" | "serverError" | "denied" | "notFound" | "rejected" | "invalidAnswer";

/** "Cloudflare: adding MX 10 buffer.contoso-mail.net to contoso.com: TTL must be between 60 and 86400 seconds (9021)" */
export class DnsError extends EdgeError<DnsReason> {
  override readonly name = "DnsError";
}
