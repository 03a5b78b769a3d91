import assert from "node:assert/strict";
import type { RecordDraft } from "../../../lab/world/zone-records.ts";
import { bufferMx, dnsWorld, mailMx, onlyRecord, pass, refusal, served, startMs } from "../../support/dns-lab.ts";

const ns1 = "ns1.contoso-dns.net";
const ns2 = "ns2.contoso-dns.net";

describe("the lab's zones", () => {
  it("show the records that they began with on every server at once", () => {
    const world = dnsWorld();
    assert.deepEqual([served(world, ns1), served(world, ns2)], [["10 mail.contoso.com"], ["10 mail.contoso.com"]]);
  });

  it("show a change on the primary after its lag and on the secondary after its own", () => {
    const world = dnsWorld({ perRecordLagMs: 0 });
    world.zones.create(world.zone.id, bufferMx);
    assert.equal(world.zone.records.size, 2);
    world.events.advanceTo(startMs + 999);
    assert.equal(served(world, ns1).length, 1);
    world.events.advanceTo(startMs + 1_000);
    assert.equal(served(world, ns1).length, 2);
    world.events.advanceTo(startMs + 20_999);
    assert.equal(served(world, ns2).length, 1);
    world.events.advanceTo(startMs + 21_000);
    assert.equal(served(world, ns2).length, 2);
  });

  it("show a batch piece by piece", () => {
    const world = dnsWorld();
    const posts = Array.from({ length: 10 }, (_, index) => ({ ...bufferMx, priority: 20 + index }));
    world.zones.batch(world.zone.id, { posts });
    const seen = new Set<number>();
    for (let ms = 0; ms < 3_000; ms += 10) {
      world.events.advanceTo(startMs + ms);
      seen.add(served(world, ns1).length);
    }
    assert.ok(seen.size > 3, `only ${[...seen]} records were ever seen`);
  });

  it("never show two changes of one record in the wrong order", () => {
    for (let seed = 0; seed < 50; seed++) {
      const world = dnsWorld({ seed, perRecordLagMs: 60_000, secondaryLagMs: 0 });
      const { id } = world.zones.create(world.zone.id, bufferMx);
      pass(world.events, 1);
      world.zones.delete(world.zone.id, id);
      pass(world.events, 600);
      assert.deepEqual([served(world, ns1), served(world, ns2)], [["10 mail.contoso.com"], ["10 mail.contoso.com"]], `seed ${seed}`);
    }
  });

  it("count a serial for each server, which is the same again when all have everything", () => {
    const world = dnsWorld({ perRecordLagMs: 0 });
    const serials = () => [ns1, ns2].map((server) => world.zones.answer(server, "contoso.com", "SOA").start?.soa.serial);
    assert.deepEqual(serials(), [2026120401, 2026120401]);
    world.zones.create(world.zone.id, bufferMx);
    pass(world.events, 1);
    assert.deepEqual(serials(), [2026120402, 2026120401]);
    pass(world.events, 20);
    assert.deepEqual(serials(), [2026120402, 2026120402]);
  });

  it("serve a TTL of 1 as 300 and let a resolver keep a set for its lowest TTL", () => {
    const world = dnsWorld({ records: [mailMx, { ...bufferMx, ttl: 1 }] });
    assert.equal(world.zones.lookupMx("contoso.com")?.ttlSeconds, 300);
    assert.deepEqual(
      world.zones.answer(ns1, "contoso.com", "MX").records.map((record) => record.ttl),
      [3600, 300],
    );
  });

  it("say no such name, no such record and not mine apart", () => {
    const { zones } = dnsWorld({ records: [mailMx, { name: "a.b", type: "A", content: "192.0.2.1" }] });
    const code = (name: string) => zones.answer(ns1, name, "MX").code;
    assert.deepEqual(["nothing.contoso.com", "b.contoso.com", "a.b.contoso.com", "fabrikam.com", "xcontoso.com"].map(code), [
      "NXDOMAIN",
      "NOERROR",
      "NOERROR",
      "REFUSED",
      "REFUSED",
    ]);
    assert.equal(zones.lookupMx("a.b.contoso.com"), undefined);
    assert.equal(zones.answer(ns1, "A.B.Contoso.com.", "A").records[0]?.content, "192.0.2.1");
  });

  it("say no such record, not no such name, of a zone without records", () => {
    const { zones } = dnsWorld({ records: [] });
    assert.equal(zones.answer(ns1, "contoso.com", "MX").code, "NOERROR");
  });

  it("give an alias where another type was asked for", () => {
    const { zones } = dnsWorld({ records: [mailMx, { name: "www", type: "CNAME", content: "contoso.com." }] });
    assert.deepEqual(zones.answer(ns1, "www.contoso.com", "MX").records, [
      { name: "www.contoso.com", type: "CNAME", content: "contoso.com", priority: undefined, ttl: 300 },
    ]);
  });

  it("do not serve a zone that is not active", () => {
    const { zones } = dnsWorld();
    zones.addZone({ name: "fabrikam.com", status: "pending", records: [mailMx] });
    assert.equal(zones.answer(ns1, "fabrikam.com", "MX").code, "REFUSED");
  });

  it("take a name as @, relative, full, and with a dot at the end", () => {
    const { zones, zone } = dnsWorld({ records: [] });
    const names = ["@", "sub", "x.contoso.com", "Y.contoso.com."].map((name) => zones.create(zone.id, { ...mailMx, name }).name);
    assert.deepEqual(names, ["contoso.com", "sub.contoso.com", "x.contoso.com", "y.contoso.com"]);
  });

  it("keep on PATCH what is left out and reset it on PUT", () => {
    const world = dnsWorld({ records: [{ ...mailMx, comment: "normal" }] });
    const id = onlyRecord(world);
    pass(world.events, 5);
    const patched = world.zones.edit(world.zone.id, id, { ttl: 300 });
    assert.deepEqual([patched.comment, patched.ttl, patched.createdAtMs, patched.modifiedAtMs], ["normal", 300, startMs, startMs + 5_000]);
    const { ttl: _left, ...withoutTtl } = mailMx;
    const put = world.zones.overwrite(world.zone.id, id, withoutTtl);
    assert.deepEqual([put.comment, put.ttl], [null, 1]);
  });
});

