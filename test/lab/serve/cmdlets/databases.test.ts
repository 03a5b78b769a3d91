import assert from "node:assert/strict";
import { PsTagged } from "../../../../provider/remoting/clixml/values.ts";
import { databaseOf, minute, pass, serverOf } from "../../world/worlds.ts";
import { objects, pick, scene } from "./asking.ts";

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

  it("copies that are lagged say so, and the directory of one whose server is off; a queue without a newest log is of 64 bits", async () => {
    const { world, exchange } = scene({ switches: { laggedCopies: { "DB01\\ex03": 7 * 86_400_000 } } });
    const copyStatus = async () => (await objects(exchange("Get-MailboxDatabaseCopyStatus", { Identity: "DB01\\EX03" })))[0];
    assert.deepEqual(pick(await copyStatus(), "Status", "CopyQueueLength", "ReplayQueueLength", "ReplayLagStatus"), {
      Status: "Healthy",
      CopyQueueLength: 0n,
      ReplayQueueLength: 10_081n,
      ReplayLagStatus:
        "Enabled:True; PlayDownReason:None; ReplaySuspendReason:None; Percentage:100; Configured:7.00:00:00; MaxDelay:1.00:00:00; Actual:7.00:00:00",
    });
    const copy = world.site.database("DB01")?.copyOn("ex03");
    assert.ok(copy !== undefined);
    copy.losesSightOfNewestLog = true;
    assert.deepEqual(pick(await copyStatus(), "Status", "CopyQueueLength"), {
      Status: "Healthy",
      CopyQueueLength: 2n ** 63n - 1n - BigInt(copy.inspected),
    });
    world.site.power("ex03", "off");
    assert.deepEqual(pick(await copyStatus(), "Status", "ReplayLagStatus"), { Status: "ServiceDown", ReplayLagStatus: null });
    const [database] = await objects(exchange("Get-MailboxDatabase", { Identity: "DB01" }));
    assert.deepEqual(pick(database, "ReplayLagTimes"), { ReplayLagTimes: ["[EX01, 00:00:00]", "[EX03, 7.00:00:00]"] });
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
