// Zones and records in the JSON of Cloudflare's API, and request bodies read from it. Form: the answers recorded from the API.
import { domainToUnicode } from "node:url";
import { z } from "zod";
import { CloudflareRefusal, type RecordDraft, type ZoneRecord } from "../../world/zone-records.ts";
import type { Batch, Zone } from "../../world/zones.ts";

const draftShape = {
  name: z.string().optional(),
  type: z.string().optional(),
  content: z.string().optional(),
  priority: z.number().optional(),
  ttl: z.number().optional(),
  comment: z.string().nullable().optional(),
  proxied: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
};
const draft = z.object(draftShape);
const identified = z.object({ ...draftShape, id: z.string() });
const batch = z.object({
  deletes: z
    .array(z.object({ id: z.string() }))
    .nullish()
    .transform(noNull),
  patches: z.array(identified).nullish().transform(noNull),
  puts: z.array(identified).nullish().transform(noNull),
  posts: z.array(draft).nullish().transform(noNull),
});

/** @throws {CloudflareRefusal} */
export function draftFrom(body: string): RecordDraft {
  return read(body, draft);
}

/** @throws {CloudflareRefusal} */
export function batchFrom(body: string): Batch {
  return read(body, batch);
}

export function recordJson(record: ZoneRecord): Readonly<Record<string, unknown>> {
  const proxiable = record.type === "A" || record.type === "AAAA" || record.type === "CNAME";
  return {
    id: record.id,
    name: unicodeName(record.name),
    type: record.type,
    content: record.type === "MX" || record.type === "CNAME" ? unicodeName(record.content) : record.content,
    ...(record.priority === undefined ? {} : { priority: record.priority }),
    proxiable,
    proxied: record.proxied,
    ttl: record.ttl,
    settings: record.settings,
    meta: record.readOnly ? { email_routing: true, read_only: true } : {},
    comment: record.comment,
    tags: record.tags,
    created_on: timeJson(record.createdAtMs),
    modified_on: timeJson(record.modifiedAtMs),
  };
}

export function zoneJson(zone: Zone): Readonly<Record<string, unknown>> {
  return {
    id: zone.id,
    name: unicodeName(zone.name),
    status: zone.status,
    paused: false,
    type: zone.type,
    development_mode: 0,
    name_servers: zone.listed,
    original_name_servers: [],
    original_registrar: null,
    original_dnshost: null,
    created_on: timeJson(zone.createdAtMs),
    modified_on: timeJson(zone.createdAtMs),
    activated_on: zone.status === "active" ? timeJson(zone.createdAtMs) : null,
    meta: {},
    plan: { legacy_id: zone.plan, name: zone.plan === "free" ? "Free Website" : "Enterprise Website" },
  };
}

/** The API says names in Unicode, in whatever spelling it was asked. Whether hosts in a record's content, too, is not known. */
function unicodeName(name: string): string {
  return name.includes("xn--") ? domainToUnicode(name) : name;
}

/** The envelope of a request that is refused. */
export function refusalJson({ code, message, chain }: CloudflareRefusal): Readonly<Record<string, unknown>> {
  const why = chain.length === 0 ? {} : { error_chain: chain };
  return { success: false, errors: [{ code, message, ...why }], messages: [], result: null };
}

// What the real API says of a body that is no JSON, or JSON of another form, is not known.
function read<T>(body: string, shape: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new CloudflareRefusal(400, 9207, "Request body is not valid JSON");
  }
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CloudflareRefusal(400, 9207, `Request body is invalid: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
}

function noNull<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined;
}

/** As the API writes times: microseconds and Z. */
function timeJson(ms: number): string {
  return new Date(ms).toISOString().replace(/Z$/, "000Z");
}
