import assert from "node:assert/strict";
import { ServiceRefused } from "../../../lab/world/services.ts";
import { minute, pass, second, serverOf, stillWorld } from "./worlds.ts";

function statusOf(world: ReturnType<typeof stillWorld>, server: string, service: string): string | undefined {
  return serverOf(world, server).services.find(service)?.status;
}

describe("component states (12.1)", () => {
  it("one requester's Inactive is not undone by another's Active", () => {
    const { components } = serverOf(stillWorld(), "ex01");
    components.set("OwaProxy", "HealthApi", "Inactive", 1);
    components.set("OwaProxy", "Maintenance", "Inactive", 2);
    components.set("OwaProxy", "Maintenance", "Active", 3);
    assert.equal(components.effective("OwaProxy"), "Inactive");
    components.set("owaproxy", "HEALTHAPI", "Active", 4);
    assert.equal(components.effective("OwaProxy"), "Active");
  });

  it("of one requester's local and remote entries the newer is the truth", () => {
    const { components } = serverOf(stillWorld(), "ex01");
    components.set("EwsProxy", "Maintenance", "Inactive", 10, "remote");
    components.set("EwsProxy", "Maintenance", "Active", 20, "local");
    assert.equal(components.effective("EwsProxy"), "Active");
    components.set("EwsProxy", "Maintenance", "Inactive", 30, "remote");
    assert.equal(components.effective("EwsProxy"), "Inactive");
  });

  it("ServerWideOffline masks all but Monitoring and RecoveryActionsEnabled, and adds no entries", () => {
    const { components } = serverOf(stillWorld(), "ex01");
    components.set("ServerWideOffline", "Maintenance", "Inactive", 1_900_000_000_000);
    const active = components.readings().filter((reading) => reading.state !== "Inactive");
    assert.deepEqual(
      active.map((reading) => reading.component),
      ["Monitoring", "RecoveryActionsEnabled"],
    );
    assert.deepEqual(components.readings().find((reading) => reading.component === "OwaProxy")?.local, []);
    components.set("ServerWideOffline", "Maintenance", "Active", 1_900_000_000_001);
    assert.equal(components.effective("OwaProxy"), "Active");
  });

  it("a healthy server has exactly ForwardSyncDaemon and ProvisioningRps inactive", () => {
    const readings = serverOf(stillWorld(), "ex01").components.readings();
    assert.equal(readings.length, 34);
    assert.deepEqual(
      readings.filter((one) => one.state !== "Active").map((one) => one.component),
      ["ForwardSyncDaemon", "ProvisioningRps"],
    );
  });

  it("a component that does not exist cannot be set", () => {
    assert.equal(serverOf(stillWorld(), "ex01").setComponent("UMCallRouter", "Maintenance", "Draining"), false);
  });
});

describe("ServerWideOffline and services (12.5)", () => {
  it("Inactive stops POP and IMAP and bounces the front end once; Active does not start POP and IMAP", () => {
    const world = stillWorld();
    const ex01 = serverOf(world, "ex01");
    ex01.services.start("MSExchangePop3");
    ex01.setComponent("ServerWideOffline", "Maintenance", "Inactive");
    assert.deepEqual(
      [statusOf(world, "ex01", "MSExchangePop3"), statusOf(world, "ex01", "MSExchangeFrontEndTransport")],
      ["Stopped", "Stopped"],
    );
    pass(world, 10 * second);
    assert.equal(statusOf(world, "ex01", "MSExchangeFrontEndTransport"), "Running");
    ex01.setComponent("ServerWideOffline", "Maintenance", "Active");
    pass(world, 10 * second);
    assert.equal(statusOf(world, "ex01", "MSExchangePop3"), "Stopped");
  });
});

