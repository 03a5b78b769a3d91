import assert from "node:assert/strict";
import { MountRefused, neverMs } from "../../../lab/world/dag.ts";
import type { World } from "../../../lab/world/world.ts";
import { databaseOf, fill, hour, minute, pass, recipientIn, second, serverOf, stillWorld } from "./worlds.ts";

function statusOn(world: World, database: string, server: string): string {
  const found = databaseOf(world, database);
  const copy = found.copyOn(server);
  assert.ok(copy);
  return found.statusOf(copy, world.site.dag, world.events.now());
}

function countersOn(world: World, database: string, server: string) {
  const found = databaseOf(world, database);
  const copy = found.copyOn(server);
  assert.ok(copy);
  return found.countersOf(copy);
}

function mounted(world: World): readonly string[] {
  return world.site.databases.filter((database) => database.mounted).map((database) => database.name);
}

function isRefused(refusal: string) {
  return (error: unknown) => error instanceof MountRefused && error.refusal === refusal;
}

describe("databases as found", () => {
  it("all are mounted where they are preferred, but DB08, which an administrator dismounted", () => {
    const world = stillWorld();
    assert.deepEqual(mounted(world), ["DB01", "DB02", "DB03", "DB04", "DB05", "DB06", "DB07"]);
    pass(world, 5 * hour);
    assert.equal(databaseOf(world, "DB08").mounted, false);
    for (const { active, copies } of world.site.databases) assert.equal(copies.find((copy) => copy.server === active)?.preference, 1);
  });

  it("each has its two copies in different AD sites", () => {
    const world = stillWorld({ servers: 8 });
    for (const { copies } of world.site.databases) {
      assert.equal(new Set(copies.map((copy) => serverOf(world, copy.server).adSite)).size, 2);
    }
  });
});

describe("copy queues (12.8)", () => {
  it("counters of the active copy are zero but the generation; a passive copy's follow from the generations", () => {
    const world = stillWorld();
    pass(world, minute);
    fill(world, "ex01", recipientIn(world, "DB01"), 60);
    serverOf(world, "ex03").services.stop("MSExchangeRepl", true);
    pass(world, minute);
    const active = countersOn(world, "DB01", "ex01");
    assert.deepEqual([active.copyQueueLength, active.replayQueueLength, active.lastLogInspected, active.lastLogReplayed], [0, 0, 0, 0]);
    const passive = countersOn(world, "DB01", "ex03");
    assert.equal(passive.lastLogGenerated, active.lastLogGenerated);
    assert.equal(passive.copyQueueLength, Number(passive.lastLogGenerated) - passive.lastLogInspected);
    assert.equal(passive.replayQueueLength, passive.lastLogInspected - passive.lastLogReplayed);
    assert.ok(passive.copyQueueLength >= 15, `copy queue ${passive.copyQueueLength}`);
  });

  it("the copy queue grows while replication is down and is gone soon after; the copy is Initializing for some seconds", () => {
    const world = stillWorld();
    const { services } = serverOf(world, "ex03");
    services.stop("MSExchangeRepl", true);
    assert.equal(statusOn(world, "DB01", "ex03"), "ServiceDown");
    pass(world, hour);
    assert.ok(countersOn(world, "DB01", "ex03").copyQueueLength >= 55);
    services.start("MSExchangeRepl");
    assert.equal(statusOn(world, "DB01", "ex03"), "Initializing");
    pass(world, 16 * second);
    assert.equal(statusOn(world, "DB01", "ex03"), "Healthy");
    pass(world, minute);
    assert.ok(countersOn(world, "DB01", "ex03").copyQueueLength <= 1);
  });

  it("both queues reach zero after a clean dismount, and stay there", () => {
    const world = stillWorld();
    world.site.dag.dismount(databaseOf(world, "DB01"));
    pass(world, 30 * second);
    const level = countersOn(world, "DB01", "ex03");
    assert.deepEqual([level.copyQueueLength, level.replayQueueLength], [0, 0]);
    pass(world, hour);
    assert.deepEqual(countersOn(world, "DB01", "ex03"), level);
    assert.equal(statusOn(world, "DB01", "ex03"), "Healthy");
    assert.equal(statusOn(world, "DB01", "ex01"), "Dismounted");
  });
});

describe("mount and dismount", () => {
  it("what an administrator dismounted stays dismounted until it is mounted", () => {
    const world = stillWorld();
    const database = databaseOf(world, "DB02");
    world.site.dag.dismount(database);
    pass(world, 2 * hour);
    assert.equal(database.mounted, false);
    world.site.dag.mount(database);
    assert.equal(database.mounted, true);
  });

  it("mounting needs the store and the replication service where the database is active", () => {
    const world = stillWorld();
    const database = databaseOf(world, "DB02");
    world.site.dag.dismount(database);
    serverOf(world, "ex01").services.stop("MSExchangeIS", true);
    assert.throws(() => world.site.dag.mount(database), isRefused("storeStopped"));
    serverOf(world, "ex01").services.stop("MSExchangeRepl", true);
    assert.throws(() => world.site.dag.mount(database), isRefused("replicationStopped"));
    world.site.power("ex01", "off");
    assert.throws(() => world.site.dag.mount(database), isRefused("serverDown"));
    assert.throws(() => world.site.dag.dismount(database), isRefused("serverDown"));
  });
});

