// The Cloudflare adapter against the lab's Cloudflare: what it observes. Replacing: replace.test.ts. Failures: errors.test.ts.
import assert from "node:assert/strict";
import type { RecordSets } from "../../../provider/dns/record-sets.ts";
import { cloudflareSite as site, stopCloudflareSite } from "../../support/cloudflare-site.ts";
import { bufferMx, mailMx, mxSet, pass, setsAt, startMs } from "../../support/dns-lab.ts";

const [mail, buffer] = ["10 mail.contoso.com", "10 buffer.contoso-mail.net"];

async function found(sets: RecordSets, name = "contoso.com"): Promise<readonly string[] | undefined> {
  return (await sets.observe(name, "MX"))?.records.map(({ data }) => data);
}

describe("record sets at Cloudflare", () => {
  afterEach(stopCloudflareSite);

  it("are one value each: largest TTL, remarks by record, newest change", async () => {
    const { sets, zones, zone, events } = await site({ records: [{ ...mailMx, comment: "normal" }] });
    pass(events, 60);
    zones.create(zone.id, bufferMx);
    assert.deepEqual(await sets.observe("contoso.com", "MX"), {
      ...mxSet(3600, [mail, "normal"], buffer),
      changedAtMs: startMs + 60_000,
      writable: true,
    });
  });

  it("are undefined for a name without such records, and of that name and type only", async () => {
    const { sets, zones, zone } = await site({
      records: [
        { ...mailMx, name: "sub.contoso.com" },
        { name: "@", type: "A", content: "192.0.2.1" },
      ],
    });
    assert.equal(await sets.observe("contoso.com", "MX"), undefined);
    assert.deepEqual(await found(sets, "SUB.contoso.com."), [mail]);
    zones.create(zone.id, mailMx);
    assert.deepEqual(await found(sets), [mail]);
  });

  for (const [type, data] of [
    ["A", "192.0.2.1"],
    ["AAAA", "2001:db8::1"],
    ["CNAME", "mail.contoso.com"],
    ["TXT", '"v=spf1 mx -all"'],
  ] as const) {
    it(`may be ${type}, and come to be and go as they are written`, async () => {
      const { sets, zone } = await site({ records: [mailMx] });
      const none = { name: "www.contoso.com", type, ttlSeconds: 300, records: [] };
      const one = { ...none, records: [{ data, comment: "of the house" }] };
      await sets.replace(none, one);
      assert.deepEqual(await sets.observe("www.contoso.com", type), { ...one, changedAtMs: startMs, writable: true });
      await sets.replace(one, none);
      assert.equal(await sets.observe("www.contoso.com", type), undefined);
      assert.equal(zone.records.size, 1);
    });
  }

  for (const spelling of ["münchen.example", "xn--mnchen-3ya.example", "München.EXAMPLE"]) {
    it(`of a zone that is not ASCII are found and replaced when it is called ${spelling}`, async () => {
      const { zones, baseUrl } = await site();
      const zone = zones.addZone({ name: "münchen.example", records: [{ ...mailMx, content: "mail.münchen.example" }] });
      const sets = setsAt(baseUrl, { zone: spelling });
      const [inside, first] = ["xn--mnchen-3ya.example", "10 mail.xn--mnchen-3ya.example"];
      const set = (...data: readonly string[]) => ({ ...mxSet(3600, ...data), name: inside });
      assert.deepEqual(await sets.observe(spelling, "MX"), { ...set(first), changedAtMs: startMs, writable: true });
      await sets.replace({ ...set(first), name: spelling }, { ...set(first, buffer), name: spelling });
      await sets.replace(set(first, buffer), set(buffer));
      assert.deepEqual(
        [...zone.records.values()].map(({ name, content }) => [name, content]),
        [[inside, "buffer.contoso-mail.net"]],
      );
    });
  }

  it("have 1 as an automatic TTL", async () => {
    const { sets } = await site({ records: [{ ...mailMx, ttl: 1 }] });
    assert.equal((await sets.observe("contoso.com", "MX"))?.ttlSeconds, 1);
  });

  it("are not writable when Email Routing keeps one of them", async () => {
    const { sets, zones, baseUrl } = await site();
    zones.addZone({ name: "contoso.de", records: [{ ...mailMx, readOnly: true }] });
    assert.equal((await setsAt(baseUrl, { zone: "contoso.de" }).observe("contoso.de", "MX"))?.writable, false);
    assert.equal((await sets.observe("contoso.com", "MX"))?.writable, true);
  });

  it("are listed to the last page", async () => {
    const records = Array.from({ length: 1_001 }, (_, index) => ({ ...mailMx, priority: index }));
    const { sets, asked } = await site({ records });
    assert.equal((await found(sets))?.length, 1_001);
    assert.deepEqual(asked, ["GET zones", "GET dns_records", "GET dns_records"]);
  });

  it("answer for many names from one listing, while that is young enough", async () => {
    const here = await site({ records: [mailMx, { ...mailMx, name: "sub" }] });
    const sets = setsAt(here.baseUrl, { maxAgeMs: 10_000, clock: here.events });
    const names = ["contoso.com", "sub.contoso.com", "x.contoso.com"];
    assert.deepEqual(await Promise.all(names.map((name) => found(sets, name))), [[mail], [mail], undefined]);
    assert.deepEqual(here.asked, ["GET zones", "GET dns_records"]);
    here.zones.create(here.zone.id, bufferMx);
    here.events.advanceTo(startMs + 9_999);
    assert.deepEqual(await found(sets), [mail]);
    here.events.advanceTo(startMs + 10_000);
    assert.deepEqual(await found(sets), [mail, buffer]);
  });

  it("are listed again after a replacement, also one that failed, and after a listing that failed", async () => {
    const here = await site();
    const sets = setsAt(here.baseUrl, { maxAgeMs: 10_000, clock: here.events });
    await sets.observe("contoso.com", "MX");
    await sets.replace(mxSet(3600, mail), mxSet(3600, mail, buffer));
    assert.deepEqual(await found(sets), [mail, buffer]);
    here.faults.add({ when: { edge: "cloudflare", call: "DELETE dns_records" }, what: "cutAfter" });
    await assert.rejects(sets.replace(mxSet(3600, mail, buffer), mxSet(3600, mail)), { reason: "unreachable" });
    here.faults.add({ when: { edge: "cloudflare", call: "GET dns_records" }, what: "cutBefore" });
    await assert.rejects(found(sets), { reason: "unreachable" });
    assert.deepEqual(await found(sets), [mail]);
  });

  it("tell the zone's name servers and what can be done there", async () => {
    const { sets } = await site();
    assert.deepEqual(await sets.nameServers(), ["ns1.contoso-dns.net", "ns2.contoso-dns.net"]);
    const free = { comments: true, transactions: true, ttlRange: { least: 60, greatest: 86_400 }, attributes: ["proxied", "settings"] };
    assert.deepEqual(await sets.capabilities(), free);
  });

  it("may have a TTL of 30 s and tags on the plan that takes them", async () => {
    const { zones, zone, baseUrl } = await site();
    zones.changePlan(zone.id, "enterprise");
    const { ttlRange, attributes } = await setsAt(baseUrl).capabilities();
    assert.deepEqual([ttlRange, attributes], [{ least: 30, greatest: 86_400 }, ["proxied", "settings", "tags"]]);
  });

  it("tell what a record bears besides, and not what it was never given", async () => {
    const { sets, zones, zone } = await site();
    zones.changePlan(zone.id, "enterprise");
    zones.create(zone.id, { ...mailMx, priority: 20, tags: ["team:mail"], settings: { ipv4_only: true } });
    assert.deepEqual((await sets.observe("contoso.com", "MX"))?.records, [
      { data: mail },
      { data: "20 mail.contoso.com", attributes: { tags: ["team:mail"], settings: { ipv4_only: true } } },
    ]);
  });

  it("look the zone up once, and again only after that had failed", async () => {
    const { sets, faults, asked } = await site();
    faults.add({ when: { edge: "cloudflare", call: "GET zones" }, what: "refused" });
    await assert.rejects(found(sets), { reason: "serverError" });
    await Promise.all([found(sets), sets.nameServers()]);
    await found(sets);
    assert.deepEqual(asked, ["GET zones", "GET zones", "GET dns_records", "GET dns_records"]);
  });
});
