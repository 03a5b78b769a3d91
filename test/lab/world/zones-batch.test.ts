// Batches of the lab's zones, and what a change of several records looks like from outside while it travels.
import assert from "node:assert/strict";
import fc from "fast-check";
import { bufferMx, type DnsWorld, dnsWorld, mailMx, onlyRecord, pass, refusal, served, startMs } from "../../support/dns-lab.ts";

const ns2 = "ns2.contoso-dns.net";

describe("a batch", () => {
  it("deletes first, so that what it posts may take the place", () => {
    const world = dnsWorld();
    const id = onlyRecord(world);
    const { posts } = world.zones.batch(world.zone.id, { posts: [mailMx], deletes: [{ id }] });
    assert.deepEqual([...world.zone.records.keys()], [posts[0]?.id]);
    assert.notEqual(posts[0]?.id, id);
  });

  it("patches before it puts and puts before it posts", () => {
    const world = dnsWorld({ records: [mailMx, bufferMx] });
    const [mail = "", buffer = ""] = world.zone.records.keys();
    // Each step is possible only after the one before it.
    world.zones.batch(world.zone.id, {
      posts: [bufferMx],
      puts: [{ ...mailMx, id: buffer }],
      patches: [{ id: mail, priority: 30 }],
    });
    const keys = [...world.zone.records.values()].map((record) => `${record.priority} ${record.content}`);
    assert.deepEqual(keys, ["30 mail.contoso.com", "10 mail.contoso.com", "10 buffer.contoso-mail.net"]);
  });

  it("does nothing when one of its operations is refused", () => {
    const world = dnsWorld();
    const id = onlyRecord(world);
    const posts = [bufferMx, { ...bufferMx, ttl: 5 }];
    assert.throws(
      () => world.zones.batch(world.zone.id, { deletes: [{ id }], posts }),
      refusal(9021, "TTL must be between 60 and 86400 seconds, or 1 for Automatic."),
    );
    pass(world.events, 60);
    assert.deepEqual([...world.zone.records.keys()], [id]);
    assert.deepEqual(served(world, ns2), ["10 mail.contoso.com"]);
  });

  it("has at most 200 operations on the free plan and 3500 on others", () => {
    const { zones, zone } = dnsWorld();
    const posts = (count: number) => Array.from({ length: count }, (_, index) => ({ ...bufferMx, priority: 100 + index }));
    assert.throws(() => zones.batch(zone.id, { posts: posts(201) }), refusal(1004, "A batch may have at most 200 operations."));
    assert.equal(zones.batch(zone.id, { posts: posts(200) }).posts.length, 200);
    const paid = zones.addZone({ name: "fabrikam.com", plan: "enterprise" });
    assert.equal(zones.batch(paid.id, { posts: posts(201) }).posts.length, 201);
  });
});

describe("make before break", () => {
  const known = ["10 mail.contoso.com", "10 buffer.contoso-mail.net"];
  const lag = fc.integer({ min: 0, max: 120_000 });
  const options = fc.record({ seed: fc.nat(), primaryLagMs: lag, secondaryLagMs: lag, perRecordLagMs: lag });

  /** Moves time event by event, `stepMs` at most, and calls `look` after each move. */
  function watch(world: DnsWorld, done: () => boolean, look: () => void): void {
    for (let steps = 0; !done(); steps++) {
      assert.ok(steps < 2_000, "the change never became visible");
      world.events.advanceTo(world.events.now() + 500);
      look();
    }
  }

  it("leaves no server without MX and none with a foreign one, whatever the lags", () => {
    fc.assert(
      fc.property(options, (lags) => {
        const world = dnsWorld(lags);
        const old = onlyRecord(world);
        const look = () => {
          for (const server of world.zones.nameServers) {
            const set = served(world, server);
            assert.ok(set.length > 0, `${server} shows no MX`);
            assert.deepEqual(
              set.filter((key) => !known.includes(key)),
              [],
            );
          }
        };
        const everywhere = (count: number, key: string) => () =>
          world.zones.nameServers.every((server) => served(world, server).length === count && served(world, server).includes(key));
        world.zones.create(world.zone.id, bufferMx);
        look();
        watch(world, everywhere(2, "10 buffer.contoso-mail.net"), look);
        world.zones.delete(world.zone.id, old);
        look();
        watch(world, everywhere(1, "10 buffer.contoso-mail.net"), look);
      }),
      { numRuns: 60 },
    );
  });

  it("is needed: one batch that deletes and posts leaves a server without MX at some moment", () => {
    const gaps = Array.from({ length: 20 }, (_, seed) => seed).filter((seed) => {
      const world = dnsWorld({ seed });
      world.zones.batch(world.zone.id, { deletes: [{ id: onlyRecord(world) }], posts: [bufferMx] });
      for (let ms = 0; ms < 30_000; ms += 100) {
        world.events.advanceTo(startMs + ms);
        if (world.zones.nameServers.some((server) => served(world, server).length === 0)) return true;
      }
      return false;
    });
    assert.ok(gaps.length > 0);
  });
});
