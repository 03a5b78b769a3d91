import assert from "node:assert/strict";
import { makeCast } from "../../../lab/world/cast.ts";
import { Directory } from "../../../lab/world/directory.ts";
import { Events } from "../../../lab/world/events.ts";
import { hour, minute, pass, second, serverOf, stillWorld } from "./worlds.ts";

function scene(delays = { withinSiteMs: 15 * second, betweenSitesMs: 3 * minute }) {
  const events = new Events(0);
  const { domainControllers, servers } = makeCast();
  const directory = new Directory(events, domainControllers, servers, delays);
  const [dc01, dc02, dc03, dc04] = domainControllers;
  assert.ok(dc01 && dc02 && dc03 && dc04);
  return { events, directory, dc01, dc02, dc03, dc04 };
}

describe("a setting in the directory (12.14)", () => {
  it("is seen at once where it was written, then in that AD site, then in the other", () => {
    const { events, directory, dc01, dc02, dc03, dc04 } = scene();
    const setting = directory.attribute("old");
    const everywhere = () => [dc01, dc02, dc03, dc04].map((controller) => setting.at(controller));
    setting.write("new", dc02);
    assert.deepEqual(everywhere(), ["old", "new", "old", "old"]);
    events.advanceTo(15 * second);
    assert.deepEqual(everywhere(), ["new", "new", "old", "old"]);
    events.advanceTo(3 * minute - 1);
    assert.deepEqual(everywhere(), ["new", "new", "old", "old"]);
    events.advanceTo(3 * minute);
    assert.deepEqual(everywhere(), ["new", "new", "new", "new"]);
  });

  it("is seen everywhere at once where there is no delay", () => {
    const { directory, dc01, dc04 } = scene({ withinSiteMs: 0, betweenSitesMs: 0 });
    const setting = directory.attribute(1);
    setting.write(2, dc04);
    assert.equal(setting.at(dc01), 2);
  });

  it("written at two controllers before they heard of each other, is the later one's everywhere", () => {
    const { events, directory, dc01, dc03 } = scene();
    const setting = directory.attribute("old");
    setting.write("Berlin", dc01);
    events.advanceTo(second);
    setting.write("Potsdam", dc03);
    events.advanceTo(hour);
    assert.deepEqual([setting.at(dc01), setting.at(dc03)], ["Potsdam", "Potsdam"]);
  });

  it("written twice at one controller, is that one's although the other wrote once and later", () => {
    const { events, directory, dc01, dc03 } = scene();
    const setting = directory.attribute(0);
    setting.write(1, dc01);
    setting.write(2, dc01);
    events.advanceTo(second);
    setting.write(3, dc03);
    events.advanceTo(hour);
    assert.deepEqual([setting.at(dc01), setting.at(dc03)], [2, 2]);
  });

  it("tells who listens at which controller it has changed, once each", () => {
    const { events, directory, dc01 } = scene();
    const heard: string[] = [];
    const setting = directory.attribute(0, (controller) => heard.push(`${controller.name} ${events.now() / second}`));
    setting.write(1, dc01);
    events.advanceTo(hour);
    assert.deepEqual(heard, ["dc01 0", "dc02 15", "dc03 180", "dc04 180"]);
  });

  it("does not pass a controller that is silent, and reaches it when it answers again", () => {
    const { events, directory, dc01, dc02, dc03 } = scene();
    const setting = directory.attribute("old");
    setting.write("new", dc01);
    directory.setAnswering(dc02, false);
    directory.setAnswering(dc01, false);
    events.advanceTo(hour);
    assert.deepEqual([setting.at(dc02), setting.at(dc03)], ["old", "old"]);
    directory.setAnswering(dc01, true);
    assert.deepEqual([setting.at(dc02), setting.at(dc03)], ["old", "new"]);
    directory.setAnswering(dc02, true);
    assert.equal(setting.at(dc02), "new");
  });
});