describe("failover (12.7)", () => {
  it("a server that goes down has its databases mounted on their other copies", () => {
    const world = stillWorld();
    world.site.power("ex01", "off");
    pass(world, 30 * second);
    assert.deepEqual([databaseOf(world, "DB01").active, databaseOf(world, "DB01").mounted], ["ex03", true]);
    assert.equal(statusOn(world, "DB01", "ex01"), "ServiceDown");
  });

  it("without a target the database is dismounted, and mounts again when its server is back", () => {
    const world = stillWorld();
    serverOf(world, "ex03").services.stop("MSExchangeRepl", true);
    world.site.power("ex01", "off");
    pass(world, minute);
    assert.deepEqual([databaseOf(world, "DB01").active, databaseOf(world, "DB01").mounted], ["ex01", false]);
    world.site.power("ex01", "on");
    pass(world, 6 * minute);
    assert.equal(databaseOf(world, "DB01").mounted, true);
  });
});

describe("activation controls (12.6)", () => {
  it("policy Blocked refuses automatic activation", () => {
    const world = stillWorld();
    serverOf(world, "ex03").policy = "Blocked";
    world.site.power("ex01", "off");
    pass(world, 10 * minute);
    assert.equal(databaseOf(world, "DB01").mounted, false);
    serverOf(world, "ex03").policy = "Unrestricted";
    pass(world, 30 * second);
    assert.equal(databaseOf(world, "DB01").mounted, true);
  });

  it("MoveNow moves databases away from a server, again and again, but never to a Blocked one", () => {
    const world = stillWorld();
    serverOf(world, "ex03").policy = "Blocked";
    serverOf(world, "ex01").moveNow = true;
    pass(world, hour);
    assert.equal(databaseOf(world, "DB01").active, "ex01");
    serverOf(world, "ex03").policy = "Unrestricted";
    pass(world, 2 * minute);
    assert.deepEqual([databaseOf(world, "DB01").active, databaseOf(world, "DB01").mounted], ["ex03", true]);
  });
});

describe("auto-rebalance (12.9)", () => {
  function failedOver(): World {
    const world = stillWorld();
    world.site.power("ex01", "off");
    pass(world, minute);
    world.site.power("ex01", "on");
    pass(world, 8 * minute);
    assert.equal(databaseOf(world, "DB01").active, "ex03");
    return world;
  }

  it("moves a database back to preference 1 within an hour", () => {
    const world = failedOver();
    pass(world, hour);
    assert.deepEqual([databaseOf(world, "DB01").active, databaseOf(world, "DB01").mounted], ["ex01", true]);
  });

  it("does not while its frequency is infinite, and does when it is set again", () => {
    const world = failedOver();
    world.site.dag.setPreferenceMove(neverMs);
    pass(world, 5 * hour);
    assert.equal(databaseOf(world, "DB01").active, "ex03");
    world.site.dag.setPreferenceMove(hour);
    pass(world, 1.1 * hour);
    assert.equal(databaseOf(world, "DB01").active, "ex01");
  });

  it("leaves a dismounted database and a blocked server alone", () => {
    const world = failedOver();
    serverOf(world, "ex01").policy = "Blocked";
    world.site.dag.dismount(databaseOf(world, "DB02"));
    pass(world, 3 * hour);
    assert.deepEqual([databaseOf(world, "DB01").active, databaseOf(world, "DB02").active], ["ex03", "ex03"]);
  });
});

describe("lagged copies", () => {
  const day = 24 * 60 * minute;

  it("are healthy, have all logs, keep days of them, and replay each when it is old enough", () => {
    const world = stillWorld({ switches: { laggedCopies: { "DB01\\ex03": 7 * day } } });
    const at = () => countersOn(world, "DB01", "ex03");
    assert.equal(statusOn(world, "DB01", "ex03"), "Healthy");
    const first = at();
    assert.deepEqual([first.copyQueueLength, first.replayQueueLength > 10_000], [0, true]);
    pass(world, 10 * minute);
    const later = at();
    assert.ok(later.lastLogReplayed > first.lastLogReplayed, "what is old enough is replayed");
    assert.ok(Math.abs(later.replayQueueLength - first.replayQueueLength) <= 10, "and as much has come");
  });
});

describe("a copy that has lost sight of the newest log", () => {
  it("tells a queue that is no number of logs", () => {
    const world = stillWorld();
    const copy = databaseOf(world, "DB01").copyOn("ex03");
    assert.ok(copy !== undefined);
    copy.losesSightOfNewestLog = true;
    assert.equal(countersOn(world, "DB01", "ex03").copyQueueLength, 2n ** 63n - 1n - BigInt(copy.inspected));
  });
});
