// MX sets as values: compared as sets, written for people, and refused where no sender could use them.
// Pure. Rules: RFC 5321 5.1 and RFC 2181 10.3 (a target is a host name), RFC 1123 2.1 (host names), RFC 7505 (null MX).
import { isIP } from "node:net";
import { sayName } from "../common/host-name.ts";

/** One MX record. */
export interface Exchange {
  /** `0` to `65535`; the lowest is tried first. */
  readonly preference: number;
  /** Host name as `hostName` spells it. */
  readonly exchange: string;
}

/** `10 mail.contoso.com`: the one key of an MX record, and its data in a record set. */
export function keyOf(exchange: Exchange): string {
  return `${exchange.preference} ${exchange.exchange}`;
}

/** The MX record with this data, whether or not it ought to be published. */
export function exchangeOf(data: string): Exchange {
  const [preference = "", exchange = ""] = data.split(" ");
  return { preference: Number(preference), exchange };
}

/** True when both hold the same records, in whatever order. */
export function sameExchanges(one: readonly Exchange[], other: readonly Exchange[]): boolean {
  const ones = new Set(one.map(keyOf));
  const others = new Set(other.map(keyOf));
  return ones.size === others.size && [...ones].every((key) => others.has(key));
}

/** `10 mail.contoso.com, 20 mx2.contoso.com`, in the order in which senders try them; `no MX` for an empty set. */
export function saySet(exchanges: readonly Exchange[]): string {
  return exchanges.length === 0 ? "no MX" : [...exchanges].sort(byPreference).map(say).join(", ");
}

/** Why `exchange`, its host spelt as `hostName` does, must not be published, as one sentence; `undefined` when it may. Whether the host is a CNAME only DNS can tell. */
export function mxProblem({ preference, exchange }: Exchange): string | undefined {
  if (!Number.isInteger(preference) || preference < 0 || preference > 65_535) {
    return `MX preference ${preference} of "${exchange}" is not a whole number from 0 to 65535.`;
  }
  if (exchange === "") return "An MX record needs a host name, and this one has none.";
  if (exchange === ".") return 'MX "." (null MX) tells senders that the domain takes no mail at all: they bounce it at once (RFC 7505).';
  if (isIP(exchange.replace(/^\[|\]$/g, "")) !== 0) {
    return `"${exchange}" is an IP address; an MX record names a host, whose A or AAAA record has the address.`;
  }
  return labelProblem(exchange);
}

function say({ preference, exchange }: Exchange): string {
  return `${preference} ${sayName(exchange)}`;
}

function labelProblem(host: string): string | undefined {
  const labels = host.split(".");
  if (host.length > 253) return `"${host}" has ${host.length} characters; a host name has at most 253.`;
  if (labels.length < 2) return `"${host}" is one word; an MX record needs the full name, such as "${host}.contoso.com".`;
  for (const label of labels) {
    if (label === "") return `"${host}" has an empty part between two dots.`;
    if (label.length > 63) return `"${host}": "${label}" has ${label.length} characters; a part of a host name has at most 63.`;
    if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)) {
      return `"${host}": "${label}" may have letters a to z, digits, and hyphens inside only`;
    }
  }
  return /^\d+$/.test(labels.at(-1) ?? "") ? `"${host}" ends in a number, which no host name does.` : undefined;
}

function byPreference(one: Exchange, other: Exchange): number {
  if (one.preference !== other.preference) return one.preference - other.preference;
  return one.exchange < other.exchange ? -1 : Number(one.exchange > other.exchange);
}
