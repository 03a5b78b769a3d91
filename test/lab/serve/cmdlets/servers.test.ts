import assert from "node:assert/strict";
import { hour, pass, serverOf } from "../../world/worlds.ts";
import { objects, pick, scene } from "./asking.ts";

describe("component states", () => {
  it("list the requesters' entries as texts, and mark every row of a server that is offline", async () => {
    const { world, exchange } = scene();
    serverOf(world, "ex02").setComponent("ServerWideOffline", "Maintenance", "Inactive");
    const found = await objects(exchange("Get-ServerComponentState", { Identity: "ex02" }));
    assert.equal(found.length, 34);
    const [offline, hub] = found;
    assert.deepEqual(pick(hub, "Component", "State", "ServerWideOfflineIsOffline", "LocalStates"), {
      Component: "HubTransport",
      State: "Inactive",
      ServerWideOfflineIsOffline: true,
      LocalStates: [],
    });
    const entries = pick(offline, "LocalStates").LocalStates;
    assert.ok(Array.isArray(entries));
    assert.match(String(entries[0]), /^Requestor:Functional; State:Active; Timestamp:9\/6\/2026 /);
    assert.equal(entries[1], "Requestor:Maintenance; State:Inactive; Timestamp:12/5/2026 6:00:00 PM");
  });

  it("travel with the world's number where enums are sent as objects", async () => {
    const { world, exchange } = scene({ switches: { enums: "objects", drainingNumber: 7 } });
    serverOf(world, "ex01").setComponent("HubTransport", "Maintenance", "Draining");
    const [state] = await objects(exchange("Get-ServerComponentState", { Identity: "ex01", Component: "hubtransport" }));
    const value = state?.properties.get("State");
    assert.ok(typeof value === "object" && value !== null && "kind" in value);
    assert.deepEqual([value.text, value.value], ["Draining", 7]);
  });

  it("refuse a component that does not exist", async () => {
    const { exchange } = scene();
    const { errors } = await exchange("Get-ServerComponentState", { Identity: "ex01", Component: "UMCallRouter" });
    assert.equal(errors[0]?.category.name, "InvalidArgument");
  });
});

describe("health", () => {
  it("every check passes on a healthy server, and what fails says so", async () => {
    const { world, exchange } = scene();
    const failed = async () =>
      (await objects(exchange("Test-ReplicationHealth", { Identity: "ex01" }))).filter((row) => row.properties.get("Result") !== "Passed");
    pass(world, hour);
    assert.deepEqual(await failed(), []);
    world.site.power("ex04", "off");
    assert.deepEqual(
      (await failed()).map((row) => [row.properties.get("Check"), row.properties.get("Result")]),
      [["DagMembersUp", "*FAILED*"]],
    );
  });

  it("a disabled and stopped EdgeSync fails the Hub Transport role only", async () => {
    const { world, exchange } = scene();
    serverOf(world, "ex02").services.stop("MSExchangeEdgeSync", false);
    const rows = await objects(exchange("Test-ServiceHealth", { Server: "ex02" }));
    assert.deepEqual(
      rows.map((row) => [row.properties.get("Role"), row.properties.get("RequiredServicesRunning")]),
      [
        ["Mailbox Server Role", true],
        ["Client Access Server Role", true],
        ["Hub Transport Server Role", false],
      ],
    );
    assert.deepEqual(pick(rows[2], "ServicesNotRunning"), { ServicesNotRunning: ["MSExchangeEdgeSync"] });
  });
});

describe("Windows cmdlets (12.16)", () => {
  it("act on the server that was asked, and on no other", async () => {
    const { world, windows } = scene();
    await objects(windows("Suspend-Service", { Name: "MSExchangeTransport" }, "ex03"));
    assert.deepEqual(
      world.site.servers.map((server) => server.transportStatus()),
      ["Running", "Running", "Paused", "Running"],
    );
    const [service] = await objects(windows("Get-Service", { Name: "msexchangetransport" }, "ex03"));
    assert.deepEqual(pick(service, "Status", "StartType", "CanPauseAndContinue"), {
      Status: "Paused",
      StartType: "Automatic",
      CanPauseAndContinue: true,
    });
    await objects(windows("Resume-Service", { Name: ["MSExchangeTransport"] }, "ex03"));
    assert.equal(serverOf(world, "ex03").transportStatus(), "Running");
  });

  it("find services by list and wildcard, and say which name is none", async () => {
    const { windows } = scene();
    const { output, errors } = await windows("Get-Service", { Name: ["MSExchangePop3*", "ClusSvc", "MSExchangeUM"] });
    assert.deepEqual(
      output.map((one) => (typeof one === "object" && one !== null && "text" in one ? one.text : undefined)),
      ["MSExchangePop3", "MSExchangePOP3BE", "ClusSvc"],
    );
    assert.deepEqual(
      [errors[0]?.message, errors[0]?.fullyQualifiedErrorId],
      [
        "Cannot find any service with service name 'MSExchangeUM'.",
        "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand",
      ],
    );
  });

  it("refuse in Windows' words", async () => {
    const { world, windows } = scene();
    const first = async (cmdlet: string, name: string) => (await windows(cmdlet, { Name: name })).errors[0]?.message;
    assert.equal(
      await first("Suspend-Service", "MSExchangeIS"),
      "Service 'Microsoft Exchange Information Store (MSExchangeIS)' cannot be suspended because the service does not support being suspended or resumed.",
    );
    assert.equal(
      await first("Resume-Service", "MSExchangePop3"),
      "Service 'Microsoft Exchange POP3 (MSExchangePop3)' cannot be resumed because it is not currently running.",
    );
    assert.equal(
      await first("Stop-Service", "MSExchangeADTopology"),
      "Cannot stop service 'Microsoft Exchange Active Directory Topology (MSExchangeADTopology)' because it has dependent services. It can only be stopped if the Force flag is set.",
    );
    const pop = serverOf(world, "ex01").services.find("MSExchangePop3");
    assert.ok(pop);
    pop.startType = "Disabled";
    assert.equal(
      await first("Start-Service", "MSExchangePop3"),
      "Service 'Microsoft Exchange POP3 (MSExchangePop3)' cannot be started due to the following error: Cannot start service MSExchangePop3 on computer '.'.",
    );
  });

  it("cluster nodes are Up or Down, and unknown where the cluster service does not run", async () => {
    const { world, windows } = scene();
    world.site.power("ex04", "off");
    const nodes = await objects(windows("Get-ClusterNode"));
    assert.deepEqual(
      nodes.map((node) => [node.text, node.properties.get("State")]),
      [
        ["EX01", "Up"],
        ["EX02", "Up"],
        ["EX03", "Up"],
        ["EX04", "Down"],
      ],
    );
    serverOf(world, "ex01").services.stop("ClusSvc", true);
    assert.match((await windows("Get-ClusterNode")).errors[0]?.message ?? "", /^The cluster service is not running\./);
  });
});
