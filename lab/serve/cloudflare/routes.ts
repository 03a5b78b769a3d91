// The calls of the lab's Cloudflare: path and method to an operation of the zones and the permission that it needs.
import { CloudflareRefusal, type ZoneRecord } from "../../world/zone-records.ts";
import type { Zone, Zones } from "../../world/zones.ts";
import type { Permission } from "./access.ts";
import { type Field, pageOf, select } from "./listing.ts";
import { batchFrom, draftFrom, recordJson, zoneJson } from "./shapes.ts";

export interface Route {
  /** As fault scripts name it: `POST dns_records`. */
  readonly call: string;
  readonly needs: Permission;
  /** The members of the envelope besides `success`, `errors` and `messages`. @throws {CloudflareRefusal} */
  perform(): { readonly result: unknown; readonly result_info?: unknown };
}

const zoneFields: Readonly<Record<string, Field<Zone>>> = {
  name: (zone) => zone.name,
  status: (zone) => zone.status,
};
const recordFields: Readonly<Record<string, Field<ZoneRecord>>> = {
  name: (record) => record.name,
  type: (record) => record.type,
  content: (record) => record.content,
  comment: (record) => record.comment ?? "",
  proxied: (record) => String(record.proxied),
};

/** What `method` on `url` (its path after the API's base) is. @throws {CloudflareRefusal} 7003 when it is nothing */
export function routeOf(zones: Zones, method: string, url: URL, body: string): Route {
  const path = url.pathname.split("/").filter((part) => part !== "");
  const [root, zoneId = "", kind, id, more] = path;
  if (root !== "zones" || more !== undefined || (zoneId !== "" && !/^[0-9a-f]{32}$/.test(zoneId))) throw unroutable(url);
  if (kind === undefined) {
    if (method !== "GET") throw unroutable(url);
    return zoneId === "" ? listZones(zones, url) : readZone(zones, zoneId);
  }
  if (kind !== "dns_records") throw unroutable(url);
  const route = id === undefined ? collection(zones, method, url, zoneId, body) : single(zones, method, zoneId, id, body);
  if (route === undefined) throw unroutable(url);
  return route;
}

function listZones(zones: Zones, url: URL): Route {
  const perform = () => {
    const selected = select(zones.zones(), url.searchParams, zoneFields);
    return pageOf(
      selected.map((zone) => zoneJson(zone)),
      url.searchParams,
      20,
      50,
    );
  };
  return { call: "GET zones", needs: "Zone Read", perform };
}

function readZone(zones: Zones, zoneId: string): Route {
  return { call: "GET zones", needs: "Zone Read", perform: () => ({ result: zoneJson(zones.zone(zoneId)) }) };
}

function collection(zones: Zones, method: string, url: URL, zoneId: string, body: string): Route | undefined {
  const call = `${method} dns_records`;
  switch (method) {
    case "GET": {
      const perform = () => {
        const selected = select([...zones.zone(zoneId).records.values()], url.searchParams, recordFields);
        return pageOf(selected.map(recordJson), url.searchParams, 100, 5_000_000);
      };
      return { call, needs: "DNS Read", perform };
    }
    case "POST":
      return { call, needs: "DNS Edit", perform: () => ({ result: recordJson(zones.create(zoneId, draftFrom(body))) }) };
    default:
      return undefined;
  }
}

function single(zones: Zones, method: string, zoneId: string, id: string, body: string): Route | undefined {
  const call = `${method} dns_records`;
  const changed = (change: () => ZoneRecord): Route => ({ call, needs: "DNS Edit", perform: () => ({ result: recordJson(change()) }) });
  if (id === "batch" && method === "POST")
    return { call: `${call}/batch`, needs: "DNS Edit", perform: () => ({ result: batchResult(zones, zoneId, body) }) };
  switch (method) {
    case "GET":
      return { call, needs: "DNS Read", perform: () => ({ result: recordJson(zones.record(zoneId, id)) }) };
    case "PUT":
      return changed(() => zones.overwrite(zoneId, id, draftFrom(body)));
    case "PATCH":
      return changed(() => zones.edit(zoneId, id, draftFrom(body)));
    case "DELETE":
      return { call, needs: "DNS Edit", perform: () => ({ result: { id: zones.delete(zoneId, id).id } }) };
    default:
      return undefined;
  }
}

function batchResult(zones: Zones, zoneId: string, body: string): Readonly<Record<string, unknown>> {
  const { deletes, patches, puts, posts } = zones.batch(zoneId, batchFrom(body));
  return { deletes: deletes.map(recordJson), patches: patches.map(recordJson), puts: puts.map(recordJson), posts: posts.map(recordJson) };
}

function unroutable(url: URL): CloudflareRefusal {
  const route = { code: 7000, message: "No route for that URI" };
  return new CloudflareRefusal(404, 7003, `Could not route to ${url.pathname}, perhaps your object identifier is invalid?`, [route]);
}