describe("Windows services (12.16)", () => {
  it("POP, IMAP and the backup helper are Manual and stopped, the rest of Exchange runs", () => {
    const services = serverOf(stillWorld(), "ex01")
      .services.all()
      .filter((service) => !service.isBase);
    const stopped = services.filter((service) => service.status !== "Running");
    assert.deepEqual(
      stopped.map((service) => service.name),
      ["MSExchangeImap4", "MSExchangeIMAP4BE", "MSExchangePop3", "MSExchangePOP3BE", "wsbexchange"],
    );
    assert.deepEqual(new Set(stopped.map((service) => service.startType)), new Set(["Manual"]));
    assert.equal(services.length, 31);
  });

  it("only MSExchangeTransport can be paused", () => {
    const { services } = serverOf(stillWorld(), "ex01");
    services.pause("MSExchangeTransport");
    assert.equal(services.find("MSExchangeTransport")?.status, "Paused");
    assert.throws(
      () => services.pause("MSExchangeIS"),
      (error) => error instanceof ServiceRefused && error.refusal === "cannotPause",
    );
    assert.throws(
      () => services.resume("MSExchangePop3"),
      (error) => error instanceof ServiceRefused && error.refusal === "notRunning",
    );
  });

  it("stopping ADTopology needs force and stops what depends on it", () => {
    const { services } = serverOf(stillWorld(), "ex01");
    assert.throws(
      () => services.stop("MSExchangeADTopology", false),
      (error) => error instanceof ServiceRefused && error.refusal === "hasDependents",
    );
    services.stop("MSExchangeADTopology", true);
    assert.deepEqual(
      ["MSExchangeIS", "MSExchangeTransport", "MSExchangeHM"].map((name) => services.find(name)?.status),
      ["Stopped", "Stopped", "Running"],
    );
  });

  it("starting a service starts what it depends on, unless that is disabled", () => {
    const { services } = serverOf(stillWorld(), "ex01");
    services.stop("MSExchangeADTopology", true);
    services.start("MSExchangeTransport");
    assert.equal(services.find("FMS")?.status, "Running");
    services.stop("FMS", true);
    const fms = services.find("FMS");
    assert.ok(fms);
    fms.startType = "Disabled";
    assert.throws(
      () => services.start("MSExchangeTransport"),
      (error) => error instanceof ServiceRefused && error.refusal === "disabled" && error.service === "FMS",
    );
  });

  it("Exchange's endpoint dies with W3SVC or ADTopology, Windows' stays", () => {
    const ex01 = serverOf(stillWorld(), "ex01");
    assert.equal(ex01.endpointAnswers("Microsoft.Exchange"), true);
    ex01.services.stop("W3SVC", false);
    assert.deepEqual([ex01.endpointAnswers("Microsoft.Exchange"), ex01.endpointAnswers("Microsoft.PowerShell")], [false, true]);
    ex01.services.start("W3SVC");
    ex01.services.stop("MSExchangeADTopology", true);
    assert.equal(ex01.endpointAnswers("Microsoft.Exchange"), false);
  });
});

describe("power (12.17)", () => {
  it("a server that is off answers at no endpoint and on no port", () => {
    const world = stillWorld();
    world.site.power("EX02", "off");
    const ex02 = serverOf(world, "ex02");
    assert.deepEqual(
      [
        ex02.endpointAnswers("Microsoft.Exchange"),
        ex02.endpointAnswers("Microsoft.PowerShell"),
        ex02.frontEndAnswers(),
        ex02.takesMail(),
        ex02.takesDelivery(),
      ],
      [false, false, false, false, false],
    );
  });

  it("booting takes minutes, then services come up by their start types", () => {
    const world = stillWorld();
    const ex01 = serverOf(world, "ex01");
    const edgeSync = ex01.services.find("MSExchangeEdgeSync");
    assert.ok(edgeSync);
    edgeSync.startType = "Disabled";
    world.site.power("ex01", "off");
    world.site.power("ex01", "on");
    pass(world, 2 * minute);
    assert.equal(ex01.endpointAnswers("Microsoft.PowerShell"), false);
    pass(world, 70 * second);
    assert.equal(ex01.endpointAnswers("Microsoft.PowerShell"), true);
    assert.equal(statusOf(world, "ex01", "MSExchangeIS"), "StartPending");
    pass(world, minute);
    assert.deepEqual(
      ["MSExchangeIS", "MSExchangePop3", "MSExchangeEdgeSync", "ClusSvc"].map((name) => statusOf(world, "ex01", name)),
      ["Running", "Stopped", "Stopped", "Running"],
    );
  });

  it("a paused service forgets its pause when the server boots or the service restarts", () => {
    const world = stillWorld();
    const { services } = serverOf(world, "ex01");
    services.pause("MSExchangeTransport");
    world.site.power("ex01", "off");
    world.site.power("ex01", "on");
    pass(world, 6 * minute);
    assert.equal(statusOf(world, "ex01", "MSExchangeTransport"), "Running");
    services.pause("MSExchangeTransport");
    services.stop("MSExchangeTransport", false);
    services.start("MSExchangeTransport");
    assert.equal(statusOf(world, "ex01", "MSExchangeTransport"), "Running");
  });

  it("a boot that is cut short comes to nothing", () => {
    const world = stillWorld();
    world.site.power("ex01", "off");
    world.site.power("ex01", "on");
    pass(world, minute);
    world.site.power("ex01", "off");
    pass(world, 10 * minute);
    assert.equal(serverOf(world, "ex01").power, "off");
    assert.equal(statusOf(world, "ex01", "WinRM"), "Stopped");
  });
});
