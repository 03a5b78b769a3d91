import assert from "node:assert/strict";
import { fill, messageTo, minute, pass, queueTo, recipientIn, second, serverOf, stillWorld } from "./worlds.ts";

describe("transport: queues", () => {
  it("puts a queue into retry with the next hop's words, and drains it when the host answers again", () => {
    const world = stillWorld();
    world.site.outside.refuse("partner.example", { code: 421, text: "4.2.1 Unable to connect" });
    fill(world, "ex03", "orders@partner.example", 7);
    pass(world, 5 * second);
    const queue = queueTo(world, "ex03", "partner.example");
    assert.equal(queue.status(), "Retry");
    assert.match(
      queue.retry?.lastError ?? "",
      /^\[\{LRT=12\/5\/2026 6:00:0\d PM\};\{LED=451 4\.4\.0 Primary target IP address responded with: "421 4\.2\.1 Unable to connect"\};\{FQDN=partner\.example\};\{IP=203\.0\.113\.7\}\]$/,
    );
    world.site.outside.refuse("partner.example", undefined);
    serverOf(world, "ex03").transport.retryNow(queue, false);
    pass(world, 5 * second);
    assert.equal(queue.items.length, 0);
    assert.equal(queue.status(), "Ready");
  });

  it("retries mail for a database that is not mounted every five minutes", () => {
    const world = stillWorld();
    const database = world.site.database("DB03");
    assert.ok(database);
    world.site.dag.dismount(database);
    fill(world, "ex01", recipientIn(world, "DB03"), 2);
    pass(world, 5 * second);
    const queue = queueTo(world, "ex01", "DB03");
    assert.match(queue.retry?.lastError ?? "", /\{LED=4\d\d /);
    assert.equal((queue.retry?.nextMs ?? 0) - (queue.retry?.lastMs ?? 0), 5 * minute);
    world.site.dag.mount(database);
    pass(world, 4 * minute);
    assert.equal(queue.items.length, 2);
    pass(world, 2 * minute);
    assert.equal(queue.items.length, 0);
  });

  it("lets a delivery queue vanish three minutes after it is empty; a new one bears a new number", () => {
    const world = stillWorld();
    fill(world, "ex01", recipientIn(world, "DB03"), 1);
    pass(world, 10 * second);
    assert.equal(queueTo(world, "ex01", "DB03").label, "1");
    pass(world, 2 * minute);
    assert.equal(queueTo(world, "ex01", "DB03").label, "1");
    pass(world, 2 * minute);
    assert.deepEqual(
      serverOf(world, "ex01")
        .transport.queues()
        .map((queue) => queue.label),
      ["Submission"],
    );
    fill(world, "ex01", recipientIn(world, "DB03"), 1);
    pass(world, 10 * second);
    assert.equal(queueTo(world, "ex01", "DB03").label, "2");
  });

  it("splits a message by where its recipients are and delivers each part once", () => {
    const world = stillWorld();
    const to = [recipientIn(world, "DB01"), recipientIn(world, "DB05"), "friend@elsewhere.example"];
    const message = { ...messageTo(world, "nobody@contoso.com"), id: "three@sender.example", to };
    serverOf(world, "ex02").transport.accept(message);
    pass(world, 10 * second);
    assert.deepEqual(
      world.ledger
        .entry(message.id)
        ?.arrivals.map((arrival) => arrival.recipient)
        .sort(),
      [...to].sort(),
    );
    pass(world, 5 * minute);
    assert.deepEqual(
      world.site.servers.flatMap((server) => world.site.shadows.on(server.name)),
      [],
    );
  });

  it("keeps the safety copy of a split message until its last part is delivered", () => {
    const world = stillWorld();
    world.site.outside.refuse("smarthost.contoso.net", { code: 421, text: "4.3.2 busy" });
    const to = [recipientIn(world, "DB01"), "friend@elsewhere.example"];
    serverOf(world, "ex02").transport.accept({ ...messageTo(world, "nobody@contoso.com"), id: "two@sender.example", to });
    const copies = () => world.site.servers.flatMap((server) => world.site.shadows.on(server.name)).flatMap((queue) => queue.copies);
    pass(world, 10 * minute);
    assert.equal(world.ledger.entry("two@sender.example")?.arrivals.length, 1);
    assert.equal(copies().length, 1);
    world.site.outside.refuse("smarthost.contoso.net", undefined);
    pass(world, 30 * minute);
    assert.equal(copies().length, 0);
  });
});

describe("front end", () => {
  const caller = { helo: "sender1.example", from: "user@sender1.example" };

  it("accepts recipients that nobody has and bounces them later, as Exchange does out of the box; foreign domains it refuses", () => {
    const world = stillWorld();
    const { frontEnd } = world.site;
    const codeOf = (address: string) => frontEnd.recipient(address, caller).code;
    assert.deepEqual(
      ["anna.abel@contoso.com", "Postmaster@contoso.de", "nobody-here@contoso.com", "anna.abel@elsewhere.example"].map(codeOf),
      [250, 250, 250, 550],
    );
    const message = { ...messageTo(world, recipientIn(world, "DB01")), to: [recipientIn(world, "DB01"), "nobody-here@contoso.com"] };
    assert.equal(frontEnd.accept(message).code, 250);
    pass(world, 10 * second);
    const entry = world.ledger.entry(message.id);
    assert.deepEqual([entry?.arrivals.length, entry?.bounces.map(({ recipient }) => recipient)], [1, ["nobody-here@contoso.com"]]);
    assert.match(entry?.bounces[0]?.reason ?? "", /^550 5\.1\.10 RESOLVER\.ADR\.RecipientNotFound/);
    pass(world, 5 * minute);
    assert.deepEqual(
      world.site.servers.flatMap((server) => world.site.shadows.on(server.name)),
      [],
    );
  });

  it("with recipient filtering refuses recipients that nobody has at the door", () => {
    const { frontEnd } = stillWorld({ switches: { recipientFiltering: true } }).site;
    assert.match(frontEnd.recipient("nobody-here@contoso.com", caller).text, /^5\.1\.10 /);
    assert.equal(frontEnd.recipient("anna.abel@contoso.com", caller).code, 250);
  });

  it("of a server left Draining greets, and says 421 after MAIL; the others go on", () => {
    const world = stillWorld();
    const ex01 = serverOf(world, "ex01");
    ex01.components.set("HubTransport", "Maintenance", "Draining", world.events.now());
    ex01.services.stop("MSExchangeTransport", false);
    ex01.services.start("MSExchangeTransport");
    const said = world.site.frontEnds.map((host) => [host.name, host.open()?.code, host.sender(caller).code]);
    assert.deepEqual(said, [
      ["ex01.contoso.local", 220, 421],
      ["ex02.contoso.local", 220, 250],
      ["ex03.contoso.local", 220, 250],
      ["ex04.contoso.local", 220, 250],
    ]);
    const throughAll = Array.from({ length: 4 }, () => [world.site.frontEnd.open()?.code, world.site.frontEnd.sender(caller).code]);
    assert.deepEqual(
      throughAll.filter(([, code]) => code === 421),
      [[220, 421]],
    );
  });

  it("goes on answering while every transport is paused and refuses for the time being", () => {
    const world = stillWorld();
    for (const server of world.site.servers) server.services.pause("MSExchangeTransport");
    assert.equal(world.site.frontEnd.open()?.code, 220);
    const reply = world.site.frontEnd.accept(messageTo(world, recipientIn(world, "DB01")));
    assert.deepEqual([reply.code, reply.text.slice(0, 5)], [451, "4.7.0"]);
    serverOf(world, "ex04").services.resume("MSExchangeTransport");
    assert.equal(world.site.frontEnd.accept(messageTo(world, recipientIn(world, "DB01"))).code, 250);
  });

  it("does not answer when no server's front end runs", () => {
    const world = stillWorld();
    for (const server of world.site.servers) server.services.stop("MSExchangeFrontEndTransport", false);
    assert.equal(world.site.frontEnd.open(), undefined);
  });
});
