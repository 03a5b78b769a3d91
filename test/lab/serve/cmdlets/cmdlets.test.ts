import assert from "node:assert/strict";
import { EndpointSilent } from "../../../../lab/serve/cmdlets/exchange-host.ts";
import { SIGNATURES, signatureOf } from "../../../../lab/serve/signatures.ts";
import { PsTagged } from "../../../../provider/remoting/clixml/values.ts";
import { databaseOf, fill, hour, minute, pass, recipientIn, second, serverOf, stillWorld } from "../../world/worlds.ts";
import { asking, objects, pick } from "./asking.ts";

function scene(options: Parameters<typeof stillWorld>[0] = {}) {
  const world = stillWorld(options);
  return { world, exchange: asking(world, "Microsoft.Exchange"), windows: asking(world, "Microsoft.PowerShell") };
}

describe("endpoints", () => {
  it("offer every cmdlet that has a signature, and none at the wrong configuration", async () => {
    const { exchange, windows } = scene();
    assert.ok(SIGNATURES.length >= 20);
    for (const { cmdlet } of SIGNATURES) {
      const [right, wrong] = signatureOf("Microsoft.Exchange", cmdlet) ? [exchange, windows] : [windows, exchange];
      assert.notEqual((await right(cmdlet)).failed?.fullyQualifiedErrorId, "CommandNotFoundException", cmdlet);
      assert.equal((await wrong(cmdlet)).failed?.fullyQualifiedErrorId, "CommandNotFoundException", cmdlet);
    }
  });

  it("of a server that is off say nothing at all (12.17)", async () => {
    const { world, exchange, windows } = scene();
    world.site.power("ex02", "off");
    await assert.rejects(exchange("Get-ExchangeServer", {}, "ex02"), EndpointSilent);
    await assert.rejects(windows("Get-Service", {}, "ex02"), EndpointSilent);
    assert.equal((await objects(exchange("Get-ExchangeServer", {}, "ex01"))).length, 4);
  });

  it("refuse a parameter whose meaning the lab does not simulate, instead of passing over it", async () => {
    const { exchange } = scene();
    const { failed, output } = await exchange("Get-Queue", { Filter: "MessageCount -gt 0" });
    assert.equal(failed?.message, "The lab does not simulate -Filter of Get-Queue.");
    assert.deepEqual(output, []);
  });

  it("end the pipeline on an error with ErrorAction Stop, and go on without it", async () => {
    const { exchange } = scene();
    const stopped = await exchange("Get-MailboxDatabase", { Identity: "DB99", ErrorAction: "Stop" });
    assert.deepEqual([stopped.errors.length, stopped.failed?.message.includes("'DB99'")], [0, true]);
    const goesOn = await exchange("Get-MailboxDatabase", { Identity: "DB99" });
    assert.deepEqual([goesOn.errors.length, goesOn.failed], [1, undefined]);
  });
});