describe("a server's domain controller", () => {
  it("is one of its own AD site, and the servers of a site share them", () => {
    const { directory } = scene();
    const names = ["ex01", "ex02", "ex03", "ex04"].map((server) => directory.controllerOf(server).name);
    assert.deepEqual(names, ["dc01", "dc02", "dc03", "dc04"]);
  });

  it("is another of that site when its own is silent, and one of the other site when none is left", () => {
    const { directory, dc01, dc02 } = scene();
    directory.setAnswering(dc01, false);
    assert.equal(directory.controllerOf("ex01"), dc02);
    directory.setAnswering(dc02, false);
    assert.equal(directory.controllerOf("ex01").adSite, "Potsdam");
    directory.setAnswering(dc01, true);
    assert.equal(directory.controllerOf("ex01"), dc01);
  });

  it("is found by its short name or its FQDN in any case, and by no other", () => {
    const { directory, dc03 } = scene();
    assert.deepEqual([directory.find("DC03"), directory.find("dc03.Contoso.local"), directory.find("dc05")], [dc03, dc03, undefined]);
  });

  it("is what the endpoint of Exchange lives on: where none answers, only Windows' does", () => {
    const world = stillWorld();
    for (const controller of world.cast.domainControllers) world.site.directory.setAnswering(controller, false);
    const ex01 = serverOf(world, "ex01");
    assert.deepEqual([ex01.endpointAnswers("Microsoft.Exchange"), ex01.endpointAnswers("Microsoft.PowerShell")], [false, true]);
  });
});

describe("what follows from a setting", () => {
  const slow = { replication: { withinSiteMs: 15 * second, betweenSitesMs: 10 * minute } };

  it("a component state that is written in the directory of the other site takes hold when it has come to the server's own", () => {
    const world = stillWorld(slow);
    const [ex01, dc03] = [serverOf(world, "ex01"), world.site.directory.find("dc03")];
    ex01.services.start("MSExchangePop3");
    ex01.setComponent("ServerWideOffline", "Maintenance", "Inactive", "remote", dc03);
    pass(world, 9 * minute);
    assert.deepEqual([ex01.isOffline(), ex01.runs("MSExchangePop3")], [false, true]);
    pass(world, minute);
    assert.deepEqual([ex01.isOffline(), ex01.runs("MSExchangePop3")], [true, false]);
  });

  it("a local entry takes hold at once, whatever the directory says until it has heard", () => {
    const world = stillWorld(slow);
    const [ex01, dc03] = [serverOf(world, "ex01"), world.site.directory.find("dc03")];
    pass(world, second);
    ex01.setComponent("OwaProxy", "Maintenance", "Inactive", "both", dc03);
    assert.equal(ex01.components.effective("OwaProxy"), "Inactive");
    const [remote] = ex01.components.readings().filter((reading) => reading.component === "OwaProxy" && reading.remote.length > 0);
    assert.equal(remote, undefined);
  });

  it("a policy is obeyed when the owner of the cluster group reads it, not before", () => {
    const world = stillWorld(slow);
    const [ex03, dc03] = [serverOf(world, "ex03"), world.site.directory.find("dc03")];
    assert.ok(dc03);
    ex03.activation.moveNow.write(true, dc03);
    world.site.database("DB01")?.activate("ex03", world.events.now());
    world.site.database("DB01")?.mount(world.events.now(), "Administrator");
    pass(world, 9 * minute);
    assert.equal(world.site.database("DB01")?.active, "ex03");
    pass(world, 2 * minute);
    assert.equal(world.site.database("DB01")?.active, "ex01");
  });

  it("PreferenceMoveFrequency counts from when the owner of the cluster group reads it", () => {
    const world = stillWorld(slow);
    const { dag, directory } = world.site;
    const dc03 = directory.find("dc03");
    assert.ok(dc03);
    dag.preferenceMove.write(2 * hour, dc03);
    assert.deepEqual([dag.preferenceMoveMs, dag.preferenceMove.at(dc03)], [hour, 2 * hour]);
    pass(world, 10 * minute);
    world.site.database("DB01")?.activate("ex03", world.events.now());
    world.site.database("DB01")?.mount(world.events.now(), "Administrator");
    pass(world, 2 * hour - minute);
    assert.equal(world.site.database("DB01")?.active, "ex03");
    pass(world, 2 * minute);
    assert.equal(world.site.database("DB01")?.active, "ex01");
  });

  it("PreferenceMoveFrequency does not count anew when others have read it later", () => {
    const world = stillWorld(slow);
    world.site.dag.setPreferenceMove(2 * hour);
    world.site.database("DB01")?.activate("ex03", world.events.now());
    world.site.database("DB01")?.mount(world.events.now(), "Administrator");
    pass(world, 2 * hour + minute);
    assert.equal(world.site.database("DB01")?.active, "ex01");
  });
});
