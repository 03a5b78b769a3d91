// The lab's DNS zones: records as Cloudflare's API holds them, and how each change travels to the authoritative servers.
// A record becomes visible on the first server after a small lag of its own and on the others later, so a batch shows piece by piece.
// Rules: the record API of Cloudflare (batch: deletes, patches, puts, posts; all or nothing). What the wire looks like is lab/serve's.
import { type Agenda, chance } from "./events.ts";
import { nsRecord, PublishedZone, type QueryType, type ServedAnswer } from "./published.ts";
import type { Batch, BatchResult, OtherServer, Zone, ZoneInit, ZonesOptions } from "./zone.ts";
import {
  asciiName,
  CloudflareRefusal,
  fieldsOf,
  type Identity,
  type Plan,
  type RecordDraft,
  refuseBesideLocked,
  refuseConflict,
  refuseReadOnly,
  type ZoneRecord,
} from "./zone-records.ts";

export type { Batch, BatchResult, OtherServer, Zone, ZoneInit, ZonesOptions };

interface OwnZone extends Zone {
  /** Servers that do not hear of changes. */
  readonly standing: Map<string, PublishedZone>;
  /** As the zone itself names them. */
  readonly apex: string[];
  plan: Plan;
  records: Map<string, ZoneRecord>;
  readonly views: Map<string, PublishedZone>;
  /** When the last change of each record, by server and id, becomes visible: a later one is never seen before it. */
  readonly visibleAtMs: Map<string, number>;
}

/** The zone above every zone of the lab is the root; its other servers are silent. */
export const rootServer = "a.root-servers.net";

/** All zones of the lab. The methods that change records throw `CloudflareRefusal` and then change nothing. */
export class Zones {
  readonly nameServers: readonly string[];
  readonly agenda: Agenda;
  readonly #lags: { readonly primaryMs: number; readonly secondaryMs: number; readonly perRecordMs: number };
  readonly #identity: Identity;
  readonly #random: () => number;
  readonly #zones = new Map<string, OwnZone>();