describe("identities (12.15)", () => {
  it("an unknown name is not found, in Exchange's words and with its id", async () => {
    const { exchange } = scene();
    const [error] = (await exchange("Get-MailboxDatabase", { Identity: "DB99" })).errors;
    assert.equal(error?.message, "The operation couldn't be performed because object 'DB99' couldn't be found on 'dc1.contoso.local'.");
    assert.match(
      error?.fullyQualifiedErrorId ?? "",
      /^\[Server=EX01,RequestId=[0-9a-f-]{36},TimeStamp=12\/5\/2026 6:00:00 PM\] \[FailureCategory=Cmdlet-ManagementObjectNotFoundException\] [0-9A-F]{8},Microsoft\.Exchange\.Management\.SystemConfigurationTasks\.GetMailboxDatabase$/,
    );
    assert.equal(error?.exception, "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException");
  });

  it("an unknown name returns everything where the world is switched so", async () => {
    const { exchange } = scene({ switches: { unknownIdentity: "returnsAll" } });
    assert.equal((await objects(exchange("Get-MailboxDatabase", { Identity: "DB99" }))).length, 8);
    assert.equal((await objects(exchange("Get-MailboxDatabaseCopyStatus", { Identity: "DB99\\EX01" }))).length, 16);
    assert.equal((await objects(exchange("Get-ExchangeServer", { Identity: "ex99" }))).length, 4);
  });

  it("a null one returns everything", async () => {
    const { exchange } = scene();
    assert.equal((await objects(exchange("Get-MailboxDatabase", { Identity: null }))).length, 8);
  });

  it("names are compared without case, also by FQDN", async () => {
    const { exchange } = scene();
    const found = await objects(exchange("Get-MailboxServer", { Identity: "EX03.Contoso.Local" }));
    assert.deepEqual(
      found.map((one) => one.text),
      ["EX03"],
    );
  });

  it("a cmdlet that changes something refuses an unknown name in either world", async () => {
    const { exchange } = scene({ switches: { unknownIdentity: "returnsAll" } });
    const { errors } = await exchange("Dismount-Database", { Identity: "DB99", Confirm: false });
    assert.match(errors[0]?.fullyQualifiedErrorId ?? "", /DismountDatabase$/);
  });
});

describe("databases", () => {
  it("without -Status it is not said whether they are mounted", async () => {
    const { exchange } = scene();
    const fields = ["Mounted", "MountedOnServer", "DatabaseSize"];
    const [bare] = await objects(exchange("Get-MailboxDatabase", { Identity: "DB01" }));
    assert.deepEqual(pick(bare, ...fields), { Mounted: null, MountedOnServer: null, DatabaseSize: null });
    const [full] = await objects(exchange("Get-MailboxDatabase", { Identity: "DB01", Status: true }));
    assert.deepEqual(pick(full, "Mounted", "MountedOnServer", "Server"), {
      Mounted: true,
      MountedOnServer: "ex01.contoso.local",
      Server: "EX01",
    });
    assert.match(String(full?.properties.get("DatabaseSize")), /^[\d.]+ [MG]B \([\d,]+ bytes\)$/);
  });

  it("-Server gives every database with a copy there, active or not", async () => {
    const { exchange } = scene();
    const found = await objects(exchange("Get-MailboxDatabase", { Server: "ex03" }));
    assert.deepEqual(
      found.map((one) => one.text),
      ["DB01", "DB02", "DB05", "DB06"],
    );
    assert.deepEqual(pick(found[0], "ActivationPreference", "DatabaseCopies"), {
      ActivationPreference: ["[EX01, 1]", "[EX03, 2]"],
      DatabaseCopies: ["DB01\\EX01", "DB01\\EX03"],
    });
  });

  it("of a store that does not answer it is unknown whether they are mounted, with a warning", async () => {
    const { world, exchange } = scene();
    serverOf(world, "ex03").policy = "Blocked";
    world.site.power("ex01", "off");
    const { output, warnings } = await exchange("Get-MailboxDatabase", { Identity: "DB01", Status: true }, "ex02");
    assert.equal(output.length, 1);
    assert.match(warnings[0] ?? "", /Information Store service on server ex01\.contoso\.local/);
  });

  it("are dismounted and mounted by name", async () => {
    const { world, exchange } = scene();
    assert.deepEqual(await exchange("Dismount-Database", { Identity: "DB01", Confirm: false }), { output: [], warnings: [], errors: [] });
    assert.equal(databaseOf(world, "DB01").mounted, false);
    await objects(exchange("Mount-Database", { Identity: "db01", Confirm: false }));
    assert.equal(databaseOf(world, "DB01").mounted, true);
    await objects(exchange("Dismount-Database", { Identity: "DB01", WhatIf: true }));
    assert.equal(databaseOf(world, "DB01").mounted, true);
  });

  it("are not mounted without automount consensus, even with Force (12.12)", async () => {
    const { world, exchange } = scene();
    for (const server of world.site.servers) world.site.power(server.name, "off");
    for (const name of ["ex01", "ex02", "ex03"]) world.site.power(name, "on");
    pass(world, 10 * minute);
    const { errors } = await exchange("Mount-Database", { Identity: "DB01", Force: true, Confirm: false });
    assert.match(
      errors[0]?.message ?? "",
      /^Failed to mount database "DB01"\. Error: An Active Manager operation failed\..*Automount consensus not reached\.$/,
    );
  });

  it("cannot be dismounted on a server that is off", async () => {
    const { world, exchange } = scene();
    serverOf(world, "ex03").policy = "Blocked";
    world.site.power("ex01", "off");
    const { errors } = await exchange("Dismount-Database", { Identity: "DB01", Confirm: false }, "ex02");
    assert.match(errors[0]?.message ?? "", /0x6ba \(The RPC server is unavailable\)/);
  });

  it("copies: 64-bit counters, the active server in lower case, the server in upper case", async () => {
    const { exchange } = scene();
    const [copy] = await objects(exchange("Get-MailboxDatabaseCopyStatus", { Identity: "DB01\\EX03" }));
    assert.deepEqual(
      pick(copy, "Name", "Status", "MailboxServer", "ActiveDatabaseCopy", "CopyQueueLength", "ActivationPreference", "ContentIndexState"),
      {
        Name: "DB01\\EX03",
        Status: "Healthy",
        MailboxServer: "EX03",
        ActiveDatabaseCopy: "ex01",
        CopyQueueLength: 0n,
        ActivationPreference: 2,
        ContentIndexState: "NotApplicable",
      },
    );
    const [mounted] = await objects(exchange("Get-MailboxDatabaseCopyStatus", { Server: "ex01" }));
    assert.deepEqual(pick(mounted, "Status", "LastLogInspected", "LastInspectedLogTime", "IsPrimaryActiveManager"), {
      Status: "Mounted",
      LastLogInspected: 0n,
      LastInspectedLogTime: null,
      IsPrimaryActiveManager: true,
    });
  });

  it("copies on a server that is off are ServiceDown to its peers (12.17)", async () => {
    const { world, exchange } = scene();
    world.site.power("ex03", "off");
    const found = await objects(exchange("Get-MailboxDatabaseCopyStatus", { Server: "ex03" }));
    assert.deepEqual(new Set(found.map((copy) => copy.properties.get("Status"))), new Set(["ServiceDown"]));
    assert.equal(found.length, 4);
  });
});