describe("the lab's zones refuse", () => {
  const rows: readonly (readonly [string, RecordDraft, number, string])[] = [
    ["an MX without priority", { ...bufferMx, priority: undefined }, 9100, "priority is a required field."],
    ["an MX with an address", { ...bufferMx, content: "192.0.2.1" }, 9009, "MX content must be a host name."],
    ["an MX with an IPv6 address", { ...bufferMx, content: "2001:db8::1" }, 9009, "MX content must be a host name."],
    ["an MX with nothing", { ...bufferMx, content: "" }, 9009, "MX content must be a host name."],
    ["an address that is none", { name: "a", type: "A", content: "mail" }, 9005, "Content for A record must be a valid IPv4 address."],
    ["a TTL of 59", { ...bufferMx, ttl: 59 }, 9021, "TTL must be between 60 and 86400 seconds, or 1 for Automatic."],
    ["a TTL of 86401", { ...bufferMx, ttl: 86_401 }, 9021, "TTL must be between 60 and 86400 seconds, or 1 for Automatic."],
    ["a TTL of 0", { ...bufferMx, ttl: 0 }, 9021, "TTL must be between 60 and 86400 seconds, or 1 for Automatic."],
    ["an identical record", { ...mailMx, content: "Mail.Contoso.com.", ttl: 60 }, 81058, "An identical record already exists."],
    [
      "an alias beside an address",
      { name: "a", type: "CNAME", content: "b.contoso.com" },
      81053,
      "An A, AAAA, or CNAME record with that host already exists.",
    ],
    ["an address beside an alias", { name: "c", type: "A", content: "192.0.2.1" }, 81054, "A CNAME record with that host already exists."],
    ["a note of 101 letters", { ...bufferMx, comment: "x".repeat(101) }, 1004, "DNS Validation Error"],
    ["a type that it does not know", { ...bufferMx, type: "WKS" }, 9004, "DNS record type WKS is invalid."],
    ["a record without name", { ...bufferMx, name: undefined }, 9000, "DNS name is invalid."],
  ];
  const records = [mailMx, { name: "a", type: "A", content: "192.0.2.2" }, { name: "c", type: "CNAME", content: "contoso.com" }];
  for (const [what, draft, code, message] of rows) {
    it(what, () => {
      const { zones, zone } = dnsWorld({ records });
      assert.throws(() => zones.create(zone.id, draft), refusal(code, message));
      assert.equal(zone.records.size, 3);
    });
  }

  const taken: readonly (readonly [string, RecordDraft])[] = [
    ["a TTL of 60", { ...bufferMx, ttl: 60 }],
    ["a TTL of 86400", { ...bufferMx, ttl: 86_400 }],
    ["an automatic TTL", { ...bufferMx, ttl: 1 }],
    ["the same host with another priority", { ...mailMx, priority: 20 }],
    ["a note of 100 letters", { ...bufferMx, comment: "x".repeat(100) }],
    ["an MX beside an alias", { ...bufferMx, name: "c" }],
  ];
  for (const [what, draft] of taken) {
    it(`not ${what}`, () => {
      const { zones, zone } = dnsWorld({ records });
      zones.create(zone.id, draft);
      assert.equal(zone.records.size, 4);
    });
  }

  it("30 s on the free plan, and take them on the enterprise one", () => {
    const { zones } = dnsWorld();
    const zone = zones.addZone({ name: "fabrikam.com", plan: "enterprise" });
    assert.equal(zones.create(zone.id, { ...mailMx, ttl: 30 }).ttl, 30);
    assert.throws(
      () => zones.create(zone.id, { ...bufferMx, ttl: 29 }),
      refusal(9021, "TTL must be between 30 and 86400 seconds, or 1 for Automatic."),
    );
  });

  it("the same host with another priority, where the priority is said not to count", () => {
    const { zones, zone } = dnsWorld({ identity: { countsPriority: false, code: 81057 } });
    assert.throws(() => zones.create(zone.id, { ...mailMx, priority: 20 }), refusal(81057, "The record already exists."));
  });

  it("ids that nobody has", () => {
    const { zones, zone } = dnsWorld();
    const nobody = "0".repeat(32);
    assert.throws(() => zones.delete(zone.id, nobody), refusal(81044, "Record does not exist.", 404));
    assert.throws(() => zones.edit(zone.id, nobody, {}), refusal(81044, "Record does not exist.", 404));
    const route = `Could not route to /zones/${nobody}, perhaps your object identifier is invalid?`;
    assert.throws(() => zones.create(nobody, bufferMx), refusal(7003, route, 404));
  });

  it("to touch MX that Email Routing keeps, and to put others beside them", () => {
    const { zones } = dnsWorld();
    const zone = zones.addZone({ name: "contoso.de", records: [{ ...mailMx, readOnly: true }] });
    const [id = ""] = zone.records.keys();
    const locked = refusal(1046, "This record is managed by Email Routing. Unlock it there to change it.");
    assert.throws(() => zones.delete(zone.id, id), locked);
    assert.throws(() => zones.edit(zone.id, id, { ttl: 300 }), locked);
    assert.throws(() => zones.create(zone.id, bufferMx), locked);
    zones.create(zone.id, { ...bufferMx, name: "sub" });
    assert.equal(zone.records.size, 2);
  });
});
