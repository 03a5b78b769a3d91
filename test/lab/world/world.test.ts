import assert from "node:assert/strict";
import { makeWorld } from "../../../lab/world/world.ts";
import { hour, messageTo, minute, pass, recipientIn, second, serverOf, stillWorld } from "./worlds.ts";

describe("a whole world", () => {
  it("delivers every message exactly once in twelve quiet hours", () => {
    const world = makeWorld({ senders: { count: 40, perHour: 6 } });
    pass(world, 12 * hour);
    world.senders.stop();
    world.internal.stop();
    pass(world, 10 * minute);
    const totals = world.ledger.totals();
    assert.ok(totals.sent > 3000, `only ${totals.sent} were sent`);
    assert.deepEqual(
      { ...totals, longestDelayMs: 0 },
      { sent: totals.sent, delivered: totals.sent, duplicated: 0, bounced: 0, lost: 0, onTheWay: 0, longestDelayMs: 0 },
    );
    assert.ok(totals.longestDelayMs < minute);
    const arrivals = [...world.ledger.entries()].map((entry) => entry.arrivals.length - entry.message.to.length);
    assert.deepEqual(new Set(arrivals), new Set([0]));
  });

  it("tells the same story for the same seed and another for another", () => {
    const story = (seed: number) => {
      const world = makeWorld({ seed, senders: { count: 10 } });
      pass(world, hour);
      return [...world.ledger.entries()].map((entry) => `${entry.message.id} ${entry.message.sentAtMs}`).join("\n");
    };
    assert.equal(story(3), story(3));
    assert.notEqual(story(3), story(4));
  });

  it("counts a message that is dropped from a queue as lost", () => {
    const world = stillWorld();
    const { transport } = serverOf(world, "ex01");
    transport.accept(messageTo(world, recipientIn(world, "DB02")));
    assert.equal(world.ledger.totals().lost, 0);
    assert.equal(world.ledger.totals().onTheWay, 1);
    transport.submission.items.pop();
    assert.equal(world.ledger.totals().lost, 1);
    assert.equal(world.ledger.totals().onTheWay, 0);
  });

  it("counts a message that is delivered again as duplicated", () => {
    const world = stillWorld();
    const { transport } = serverOf(world, "ex01");
    const message = messageTo(world, recipientIn(world, "DB02"));
    transport.accept(message);
    pass(world, 5 * second);
    assert.equal(world.ledger.totals().duplicated, 0);
    transport.resubmit({ message, acceptedAtMs: world.events.now(), shadow: undefined });
    pass(world, 5 * second);
    assert.equal(world.ledger.totals().duplicated, 1);
    assert.equal(world.ledger.totals().delivered, 1);
  });

  it("counts a message on the way while a host outside the site holds it", () => {
    const held: string[] = [];
    const world = stillWorld({
      hosts: () => [
        {
          name: "buffer.contoso-mail.net",
          open: () => ({ code: 220, text: "ready" }),
          sender: () => ({ code: 250, text: "2.1.0 Sender OK" }),
          recipient: () => ({ code: 250, text: "ok" }),
          accept: (message) => {
            held.push(message.id);
            return { code: 250, text: "queued" };
          },
          inventory: () => held,
        },
      ],
    });
    world.hostOf("buffer.contoso-mail.net")?.accept(messageTo(world, recipientIn(world, "DB01")));
    assert.equal(world.ledger.totals().onTheWay, 1);
    held.pop();
    assert.equal(world.ledger.totals().lost, 1);
  });

  it("scales to sixteen servers", () => {
    const world = makeWorld({ servers: 16, senders: { count: 30 } });
    pass(world, hour);
    assert.equal(world.site.databases.length, 32);
    assert.equal(world.site.databases.filter((database) => database.mounted).length, 31);
    assert.ok(world.ledger.totals().delivered > 0);
    assert.equal(world.ledger.totals().lost, 0);
  });
});

describe("people of the site", () => {
  it("have their mail wait in the outbox while no transport takes any, and it leaves afterwards", () => {
    const world = makeWorld({ senders: { count: 0 }, internal: { perHour: 600 } });
    for (const server of world.site.servers) server.services.pause("MSExchangeTransport");
    pass(world, 20 * minute);
    const paused = world.ledger.totals();
    assert.ok(paused.sent > 100);
    assert.deepEqual([paused.delivered, paused.onTheWay, paused.lost], [0, paused.sent, 0]);
    for (const server of world.site.servers) server.services.resume("MSExchangeTransport");
    world.internal.stop();
    pass(world, 10 * minute);
    assert.deepEqual([world.ledger.totals().delivered, world.ledger.totals().onTheWay], [world.ledger.totals().sent, 0]);
  });
});