describe("the DAG", () => {
  it("tells its state only with -Status", async () => {
    const { exchange } = scene();
    const fields = ["OperationalServers", "PrimaryActiveManager", "WitnessShareInUse", "ReplicationPort"];
    const [bare] = await objects(exchange("Get-DatabaseAvailabilityGroup", { Identity: "DAG1" }));
    assert.deepEqual(pick(bare, ...fields), {
      OperationalServers: null,
      PrimaryActiveManager: null,
      WitnessShareInUse: null,
      ReplicationPort: 0,
    });
    const [full] = await objects(exchange("Get-DatabaseAvailabilityGroup", { Identity: "DAG1", Status: true }));
    assert.deepEqual(pick(full, ...fields, "StartedMailboxServers"), {
      OperationalServers: ["EX01", "EX02", "EX03", "EX04"],
      PrimaryActiveManager: "EX01",
      WitnessShareInUse: "Primary",
      ReplicationPort: 64327,
      StartedMailboxServers: ["ex01.contoso.local", "ex02.contoso.local", "ex03.contoso.local", "ex04.contoso.local"],
    });
  });

  it("has its preference move set, to infinity too, as text or as a TimeSpan", async () => {
    const { exchange } = scene();
    const frequency = async () => (await objects(exchange("Get-DatabaseAvailabilityGroup")))[0]?.properties.get("PreferenceMoveFrequency");
    assert.equal(await frequency(), "01:00:00");
    await objects(exchange("Set-DatabaseAvailabilityGroup", { Identity: "DAG1", PreferenceMoveFrequency: "-00:00:00.0010000" }));
    assert.equal(await frequency(), "-00:00:00.0010000");
    await objects(exchange("Set-DatabaseAvailabilityGroup", { Identity: "DAG1", PreferenceMoveFrequency: new PsTagged("TS", "PT2H") }));
    assert.equal(await frequency(), "02:00:00");
    const again = await exchange("Set-DatabaseAvailabilityGroup", { Identity: "DAG1", PreferenceMoveFrequency: "02:00:00" });
    assert.deepEqual(again.warnings, ["The command completed successfully but no settings of 'DAG1' have been modified."]);
  });
});

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

