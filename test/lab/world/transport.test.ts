import assert from "node:assert/strict";
import type { World } from "../../../lab/world/world.ts";
import { fill, hour, messageTo, minute, pass, queued, recipientIn, second, serverOf, stillWorld } from "./worlds.ts";

/** The smart host refuses, so that mail to it stays where it is. */
function withStuckMail(howMany: number) {
  const world = stillWorld();
  world.site.outside.refuse("smarthost.contoso.net", { code: 421, text: "4.3.2 Service not available" });
  fill(world, "ex01", "friend@elsewhere.example", howMany);
  pass(world, 5 * second);
  return world;
}

function stopAll(world: World): void {
  for (const server of world.site.servers) server.services.stop("MSExchangeTransport", false);
}

function startAll(world: World): void {
  for (const server of world.site.servers) server.services.start("MSExchangeTransport");
}

describe("transport: intake (12.3)", () => {
  it("takes mail only while its service runs: not paused, not stopped", () => {
    const world = stillWorld();
    const ex01 = serverOf(world, "ex01");
    const to = recipientIn(world, "DB01");
    assert.equal(ex01.transport.accept(messageTo(world, to)), true);
    ex01.services.pause("MSExchangeTransport");
    assert.equal(ex01.transport.accept(messageTo(world, to)), false);
    ex01.services.resume("MSExchangeTransport");
    assert.equal(ex01.transport.accept(messageTo(world, to)), true);
    ex01.services.stop("MSExchangeTransport", false);
    assert.equal(ex01.transport.accept(messageTo(world, to)), false);
  });

  it("goes on draining while the service is paused, and not while it is stopped", () => {
    const world = stillWorld();
    for (const name of ["ex01", "ex02"]) fill(world, name, recipientIn(world, "DB03"), 40);
    serverOf(world, "ex01").services.pause("MSExchangeTransport");
    serverOf(world, "ex02").services.stop("MSExchangeTransport", false);
    pass(world, minute);
    assert.deepEqual(queued(world, "ex01"), {});
    assert.deepEqual(queued(world, "ex02"), { "Poison Message": 2, Submission: 40 });
  });

  it("drains at a rate, not at once", () => {
    const world = stillWorld();
    fill(world, "ex01", recipientIn(world, "DB03"), 100);
    pass(world, 3 * second);
    const left = queued(world, "ex01").DB03 ?? 0;
    assert.ok(left > 20 && left < 80, `${left} are left`);
  });
});

describe("transport: component HubTransport (12.2)", () => {
  it("Draining has no effect until the service restarts", () => {
    const world = stillWorld();
    const ex01 = serverOf(world, "ex01");
    ex01.setComponent("HubTransport", "Maintenance", "Draining");
    assert.equal(ex01.takesMail(), true);
    ex01.services.stop("MSExchangeTransport", false);
    ex01.services.start("MSExchangeTransport");
    assert.equal(ex01.takesMail(), false);
    ex01.setComponent("HubTransport", "Maintenance", "Active");
    assert.equal(ex01.takesMail(), false);
    ex01.services.stop("MSExchangeTransport", false);
    ex01.services.start("MSExchangeTransport");
    assert.equal(ex01.takesMail(), true);
  });

  it("reads its queue database after a start before anything moves, and not after a mere pause", () => {
    const world = withStuckMail(3);
    const { services, transport } = serverOf(world, "ex01");
    services.pause("MSExchangeTransport");
    services.resume("MSExchangeTransport");
    assert.equal(transport.isLoading(), false);
    services.stop("MSExchangeTransport", false);
    services.start("MSExchangeTransport");
    assert.equal(transport.isLoading(), true);
    world.site.outside.refuse("smarthost.contoso.net", undefined);
    fill(world, "ex01", "friend@elsewhere.example", 1);
    pass(world, 40 * second);
    assert.deepEqual(queued(world, "ex01"), { Submission: 1, "smarthost.contoso.net": 3 });
    pass(world, 30 * second);
    assert.equal(transport.isLoading(), false);
    assert.deepEqual(queued(world, "ex01"), {});
  });
});

