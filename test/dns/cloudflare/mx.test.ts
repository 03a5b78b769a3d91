// The Cloudflare adapter against the lab's Cloudflare: MX sets observed, added, removed, rewritten. Failures: errors.test.ts.
import assert from "node:assert/strict";
import { type RunningCloudflare, startCloudflare } from "../../../lab/serve/cloudflare.ts";
import { FaultScript } from "../../../lab/serve/faults.ts";
import type { RecordDraft } from "../../../lab/world/zone-records.ts";
import type { Zone, ZonesOptions } from "../../../lab/world/zones.ts";
import { cloudflareMx, cloudflareZone } from "../../../provider/dns/cloudflare/mx.ts";
import type { MxRecordSets } from "../../../provider/dns/record-sets.ts";
import { bufferMx, type DnsWorld, dnsWorld, labToken, mailMx, pass, startMs } from "../../support/dns-lab.ts";

const mail = { preference: 10, exchange: "mail.contoso.com" };
const buffer = { preference: 10, exchange: "buffer.contoso-mail.net" };

describe("MX sets at Cloudflare", () => {
  let running: RunningCloudflare | undefined;
  let asked: string[] = [];

  interface Site extends DnsWorld {
    readonly sets: MxRecordSets;
    readonly baseUrl: string;
    readonly faults: FaultScript;
  }

  async function site(options: ZonesOptions & { readonly records?: readonly RecordDraft[] } = {}): Promise<Site> {
    const world = dnsWorld(options);
    const script = new FaultScript();
    asked = [];
    const faults = {
      take: (edge: "cloudflare", server: string, call: string) => {
        asked.push(call);
        return script.take(edge, server, call);
      },
    };
    running = await startCloudflare({ zones: world.zones, token: labToken, faults });
    const { baseUrl } = running;
    return { ...world, baseUrl, faults: script, sets: cloudflareMx({ zone: "contoso.com", token: { reveal: () => labToken }, baseUrl }) };
  }

  function kept(zone: Zone): readonly string[] {
    return [...zone.records.values()].map(
      (record) => `${record.name} ${record.priority} ${record.content} ${record.ttl} ${record.comment}`,
    );
  }

  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  it("are observed as one value: largest TTL, notes by record, newest change", async () => {
    const { sets, zones, zone, events } = await site({ records: [{ ...mailMx, comment: "normal" }] });
    pass(events, 60);
    zones.create(zone.id, bufferMx);
    assert.deepEqual(await sets.observe("contoso.com"), {
      exchanges: [mail, buffer],
      ttlSeconds: 3600,
      notes: { "10 mail.contoso.com": "normal" },
      changedAtMs: startMs + 60_000,
      writable: true,
    });
  });

  it("are undefined for a name without MX, and of that name only", async () => {
    const { sets, zones, zone } = await site({
      records: [
        { ...mailMx, name: "sub.contoso.com" },
        { name: "@", type: "A", content: "192.0.2.1" },
      ],
    });
    assert.equal(await sets.observe("contoso.com"), undefined);
    assert.deepEqual((await sets.observe("SUB.contoso.com."))?.exchanges, [mail]);
    zones.create(zone.id, mailMx);
    assert.deepEqual((await sets.observe("contoso.com"))?.exchanges, [mail]);
  });

  it("report an automatic TTL as 1", async () => {
    const { sets } = await site({ records: [{ ...mailMx, ttl: 1 }] });
    assert.equal((await sets.observe("contoso.com"))?.ttlSeconds, 1);
  });

  it("are not writable when Email Routing keeps one of them", async () => {
    const { sets, zones, baseUrl } = await site();
    zones.addZone({ name: "contoso.de", records: [{ ...mailMx, readOnly: true }] });
    const locked = cloudflareMx({ zone: "contoso.de", token: { reveal: () => labToken }, baseUrl });
    assert.equal((await locked.observe("contoso.de"))?.writable, false);
    assert.equal((await sets.observe("contoso.com"))?.writable, true);
  });

  it("are listed to the last page", async () => {
    const records = Array.from({ length: 1_001 }, (_, index) => ({ ...mailMx, priority: index }));
    const { sets } = await site({ records });
    assert.equal((await sets.observe("contoso.com"))?.exchanges.length, 1_001);
    assert.deepEqual(asked, ["GET zones", "GET dns_records", "GET dns_records"]);
  });

  it("get a record with TTL and note, or without a note", async () => {
    const { sets, zone } = await site();
    await sets.add("contoso.com", buffer, { ttlSeconds: 300, note: "pause of berlin" });
    await sets.add("sub.contoso.com", buffer, { ttlSeconds: 60 });
    assert.deepEqual(kept(zone), [
      "contoso.com 10 mail.contoso.com 3600 null",
      "contoso.com 10 buffer.contoso-mail.net 300 pause of berlin",
      "sub.contoso.com 10 buffer.contoso-mail.net 60 null",
    ]);
  });

  for (const code of [81057, 81058] as const) {
    it(`take a record that is there already as added (${code}), after looking`, async () => {
      const { sets, zone } = await site({ identity: { countsPriority: true, code } });
      await sets.add("contoso.com", mail, { ttlSeconds: 300 });
      assert.deepEqual(kept(zone), ["contoso.com 10 mail.contoso.com 3600 null"]);
      assert.deepEqual(asked, ["GET zones", "POST dns_records", "GET dns_records"]);
    });
  }

  it("do not take another record for the one to be added, whatever Cloudflare calls identical", async () => {
    const { sets } = await site({ identity: { countsPriority: false, code: 81058 } });
    const adding = sets.add("contoso.com", { ...mail, preference: 20 }, { ttlSeconds: 300 });
    await assert.rejects(adding, {
      name: "DnsError",
      reason: "rejected",
      message: "Cloudflare: adding MX 20 mail.contoso.com to contoso.com: An identical record already exists (81058)",
    });
  });

  it("have a record once when the answer to its adding was lost and it is added again", async () => {
    const { sets, zone, faults } = await site();
    faults.add({ when: { edge: "cloudflare", call: "POST dns_records" }, what: "cutAfter" });
    await assert.rejects(sets.add("contoso.com", buffer, { ttlSeconds: 300 }), { reason: "unreachable" });
    await sets.add("contoso.com", buffer, { ttlSeconds: 300 });
    assert.equal(zone.records.size, 2);
  });

  it("lose the one record that is removed", async () => {
    const records = [mailMx, { ...mailMx, priority: 20 }, { ...mailMx, name: "sub" }, bufferMx];
    const { sets, zone } = await site({ records });
    await sets.remove("contoso.com", mail);
    assert.deepEqual(kept(zone), [
      "contoso.com 20 mail.contoso.com 3600 null",
      "sub.contoso.com 10 mail.contoso.com 3600 null",
      "contoso.com 10 buffer.contoso-mail.net 300 null",
    ]);
  });

  it("take a record that is not there as removed", async () => {
    const { sets, zone } = await site();
    await sets.remove("contoso.com", buffer);
    assert.equal(zone.records.size, 1);
  });

  it("take a record as removed that somebody else removed in between", async () => {
    const { sets, zones, zone, baseUrl } = await site({ records: [mailMx, bufferMx] });
    const [, id = ""] = zone.records.keys();
    assert.ok(running !== undefined);
    await running.stop();
    // Between the listing and the DELETE, the record goes.
    const take = (_edge: "cloudflare", _server: string, call: string) => {
      if (call === "DELETE dns_records") zones.delete(zone.id, id);
      return undefined;
    };
    running = await startCloudflare({ zones, token: labToken, faults: { take }, port: Number(new URL(baseUrl).port) });
    await sets.remove("contoso.com", buffer);
    assert.equal(zone.records.size, 1);
  });

  it("are rewritten in one batch: TTL and note of each record, cleared where none is given", async () => {
    const records = [{ ...mailMx, comment: "old" }, bufferMx, { ...mailMx, name: "sub", comment: "left alone" }];
    const { sets, zone } = await site({ records });
    await sets.rewrite("contoso.com", 300, { "10 mail.contoso.com": undefined, "10 buffer.contoso-mail.net": "pause" });
    assert.deepEqual(kept(zone), [
      "contoso.com 10 mail.contoso.com 300 null",
      "contoso.com 10 buffer.contoso-mail.net 300 pause",
      "sub.contoso.com 10 mail.contoso.com 3600 left alone",
    ]);
    assert.deepEqual(asked, ["GET zones", "GET dns_records", "POST dns_records/batch"]);
  });

  it("cannot be rewritten where there are none", async () => {
    const { sets } = await site({ records: [] });
    await assert.rejects(sets.rewrite("contoso.com", 300, {}), {
      reason: "notFound",
      message: "Cloudflare: contoso.com has no MX whose TTL or notes could be set",
    });
  });

  it("tell the zone's name servers and the TTLs that may be asked for", async () => {
    const { sets } = await site();
    assert.deepEqual(await sets.nameServers(), ["ns1.contoso-dns.net", "ns2.contoso-dns.net"]);
    assert.deepEqual(sets.ttlRange, { least: 60, greatest: 86_400 });
  });

  it("look the zone up once, and again only after that had failed", async () => {
    const { sets, faults } = await site();
    faults.add({ when: { edge: "cloudflare", call: "GET zones" }, what: "refused" });
    await assert.rejects(sets.observe("contoso.com"), { reason: "serverError" });
    await Promise.all([sets.observe("contoso.com"), sets.nameServers()]);
    await sets.observe("contoso.com");
    assert.deepEqual(asked, ["GET zones", "GET zones", "GET dns_records", "GET dns_records"]);
  });

  describe("observed together", () => {
    function together({ baseUrl, events }: Site): MxRecordSets {
      return cloudflareZone({ zone: "contoso.com", token: { reveal: () => labToken }, baseUrl, maxAgeMs: 10_000, clock: events });
    }
    const subMx = { ...mailMx, name: "sub" };

    it("answer for many names from one listing", async () => {
      const sets = together(await site({ records: [mailMx, subMx] }));
      const [apex, sub, none] = await Promise.all(["contoso.com", "sub.contoso.com", "x.contoso.com"].map((name) => sets.observe(name)));
      assert.deepEqual([apex?.exchanges, sub?.exchanges, none], [[mail], [mail], undefined]);
      assert.deepEqual(asked, ["GET zones", "GET dns_records"]);
    });

    it("are listed again when the reading is as old as it may be, and not before", async () => {
      const here = await site();
      const sets = together(here);
      await sets.observe("contoso.com");
      here.zones.create(here.zone.id, bufferMx);
      here.events.advanceTo(startMs + 9_999);
      assert.equal((await sets.observe("contoso.com"))?.exchanges.length, 1);
      here.events.advanceTo(startMs + 10_000);
      assert.equal((await sets.observe("contoso.com"))?.exchanges.length, 2);
    });

    it("are listed again after a write, also one that failed", async () => {
      const here = await site();
      const sets = together(here);
      await sets.observe("contoso.com");
      await sets.add("contoso.com", buffer, { ttlSeconds: 300 });
      assert.equal((await sets.observe("contoso.com"))?.exchanges.length, 2);
      here.faults.add({ when: { edge: "cloudflare", call: "DELETE dns_records" }, what: "cutAfter" });
      await assert.rejects(sets.remove("contoso.com", buffer), { reason: "unreachable" });
      assert.equal((await sets.observe("contoso.com"))?.exchanges.length, 1);
    });

    it("are listed again after a listing that failed", async () => {
      const here = await site();
      const sets = together(here);
      here.faults.add({ when: { edge: "cloudflare", call: "GET dns_records" }, what: "cutBefore" });
      await assert.rejects(sets.observe("contoso.com"), { reason: "unreachable" });
      assert.deepEqual((await sets.observe("contoso.com"))?.exchanges, [mail]);
    });
  });
});