describe("queues", () => {
  it("are those of the local server unless told, Submission always among them, Poison only where something is in it", async () => {
    const { exchange } = scene();
    const identities = async (server: string) =>
      (await objects(exchange("Get-Queue", {}, server))).map((one) => one.properties.get("Identity"));
    assert.deepEqual(await identities("ex01"), ["EX01\\Submission"]);
    assert.deepEqual(await identities("ex02"), ["EX02\\Submission", "EX02\\Poison"]);
    const [poison] = await objects(exchange("Get-Queue", { Identity: "EX02\\Poison" }));
    assert.deepEqual(pick(poison, "DeliveryType", "NextHopDomain", "MessageCount", "Status"), {
      DeliveryType: "Undefined",
      NextHopDomain: "Poison Message",
      MessageCount: 2,
      Status: "Active",
    });
  });

  it("show database, outside and shadow queues with what is in them and why it stays", async () => {
    const { world, exchange } = scene();
    world.site.outside.refuse("partner.example", { code: 421, text: "4.2.1 Unable to connect" });
    fill(world, "ex01", "orders@partner.example", 3);
    pass(world, 5 * second);
    const [queue] = await objects(exchange("Get-Queue", { Identity: "EX01\\partner.example" }));
    assert.deepEqual(
      pick(queue, "Identity", "DeliveryType", "NextHopCategory", "Status", "MessageCount", "RetryCount", "MessageCountsPerPriority"),
      {
        Identity: "EX01\\1",
        DeliveryType: "DnsConnectorDelivery",
        NextHopCategory: "External",
        Status: "Retry",
        MessageCount: 3,
        RetryCount: 1,
        MessageCountsPerPriority: [0, 3, 0, 0],
      },
    );
    assert.match(String(queue?.properties.get("LastError")), /^\[\{LRT=.*\};\{LED=451 4\.4\.0 /);
    const shadows = (await Promise.all(["ex03", "ex04"].map((server) => objects(exchange("Get-Queue", { Server: server }))))).flat();
    const shadow = shadows.find((one) => one.properties.get("DeliveryType") === "ShadowRedundancy");
    assert.deepEqual(pick(shadow, "NextHopDomain", "Identity"), { NextHopDomain: "ex01.contoso.local", Identity: shadow?.text });
    assert.match(shadow?.text ?? "", /^EX0[34]\\Shadow\\1$/);
  });

  it("are omitted for a while after the service started, or fail, as the world is switched (12.2)", async () => {
    for (const whileQueuesLoad of ["omits", "fails"] as const) {
      const { world, exchange } = scene({ switches: { whileQueuesLoad } });
      world.site.outside.refuse("partner.example", { code: 421, text: "no" });
      fill(world, "ex01", "orders@partner.example", 3);
      pass(world, 5 * second);
      const { services } = serverOf(world, "ex01");
      services.stop("MSExchangeTransport", false);
      const stopped = await exchange("Get-Queue", { Server: "ex01" });
      assert.match(stopped.errors[0]?.message ?? "", /RPC server is unavailable/);
      services.start("MSExchangeTransport");
      const { output, errors } = await exchange("Get-Queue", { Server: "ex01" });
      assert.deepEqual([output.length, errors.length], whileQueuesLoad === "omits" ? [1, 0] : [0, 1]);
      pass(world, minute);
      assert.equal((await objects(exchange("Get-Queue", { Server: "ex01" }))).length, 2);
    }
  });

  it("answer while the service is paused", async () => {
    const { world, exchange } = scene();
    serverOf(world, "ex01").services.pause("MSExchangeTransport");
    assert.equal((await objects(exchange("Get-Queue", { Server: "ex01" }))).length, 1);
  });

  it("give as many as ResultSize says, with a warning that there are more", async () => {
    const { exchange } = scene();
    const { output, warnings } = await exchange("Get-Queue", { Server: "ex02", ResultSize: 1 });
    assert.deepEqual([output.length, warnings.length], [1, 1]);
    assert.equal((await exchange("Get-Queue", { Server: "ex02", ResultSize: "Unlimited" })).output.length, 2);
  });

  it("in retry are tried again by Retry-Queue", async () => {
    const { world, exchange } = scene();
    world.site.outside.refuse("partner.example", { code: 421, text: "no" });
    fill(world, "ex01", "orders@partner.example", 3);
    pass(world, 5 * second);
    world.site.outside.refuse("partner.example", undefined);
    await objects(exchange("Retry-Queue", { Identity: "EX01\\partner.example", Confirm: false }));
    pass(world, second);
    assert.equal(world.ledger.totals().delivered, 3);
  });

  it("are emptied by Redirect-Message some seconds later, which needs running transport on both ends (12.4)", async () => {
    const { world, exchange } = scene();
    world.site.outside.refuse("smarthost.contoso.net", { code: 421, text: "no" });
    fill(world, "ex02", "friend@elsewhere.example", 4);
    pass(world, 5 * second);
    serverOf(world, "ex04").services.stop("MSExchangeTransport", false);
    const refused = await exchange("Redirect-Message", { Server: "ex02", Target: ["ex04.contoso.local"], Confirm: false });
    assert.match(refused.errors[0]?.message ?? "", /ex04\.contoso\.local.*RPC server is unavailable/);
    await objects(exchange("Redirect-Message", { Server: "ex02", Target: ["ex01.contoso.local"], Confirm: false }));
    pass(world, 10 * second);
    const counts = (await objects(exchange("Get-Queue", { Server: "ex02" }))).map((one) => [
      one.properties.get("NextHopDomain"),
      one.properties.get("MessageCount"),
    ]);
    assert.deepEqual(counts, [
      ["Submission", 0],
      ["Poison Message", 2],
      ["smarthost.contoso.net", 0],
    ]);
    const [target] = await objects(exchange("Get-Queue", { Identity: "EX01\\smarthost.contoso.net" }));
    assert.equal(target?.properties.get("MessageCount"), 4);
  });

  it("of a server that is off cannot be asked for", async () => {
    const { world, exchange } = scene();
    world.site.power("ex03", "off");
    const { errors } = await exchange("Get-Queue", { Server: "ex03" });
    assert.match(errors[0]?.fullyQualifiedErrorId ?? "", /GetQueueInfo$/);
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

describe("the organisation", () => {
  it("has three accepted domains, the first is the default", async () => {
    const { exchange } = scene();
    const found = await objects(exchange("Get-AcceptedDomain"));
    assert.deepEqual(
      found.map((one) => [one.properties.get("DomainName"), one.properties.get("Default")]),
      [
        ["contoso.com", true],
        ["contoso.de", false],
        ["contoso.org", false],
      ],
    );
    const [config] = await objects(exchange("Get-TransportConfig"));
    assert.deepEqual(pick(config, "ShadowResubmitTimeSpan", "ShadowHeartbeatFrequency"), {
      ShadowResubmitTimeSpan: "03:00:00",
      ShadowHeartbeatFrequency: "00:02:00",
    });
  });

  it("mail to a database goes on being delivered after asking about it", async () => {
    const { world, exchange } = scene();
    fill(world, "ex01", recipientIn(world, "DB05"), 3);
    await objects(exchange("Get-Queue", { Server: "ex01" }));
    pass(world, 5 * second);
    assert.equal(world.ledger.totals().delivered, 3);
  });
});