describe("transport: what never drains (12.3)", () => {
  it("leaves poison messages where they are, whatever is retried or redirected", () => {
    const world = stillWorld();
    const { transport } = serverOf(world, "ex02");
    transport.redirect([serverOf(world, "ex01").transport]);
    for (const queue of transport.queues()) transport.retryNow(queue, false);
    pass(world, 3 * hour);
    assert.deepEqual(queued(world, "ex02"), { "Poison Message": 2 });
    assert.ok(!serverOf(world, "ex01").transport.queues().includes(serverOf(world, "ex01").transport.poison));
  });

  it("keeps the safety copies of a server's mail on its peers, in the other AD site, until the mail is delivered", () => {
    const world = withStuckMail(4);
    const keepers = world.site.servers.filter((server) => world.site.shadows.on(server.name).length > 0);
    assert.deepEqual(new Set(keepers.map((server) => server.adSite)), new Set(["Potsdam"]));
    const copies = keepers.flatMap((server) => world.site.shadows.on(server.name));
    assert.deepEqual(new Set(copies.map((queue) => queue.nextHopDomain)), new Set(["ex01.contoso.local"]));
    assert.equal(
      copies.reduce((sum, queue) => sum + queue.copies.length, 0),
      4,
    );
    world.site.outside.refuse("smarthost.contoso.net", undefined);
    pass(world, 10 * minute);
    assert.equal(keepers.flatMap((server) => world.site.shadows.on(server.name)).length, 0);
  });

  it("has a peer send the safety copies after three hours without an answer, so that mail arrives twice when the server is back", () => {
    const world = stillWorld();
    world.site.outside.refuse("smarthost.contoso.net", { code: 421, text: "4.3.2 busy" });
    fill(world, "ex01", "friend@elsewhere.example", 2);
    pass(world, 5 * second);
    world.site.power("ex01", "off");
    world.site.outside.refuse("smarthost.contoso.net", undefined);
    pass(world, 2.9 * hour);
    assert.equal(world.ledger.totals().delivered, 0);
    pass(world, 0.3 * hour);
    assert.equal(world.ledger.totals().delivered, 2);
    world.site.power("ex01", "on");
    pass(world, 20 * minute);
    assert.equal(world.ledger.totals().duplicated, 2);
  });
});

describe("transport: expiry (12.3)", () => {
  it("turns mail older than the expiration timeout into a non-delivery report at the next start", () => {
    const world = withStuckMail(2);
    stopAll(world);
    pass(world, 49 * hour);
    assert.equal(world.ledger.totals().bounced, 0);
    startAll(world);
    pass(world, minute);
    assert.equal(world.ledger.totals().bounced, 2);
    assert.equal(world.ledger.totals().lost, 0);
  });

  it("keeps mail that is younger", () => {
    const world = withStuckMail(2);
    stopAll(world);
    pass(world, 47 * hour);
    startAll(world);
    pass(world, minute);
    assert.deepEqual([world.ledger.totals().bounced, world.ledger.totals().onTheWay], [0, 2]);
  });
});

describe("transport: redirection (12.4)", () => {
  it("hands the messages of delivery queues to the other server some seconds later", () => {
    const world = withStuckMail(5);
    serverOf(world, "ex01").transport.redirect([serverOf(world, "ex02").transport]);
    assert.equal(serverOf(world, "ex01").takesMail(), false);
    assert.deepEqual(queued(world, "ex01"), { "smarthost.contoso.net": 5 });
    pass(world, 10 * second);
    assert.deepEqual(queued(world, "ex01"), {});
    assert.deepEqual(queued(world, "ex02"), { "Poison Message": 2, "smarthost.contoso.net": 5 });
    assert.equal(serverOf(world, "ex01").takesMail(), true);
  });

  it("moves nothing when the other end's transport does not run", () => {
    const world = withStuckMail(5);
    serverOf(world, "ex02").services.stop("MSExchangeTransport", false);
    serverOf(world, "ex01").transport.redirect([serverOf(world, "ex02").transport]);
    pass(world, 10 * second);
    assert.deepEqual(queued(world, "ex01"), { "smarthost.contoso.net": 5 });
  });
});
