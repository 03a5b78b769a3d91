// A small DNS world for tests: contoso.com with one MX, at the lab's Cloudflare and, where asked for, its name servers. Time stands until moved.
import assert from "node:assert/strict";
import { Events } from "../../lab/world/events.ts";
import { CloudflareRefusal, type RecordDraft } from "../../lab/world/zone-records.ts";
import { type Zone, Zones, type ZonesOptions } from "../../lab/world/zones.ts";
import { type Answer, type AuthoritativeQuestion, askOne } from "../../provider/dns/authoritative.ts";
import { cloudflareApi } from "../../provider/dns/cloudflare/api.ts";
import { cloudflareRecordSets } from "../../provider/dns/cloudflare/record-sets.ts";
import type { RecordSet, RecordSets } from "../../provider/dns/record-sets.ts";

export const startMs = Date.UTC(2026, 11, 4, 18, 0, 0);
/** A token of the form that Cloudflare issues, made anew for each run. */
export const labToken = `${crypto.randomUUID()}${crypto.randomUUID()}`.replaceAll("-", "");
export const mailMx: RecordDraft = { name: "@", type: "MX", content: "mail.contoso.com", priority: 10, ttl: 3600 };
export const bufferMx: RecordDraft = { name: "@", type: "MX", content: "buffer.contoso-mail.net", priority: 10, ttl: 300 };

export interface AtCloudflare {
  readonly zone?: string;
  readonly token?: string;
  readonly timeoutMs?: number;
  /** Default 0: each look is a listing of its own. */
  readonly maxAgeMs?: number;
  readonly clock?: { now(): number };
}

/** The product's record sets of contoso.com at the lab's Cloudflare. */
export function setsAt(baseUrl: string, options: AtCloudflare = {}): RecordSets {
  const { zone = "contoso.com", token = labToken, timeoutMs = 30_000, maxAgeMs = 0, clock = { now: () => startMs } } = options;
  return cloudflareRecordSets(cloudflareApi({ zone, token: { reveal: () => token }, baseUrl, timeoutMs }), { zone, maxAgeMs, clock });
}

/** The MX set of contoso.com with these records: data, or data and remark. */
export function mxSet(ttlSeconds: number, ...records: readonly (string | readonly [data: string, comment: string])[]): RecordSet {
  const all = records.map((record) => (typeof record === "string" ? { data: record } : { data: record[0], comment: record[1] }));
  return { name: "contoso.com", type: "MX", ttlSeconds, records: all };
}

/** What each of `servers` answers, in their order. */
export function askEach({ servers, ...question }: AuthoritativeQuestion): Promise<readonly Answer[]> {
  return Promise.all(servers.map(async (server) => (await askOne(server, question)).answer));
}

export interface DnsWorld {
  readonly events: Events;
  readonly zones: Zones;
  readonly zone: Zone;
}

/** A world whose zone contoso.com has `records`, `10 mail.contoso.com` unless told otherwise. */
export function dnsWorld({ records = [mailMx], ...options }: ZonesOptions & { readonly records?: readonly RecordDraft[] } = {}): DnsWorld {
  const events = new Events(startMs);
  const zones = new Zones(events, options);
  return { events, zones, zone: zones.addZone({ name: "contoso.com", records }) };
}

/** Lets `seconds` of lab time pass. */
export function pass(events: Events, seconds: number): void {
  events.advanceTo(events.now() + seconds * 1_000);
}

/** The MX of contoso.com that `server` shows, as keys, sorted. */
export function served({ zones }: DnsWorld, server: string): readonly string[] {
  return (zones.lookupMx("contoso.com", server)?.exchanges ?? []).map(({ preference, exchange }) => `${preference} ${exchange}`).sort();
}

/** The id of the first record of the zone. */
export function onlyRecord({ zone }: DnsWorld): string {
  const [id] = zone.records.keys();
  assert.ok(id !== undefined);
  return id;
}

/** For `assert.throws`: exactly this refusal. */
export function refusal(code: number, message: string, status = 400): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof CloudflareRefusal);
    assert.deepEqual({ code: error.code, message: error.message, status: error.status }, { code, message, status });
    return true;
  };
}
