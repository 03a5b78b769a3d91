import assert from "node:assert/strict";
import { MountRefused } from "../../../lab/world/dag.ts";
import type { World, WorldOptions } from "../../../lab/world/world.ts";
import { databaseOf, hour, minute, pass, serverOf, stillWorld } from "./worlds.ts";

function powerAll(world: World, to: "on" | "off", except: readonly string[] = []): void {
  for (const server of world.site.servers) if (!except.includes(server.name)) world.site.power(server.name, to);
}

function mounted(world: World): readonly string[] {
  return world.site.databases.filter((database) => database.mounted).map((database) => database.name);
}

function isRefused(refusal: string) {
  return (error: unknown) => error instanceof MountRefused && error.refusal === refusal;
}

function coldStarted(options: WorldOptions = {}): World {
  const world = stillWorld(options);
  world.site.dag.dismount(databaseOf(world, "DB01"));
  powerAll(world, "off");
  pass(world, hour);
  powerAll(world, "on");
  pass(world, 10 * minute);
  return world;
}

describe("cluster (12.10, 12.11)", () => {
  it("two of four nodes and the witness keep quorum; one node does not, and every database is dismounted", () => {
    const world = stillWorld();
    world.site.power("ex03", "off");
    world.site.power("ex04", "off");
    pass(world, minute);
    assert.equal(world.site.dag.hasQuorum(), true);
    assert.equal(mounted(world).length, 7);
    world.site.power("ex02", "off");
    assert.equal(world.site.dag.hasQuorum(), false);
    assert.deepEqual(mounted(world), []);
    assert.throws(() => world.site.dag.mount(databaseOf(world, "DB01")), isRefused("noQuorum"));
  });

  it("two of four nodes have no quorum without the witness", () => {
    const world = stillWorld({ switches: { witnessUp: false } });
    world.site.power("ex03", "off");
    assert.equal(world.site.dag.hasQuorum(), true);
    world.site.power("ex04", "off");
    assert.equal(world.site.dag.hasQuorum(), false);
  });

  it("the primary active manager moves when its node fails", () => {
    const world = stillWorld();
    const before = world.site.dag.primaryActiveManager()?.name;
    assert.equal(before, "ex01");
    serverOf(world, "ex01").services.stop("ClusSvc", true);
    assert.equal(world.site.dag.primaryActiveManager()?.name, "ex02");
  });
});

describe("the right to mount (12.12)", () => {
  it("after a full shutdown nobody mounts while one started member is missing, although there is quorum", () => {
    const world = stillWorld();
    powerAll(world, "off");
    pass(world, hour);
    powerAll(world, "on", ["ex04"]);
    pass(world, 20 * minute);
    assert.equal(world.site.dag.hasQuorum(), true);
    assert.deepEqual(mounted(world), []);
    assert.throws(() => world.site.dag.mount(databaseOf(world, "DB01")), isRefused("noConsensus"));
    world.site.power("ex04", "on");
    pass(world, 6 * minute);
    assert.equal(mounted(world).length, 7);
  });

  it("with mode Off quorum is enough", () => {
    const world = stillWorld({ switches: { datacenterActivationMode: "Off" } });
    powerAll(world, "off");
    powerAll(world, "on", ["ex04"]);
    pass(world, 10 * minute);
    assert.ok(mounted(world).includes("DB01"));
  });

  it("a member that restarts alone gets the right from the others", () => {
    const world = stillWorld();
    world.site.power("ex01", "off");
    world.site.power("ex01", "on");
    pass(world, 6 * minute);
    assert.equal(world.site.dag.hasConsensus(serverOf(world, "ex01")), true);
  });
});

describe("a full cold start (13)", () => {
  it("leaves what an administrator dismounted as it was, by default", () => {
    assert.deepEqual(mounted(coldStarted()), ["DB02", "DB03", "DB04", "DB05", "DB06", "DB07"]);
  });

  it("mounts it too where the world is switched so, DB08 included", () => {
    const world = coldStarted({ switches: { mountsAfterColdStart: true } });
    assert.deepEqual(mounted(world), ["DB01", "DB02", "DB03", "DB04", "DB05", "DB06", "DB07", "DB08"]);
  });
});
