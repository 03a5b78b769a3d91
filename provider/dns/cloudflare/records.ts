// Records as Cloudflare lists them, and the sets they form. Cloudflare keeps a TTL and a comment for each record.
// Of what the record set port knows, only TLSA is written in another form there; it is read, and not written yet.

import { z } from "zod";
import { hostName } from "../../common/host-name.ts";
import { kept } from "../../common/kept.ts";
import { type Attributes, DnsError, type DnsRecord, type ObservedSet, type RecordType } from "../record-sets.ts";
import { keyOf } from "../sets.ts";
import type { CloudflareApi } from "./api.ts";
import type { CloudflareZone } from "./zone.ts";

export interface CloudflareRecord extends DnsRecord {
  readonly id: string;
  readonly name: string;
  readonly ttlSeconds: number;
  readonly modifiedAtMs: number | undefined;
  /** Kept by another of Cloudflare's services, such as Email Routing. */
  readonly readOnly: boolean;
}

/** What is no attribute: it is read by its own name, follows from something else, or is Cloudflare's own doing. */
const known = new Set(
  [
    ["id", "name", "type", "content", "priority", "data", "ttl", "comment"],
    ["proxiable", "meta", "created_on", "modified_on", "comment_modified_on", "tags_modified_on", "zone_id", "zone_name", "locked"],
  ].flat(),
);

const item = z.looseObject({
  id: z.string(),
  name: z.string(),
  content: z.string(),
  ttl: z.number(),
  comment: z.string().nullish(),
  modified_on: z.string().optional(),
  meta: z.object({ read_only: z.boolean().optional() }).nullish(),
});

/** As records of `type` are listed. Each is made once: making one costs far more than reading with it. */
const itemsOf = new Map<RecordType, ReturnType<typeof newItemOf>>();

function newItemOf(type: RecordType) {
  return item.extend({ type: z.literal(type), priority: type === "MX" ? z.number() : z.number().optional() });
}

/** The records of `type` in a zone, of all names: in which spelling a filter finds a name is not known. @throws {DnsError} */
export async function listRecords(api: CloudflareApi, zone: CloudflareZone, type: RecordType): Promise<readonly CloudflareRecord[]> {
  const doing = `listing the ${type} records of zone ${zone.name}`;
  const shape = kept(itemsOf, type, () => newItemOf(type));
  const listed = await api.list({ doing, needs: "DNS Read" }, `/zones/${zone.id}/dns_records`, { type }, shape);
  return listed.map(({ priority, ...record }) => recordOf(record, dataOf(type, record.content, priority)));
}

/** The set that `records`, all of one name, form; `undefined` for none. @throws {DnsError} `invalidAnswer` when two have the same data */
export function setOf(type: RecordType, records: readonly CloudflareRecord[]): ObservedSet | undefined {
  const [first] = records;
  if (first === undefined) return undefined;
  for (const [index, { id, name, data }] of records.entries()) {
    const twin = records.slice(0, index).find((other) => other.data === data);
    if (twin === undefined) continue;
    const both = `${twin.id} and ${id}`;
    throw new DnsError("invalidAnswer", `Cloudflare: ${name} has ${type} ${data} twice: ${both}. Remove one of them in the dashboard.`);
  }
  const changes = records.flatMap((record) => record.modifiedAtMs ?? []);
  return {
    name: first.name,
    type,
    ttlSeconds: Math.max(...records.map((record) => record.ttlSeconds)),
    records: records.map(({ data, comment, attributes }) => ({
      data,
      ...(comment === undefined ? {} : { comment }),
      ...(attributes === undefined ? {} : { attributes }),
    })),
    ...(changes.length === 0 ? {} : { changedAtMs: Math.max(...changes) }),
    writable: records.every((record) => !record.readOnly),
  };
}

function recordOf(listed: z.infer<typeof item>, data: string): CloudflareRecord {
  const modifiedAtMs = Date.parse(listed.modified_on ?? "");
  return {
    id: listed.id,
    name: hostName(listed.name),
    data,
    ttlSeconds: listed.ttl,
    comment: listed.comment === "" || listed.comment === null ? undefined : listed.comment,
    attributes: attributesOf(listed),
    modifiedAtMs: Number.isNaN(modifiedAtMs) ? undefined : modifiedAtMs,
    readOnly: listed.meta?.read_only === true,
  };
}

/** `undefined` for a record that bears none. */
function attributesOf(listed: Readonly<Record<string, unknown>>): Attributes | undefined {
  const found = Object.entries(listed).filter(([name, value]) => !known.has(name) && !isEmpty(value));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** As a member is of a record that was never given it. */
function isEmpty(value: unknown): boolean {
  return !value || (typeof value === "object" && Object.keys(value).length === 0);
}

function dataOf(type: RecordType, content: string, priority: number | undefined): string {
  if (type === "MX") return keyOf({ preference: priority ?? 0, exchange: hostName(content) });
  return type === "CNAME" ? hostName(content) : content;
}
