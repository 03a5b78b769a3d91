// MX records as Cloudflare lists them, and the sets they form. Cloudflare keeps a TTL and a comment for each record.
import { z } from "zod";
import { DnsError, type Exchange, keyOf, type MxSet } from "../record-sets.ts";
import { hostName } from "../sets.ts";
import type { CloudflareApi } from "./api.ts";

export interface CloudflareMxRecord {
  readonly id: string;
  readonly name: string;
  readonly exchange: Exchange;
  readonly ttlSeconds: number;
  readonly comment: string | undefined;
  readonly modifiedAtMs: number | undefined;
  /** Kept by another of Cloudflare's services, such as Email Routing. */
  readonly readOnly: boolean;
}

const item = z.object({
  id: z.string(),
  name: z.string(),
  type: z.literal("MX"),
  content: z.string(),
  priority: z.number(),
  ttl: z.number(),
  comment: z.string().nullish(),
  modified_on: z.string().optional(),
  meta: z.object({ read_only: z.boolean().optional() }).nullish(),
});

/** The MX records of a zone, or of one `name` in it. @throws {DnsError} */
export async function listMx(api: CloudflareApi, zoneId: string, zone: string, name?: string): Promise<readonly CloudflareMxRecord[]> {
  const doing = name === undefined ? `listing the MX records of zone ${zone}` : `listing the MX records of ${name}`;
  const query = { type: "MX", ...(name === undefined ? {} : { "name.exact": name }) };
  const listed = await api.list({ doing, needs: "DNS Read" }, `/zones/${zoneId}/dns_records`, query, item);
  return listed.map(recordOf).filter((record) => name === undefined || record.name === name);
}

/** The set that `records`, all of one name, form; `undefined` for none. @throws {DnsError} `invalidAnswer` when two have one key */
export function setOf(records: readonly CloudflareMxRecord[]): MxSet | undefined {
  if (records.length === 0) return undefined;
  const ids = new Map<string, string>();
  const notes: Record<string, string> = {};
  for (const record of records) {
    const key = keyOf(record.exchange);
    const twin = ids.get(key);
    if (twin !== undefined) {
      const both = `${twin} and ${record.id}`;
      throw new DnsError("invalidAnswer", `Cloudflare: ${record.name} has MX ${key} twice: ${both}. Remove one of them in the dashboard.`);
    }
    ids.set(key, record.id);
    if (record.comment !== undefined) notes[key] = record.comment;
  }
  const changes = records.flatMap((record) => record.modifiedAtMs ?? []);
  return {
    exchanges: records.map((record) => record.exchange),
    ttlSeconds: Math.max(...records.map((record) => record.ttlSeconds)),
    notes,
    ...(changes.length === 0 ? {} : { changedAtMs: Math.max(...changes) }),
    writable: records.every((record) => !record.readOnly),
  };
}

function recordOf(listed: z.infer<typeof item>): CloudflareMxRecord {
  const modifiedAtMs = Date.parse(listed.modified_on ?? "");
  return {
    id: listed.id,
    name: hostName(listed.name),
    exchange: { preference: listed.priority, exchange: hostName(listed.content) },
    ttlSeconds: listed.ttl,
    comment: listed.comment === "" || listed.comment === null ? undefined : listed.comment,
    modifiedAtMs: Number.isNaN(modifiedAtMs) ? undefined : modifiedAtMs,
    readOnly: listed.meta?.read_only === true,
  };
}