  constructor(agenda: Agenda, options: ZonesOptions = {}) {
    this.agenda = agenda;
    this.nameServers = options.nameServers ?? ["ns1.contoso-dns.net", "ns2.contoso-dns.net"];
    this.#lags = {
      primaryMs: options.primaryLagMs ?? 1_000,
      secondaryMs: options.secondaryLagMs ?? 20_000,
      perRecordMs: options.perRecordLagMs ?? 2_000,
    };
    this.#identity = options.identity ?? { countsPriority: true, code: 81058 };
    this.#random = chance(options.seed ?? 1);
  }

  /** Adds a zone whose records every server shows at once. @throws {CloudflareRefusal} for records that the API would refuse too */
  addZone(init: ZoneInit): Zone {
    const nowMs = this.agenda.now();
    const records = new Map<string, ZoneRecord>();
    const { plan = "free" } = init;
    const name = asciiName(init.name);
    for (const draft of init.records ?? []) {
      const fields = fieldsOf(draft, name, plan);
      refuseConflict(fields, records.values(), this.#identity);
      const id = this.#newId();
      records.set(id, { ...fields, id, readOnly: draft.readOnly === true, createdAtMs: nowMs, modifiedAtMs: nowMs });
    }
    const serial = Number(`${new Date(nowMs).toISOString().slice(0, 10).replaceAll("-", "")}01`);
    const [apex, delegation, listed] = [[...this.nameServers], [...this.nameServers], [...this.nameServers]];
    const views = new Map(this.nameServers.map((server) => [server, new PublishedZone(name, apex, serial, records.values())]));
    const { status = "active", type = "full" } = init;
    const own = { standing: new Map(), delegation, listed, apex, visibleAtMs: new Map() };
    const zone: OwnZone = { id: this.#newId(), name, plan, status, type, createdAtMs: nowMs, records, views, ...own };
    this.#zones.set(zone.id, zone);
    return zone;
  }

  zones(): readonly Zone[] {
    return [...this.#zones.values()];
  }

  /** @throws {CloudflareRefusal} 7003 */
  zone(id: string): Zone {
    return this.#zone(id);
  }

  /** Another plan from now on. Records stay as they are, also those that the new plan does not take. @throws {CloudflareRefusal} 7003 */
  changePlan(id: string, plan: Plan): void {
    this.#zone(id).plan = plan;
  }

  /** From now on this server is named for the zone, too. @throws {CloudflareRefusal} 7003 */
  addServer(id: string, { name, serves, namedBy }: OtherServer): void {
    const zone = this.#zone(id);
    (namedBy === "parent" ? zone.delegation : zone.apex).push(name);
    if (serves === "follows") zone.views.set(name, new PublishedZone(zone.name, zone.apex, 1, zone.records.values()));
    if (serves === "keeps") zone.standing.set(name, new PublishedZone(zone.name, [name], 1, zone.records.values()));
  }

  /** All that a name can be asked at: the zones' servers and the one of the zone above them all. */
  get allServers(): readonly string[] {
    const others = [...this.#zones.values()].flatMap(({ delegation, apex }) => [...delegation, ...apex]);
    return [...new Set([...this.nameServers, rootServer, ...others])];
  }

  /** @throws {CloudflareRefusal} 7003 or 81044 */
  record(zoneId: string, id: string): ZoneRecord {
    return recordIn(this.#zone(zoneId).records, id);
  }

  create(zoneId: string, draft: RecordDraft): ZoneRecord {
    return one(this.batch(zoneId, { posts: [draft] }).posts);
  }

  /** PUT: what the draft leaves out goes back to its default. */
  overwrite(zoneId: string, id: string, draft: RecordDraft): ZoneRecord {
    return one(this.batch(zoneId, { puts: [{ ...draft, id }] }).puts);
  }

  /** PATCH: what the draft leaves out stays. */
  edit(zoneId: string, id: string, draft: RecordDraft): ZoneRecord {
    return one(this.batch(zoneId, { patches: [{ ...draft, id }] }).patches);
  }

  delete(zoneId: string, id: string): ZoneRecord {
    return one(this.batch(zoneId, { deletes: [{ id }] }).deletes);
  }

  /** All of it or, at the first refusal, nothing; visible record by record all the same. */
  batch(zoneId: string, batch: Batch): BatchResult {
    const zone = this.#zone(zoneId);
    const limit = zone.plan === "free" ? 200 : 3_500;
    const lists = [batch.deletes, batch.patches, batch.puts, batch.posts];
    // The limits are Cloudflare's; the code of the refusal is not known.
    if (lists.reduce((sum, list) => sum + (list?.length ?? 0), 0) > limit) {
      throw new CloudflareRefusal(400, 1004, `A batch may have at most ${limit} operations.`);
    }
    const nowMs = this.agenda.now();
    const draftRecords = new Map(zone.records);
    const put = (id: string, draft: RecordDraft, before: ZoneRecord | undefined): ZoneRecord => {
      if (before !== undefined) refuseReadOnly(before);
      const fields = fieldsOf(draft, zone.name, zone.plan);
      const others = [...draftRecords.values()].filter((other) => other.id !== id);
      refuseConflict(fields, others, this.#identity);
      refuseBesideLocked(fields, others);
      const record = { ...fields, id, readOnly: false, createdAtMs: before?.createdAtMs ?? nowMs, modifiedAtMs: nowMs };
      draftRecords.set(id, record);
      return record;
    };
    const result = {
      deletes: (batch.deletes ?? []).map(({ id }) => {
        const record = recordIn(draftRecords, id);
        refuseReadOnly(record);
        draftRecords.delete(id);
        return record;
      }),
      patches: (batch.patches ?? []).map((draft) => {
        const before = recordIn(draftRecords, draft.id);
        return put(before.id, { ...before, ...given(draft) }, before);
      }),
      puts: (batch.puts ?? []).map((draft) => put(draft.id, draft, recordIn(draftRecords, draft.id))),
      posts: (batch.posts ?? []).map((draft) => put(this.#newId(), draft, undefined)),
    };
    zone.records = draftRecords;
    for (const { id } of Object.values(result).flat()) this.#publish(zone, id, draftRecords.get(id));
    return result;
  }

  /** What `server` answers just now. It refuses names outside the zones, as an authoritative server does. */
  answer(server: string, qname: string, qtype: QueryType): ServedAnswer {
    const name = qname.toLowerCase().replace(/\.$/, "");
    if (server === rootServer) return this.#refer(name);
    const views = [...this.#zones.values()].flatMap((zone) =>
      zone.status === "active" ? (zone.views.get(server) ?? zone.standing.get(server) ?? []) : [],
    );
    const [view] = views.filter(({ zone }) => name === zone || name.endsWith(`.${zone}`)).sort((a, b) => b.zone.length - a.zone.length);
    return view === undefined ? { code: "REFUSED", authoritative: false, records: [], start: undefined } : view.answer(name, qtype);
  }

  /** What a resolver that asks `server` (the primary, when none is named) learns; its TTL is the set's lowest. `undefined`: no MX. */
  lookupMx(
    name: string,
    server = this.nameServers[0] ?? "",
  ):
    | { readonly exchanges: readonly { readonly preference: number; readonly exchange: string }[]; readonly ttlSeconds: number }
    | undefined {
    const records = this.answer(server, name, "MX").records.filter((record) => record.type === "MX");
    if (records.length === 0) return undefined;
    const exchanges = records.map(({ priority, content }) => ({ preference: priority ?? 0, exchange: content }));
    return { exchanges, ttlSeconds: Math.min(...records.map((record) => record.ttl)) };
  }

  /** As the zone above does: names who serves the zone that a name is in. */
  #refer(name: string): ServedAnswer {
    const [zone] = [...this.#zones.values()]
      .filter((candidate) => name === candidate.name || name.endsWith(`.${candidate.name}`))
      .sort((a, b) => b.name.length - a.name.length);
    const referral = zone?.delegation.map((server) => nsRecord(zone.name, server)) ?? [];
    return {
      code: zone === undefined ? "NXDOMAIN" : "NOERROR",
      authoritative: zone === undefined,
      records: [],
      referral,
      start: undefined,
    };
  }

  #publish(zone: OwnZone, id: string, record: ZoneRecord | undefined): void {
    let atMs = this.agenda.now() + this.#lags.primaryMs + this.#random() * this.#lags.perRecordMs;
    for (const [index, [server, view]] of [...zone.views].entries()) {
      const seenAtMs = index === 0 ? atMs : atMs + this.#lags.secondaryMs + this.#random() * this.#lags.perRecordMs;
      const key = `${server} ${id}`;
      const visibleAtMs = Math.max(seenAtMs, zone.visibleAtMs.get(key) ?? 0);
      zone.visibleAtMs.set(key, visibleAtMs);
      if (index === 0) atMs = visibleAtMs;
      this.agenda.at(visibleAtMs, () => view.show(id, record));
    }
  }

  #zone(id: string): OwnZone {
    const zone = this.#zones.get(id);
    if (zone !== undefined) return zone;
    const route = { code: 7000, message: "No route for that URI" };
    throw new CloudflareRefusal(404, 7003, `Could not route to /zones/${id}, perhaps your object identifier is invalid?`, [route]);
  }

  #newId(): string {
    return Array.from({ length: 32 }, () => Math.floor(this.#random() * 16).toString(16)).join("");
  }
}

function recordIn(records: ReadonlyMap<string, ZoneRecord>, id: string): ZoneRecord {
  const record = records.get(id);
  if (record === undefined) throw new CloudflareRefusal(404, 81044, "Record does not exist.");
  return record;
}

function given(draft: RecordDraft): RecordDraft {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));
}

function one(records: readonly ZoneRecord[]): ZoneRecord {
  const [record] = records;
  if (record === undefined) throw new Error("A batch of one gave no record.");
  return record;
}
