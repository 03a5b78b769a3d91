// DNS as the provider sees it: all records of one name and type are one value, behind a port with one adapter per DNS host. A set is replaced as a
// whole, and only while it is what the caller saw: compare-and-swap. Rules: RFC 2181 5 (a set and its one TTL), RFC 1035 5.1 (data as text).
import { isDeepStrictEqual } from "node:util";
import type { ActOptions } from "../common/options.ts";
import { EdgeError } from "../common/reason.ts";

export type RecordType = "A" | "AAAA" | "CNAME" | "MX" | "TLSA" | "TXT";

export interface DnsRecord {
  /** What a zone file has after the type, in one spelling: `10 mail.contoso.com`, hosts in lower case without the dot at the end. */
  readonly data: string;
  /** The remark beside it, where the DNS host keeps one. */
  readonly comment?: string | undefined;
  /** Whatever else it bears. Absent in a set that is wanted: stays as it is. */
  readonly attributes?: Attributes | undefined;
}

/** What a DNS host keeps with a record besides data, TTL and remark, in that host's words and values; what is empty there is left out. */
export type Attributes = Readonly<Record<string, unknown>>;

/** All records of one name and type. Without records there is no such set, and its TTL means nothing. */
export interface RecordSet {
  /** Fully qualified, in lower case, without the dot at the end. */
  readonly name: string;
  readonly type: RecordType;
  /** Seconds. The largest of the set where a host keeps one per record; `1` is Cloudflare's word for automatic (300 s). */
  readonly ttlSeconds: number;
  readonly records: readonly DnsRecord[];
}

/** A set as the DNS host has it. */
export interface ObservedSet extends RecordSet {
  /** When any of its records was last changed, in milliseconds since 1970, where the host says so. */
  readonly changedAtMs?: number;
  /** False when the host says that the records are locked by another of its services. */
  readonly writable: boolean;
}

/** What a DNS host can do. */
export interface Capabilities {
  /** Whether a remark can stand beside each record. MxRecord asks this: where none can, it writes no mark, and Pulumi's state alone tells what is ours. */
  readonly comments: boolean;
  /** Whether a change is stored as a whole or not at all. Where not, the adapter adds before it removes. Name servers may show either record by record. */
  readonly transactions: boolean;
  /** Least and greatest TTL in seconds that it takes. */
  readonly ttlRange: { readonly least: number; readonly greatest: number };
  /** Attributes that a record can be given; others it only bears. */
  readonly attributes: readonly string[];
}

/** One zone at one DNS host. Every call is one request or a few; none retries or decides. @throws {DnsError} */
export interface RecordSets {
  capabilities(): Promise<Capabilities>;
  /** The set of `name` (fully qualified); `undefined` when the zone is there and the name has no such records. */
  observe(name: string, type: RecordType): Promise<ObservedSet | undefined>;
  /**
   * Makes `wanted` of `expected`, both of one name and type. What is `wanted` already stays as it is, so a call whose answer was lost may be repeated.
   * @throws {DnsError} `changedMeanwhile` when what is there is neither of them; then nothing was changed
   */
  replace(expected: RecordSet, wanted: RecordSet, options?: ActOptions): Promise<void>;
  /** Host names of the zone's authoritative servers, as its parent should list them. */
  nameServers(): Promise<readonly string[]>;
}

/** Whether both have the same records, in whatever order, with the same remarks and TTL. Attributes do not count: some change by themselves. */
export function sameSet(one: RecordSet, other: RecordSet): boolean {
  const [ones, others] = [one, other].map(({ records }) => records.map(({ data, comment = "" }) => `${data}\n${comment}`).sort());
  return JSON.stringify(ones) === JSON.stringify(others) && (one.records.length === 0 || one.ttlSeconds === other.ttlSeconds);
}

/** Whether a record that bears `found` bears all that is `wanted` of it. */
export function bears(found: Attributes = {}, wanted: Attributes = {}): boolean {
  return Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(found[name], value));
}

export type DnsReason =
  | "timedOut"
  | "unreachable"
  | "throttled"
  | "serverError"
  | "changedMeanwhile"
  | "denied"
  | "notFound"
  | "rejected"
  | "invalidAnswer";

/** "Cloudflare: adding MX 10 buffer.contoso-mail.net to contoso.com: TTL must be between 60 and 86400 seconds (9021)" */
export class DnsError extends EdgeError<DnsReason> {
  override readonly name = "DnsError";
}
