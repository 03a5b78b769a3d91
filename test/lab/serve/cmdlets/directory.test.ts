// Cmdlets and the directory's replication (12.14): what -DomainController reads and writes, and what a call without it does.
import assert from "node:assert/strict";
import { cmdlets } from "../../../../lab/serve/cmdlets/list.ts";
import type { PsValue } from "../../../../provider/remoting/clixml/values.ts";
import { databaseOf, minute, pass, second, serverOf } from "../../world/worlds.ts";
import { objects, pick, scene } from "./asking.ts";

const slow = { replication: { withinSiteMs: 15 * second, betweenSitesMs: 10 * minute } };

/** A scene with a slow directory, and the value of a property of the one object that a cmdlet writes, by controller or by asked server. */
function slowScene() {
  const made = scene(slow);
  const read = async (cmdlet: string, property: string, parameters: Readonly<Record<string, PsValue>>, server?: string) => {
    const [object] = await objects(made.exchange(cmdlet, parameters, server));
    return pick(object, property)[property];
  };
  return { ...made, read };
}

describe("a setting of the DAG", () => {
  it("that is written at one domain controller is read back from that one, and from the others when it has come there", async () => {
    const { world, exchange, read } = slowScene();
    const moves = (parameters: Readonly<Record<string, PsValue>>, server?: string) =>
      read("Get-DatabaseAvailabilityGroup", "PreferenceMoveFrequency", { Identity: "DAG1", ...parameters }, server);
    const written = { Identity: "DAG1", PreferenceMoveFrequency: "02:00:00", DomainController: "dc02.contoso.local" };
    await objects(exchange("Set-DatabaseAvailabilityGroup", written));
    const everywhere = () => Promise.all(["dc01", "DC02", "dc03.contoso.local"].map((name) => moves({ DomainController: name })));
    assert.deepEqual(await everywhere(), ["01:00:00", "02:00:00", "01:00:00"]);
    assert.deepEqual([await moves({}, "ex01"), await moves({}, "ex02"), await moves({}, "ex03")], ["01:00:00", "02:00:00", "01:00:00"]);
    pass(world, 15 * second);
    assert.deepEqual(await everywhere(), ["02:00:00", "02:00:00", "01:00:00"]);
    pass(world, 10 * minute);
    assert.deepEqual(await everywhere(), ["02:00:00", "02:00:00", "02:00:00"]);
  });

  it("is written at the asked server's own domain controller when none is named, and compared there to tell that nothing changes", async () => {
    const { exchange, read } = slowScene();
    const every2h = { Identity: "DAG1", PreferenceMoveFrequency: "02:00:00" };
    await objects(exchange("Set-DatabaseAvailabilityGroup", every2h, "ex03"));
    assert.equal(await read("Get-DatabaseAvailabilityGroup", "PreferenceMoveFrequency", { DomainController: "dc03" }), "02:00:00");
    assert.match(
      (await exchange("Set-DatabaseAvailabilityGroup", every2h, "ex03")).warnings.join(),
      /no settings of 'DAG1' have been modified/,
    );
    assert.deepEqual((await exchange("Set-DatabaseAvailabilityGroup", every2h, "ex01")).warnings, []);
  });
});

describe("settings of a mailbox server", () => {
  it("are written and read at the same domain controller, and WhatIf writes nothing", async () => {
    const { exchange, read } = slowScene();
    const at = (controller: string, property: string) =>
      read("Get-MailboxServer", property, { Identity: "ex02", DomainController: controller });
    await objects(
      exchange("Set-MailboxServer", {
        Identity: "ex02",
        DatabaseCopyAutoActivationPolicy: "blocked",
        DomainController: "dc03",
        WhatIf: true,
      }),
    );
    assert.equal(await at("dc03", "DatabaseCopyAutoActivationPolicy"), "Unrestricted");
    await objects(
      exchange("Set-MailboxServer", {
        Identity: "ex02",
        DatabaseCopyAutoActivationPolicy: "blocked",
        DatabaseCopyActivationDisabledAndMoveNow: true,
        DomainController: "dc03",
      }),
    );
    const both = async (controller: string) => [
      await at(controller, "DatabaseCopyAutoActivationPolicy"),
      await at(controller, "DatabaseCopyActivationDisabledAndMoveNow"),
    ];
    assert.deepEqual(
      [await both("dc03"), await both("dc01")],
      [
        ["Blocked", true],
        ["Unrestricted", false],
      ],
    );
  });

  it("that are so already are said to be unchanged", async () => {
    const { exchange } = slowScene();
    const { warnings } = await exchange("Set-MailboxServer", { Identity: "ex02", DatabaseCopyActivationDisabledAndMoveNow: false });
    assert.deepEqual(warnings, ["The command completed successfully but no settings of 'EX02' have been modified."]);
  });
});

describe("component states", () => {
  const set = { Identity: "ex01", Component: "HubTransport", Requester: "Maintenance", State: "Draining" };

  it("written in both places are in the registry at once, and in the directory where they were written", async () => {
    const { exchange, read } = slowScene();
    await objects(exchange("Set-ServerComponentState", { ...set, DomainController: "dc03" }));
    const remote = (controller: string) =>
      read("Get-ServerComponentState", "RemoteStates", { Identity: "ex01", Component: "HubTransport", DomainController: controller });
    const entry = "Requestor:Maintenance; State:Draining; Timestamp:12/5/2026 6:00:00 PM";
    assert.deepEqual([await remote("dc03"), await remote("dc01")], [[entry], []]);
    assert.deepEqual(await read("Get-ServerComponentState", "LocalStates", { Identity: "ex01", Component: "HubTransport" }), [entry]);
    assert.equal(await read("Get-ServerComponentState", "State", { Identity: "ex01", Component: "HubTransport" }), "Draining");
  });

  it("written in the directory only count where that has come", async () => {
    const { world, exchange, read } = slowScene();
    const offline = { ...set, Component: "ServerWideOffline", State: "Inactive", RemoteOnly: true, DomainController: "dc03" };
    await objects(exchange("Set-ServerComponentState", offline));
    const isOffline = (controller: string) =>
      read("Get-ServerComponentState", "ServerWideOfflineIsOffline", {
        Identity: "ex01",
        Component: "OwaProxy",
        DomainController: controller,
      });
    assert.deepEqual([await isOffline("dc03"), await isOffline("dc01"), serverOf(world, "ex01").isOffline()], [true, false, false]);
    pass(world, 10 * minute);
    assert.deepEqual([await isOffline("dc01"), serverOf(world, "ex01").isOffline()], [true, true]);
  });

  it("written locally only leave the directory alone; and in the registry of a server that is off nothing is written", async () => {
    const { world, exchange, read } = slowScene();
    await objects(exchange("Set-ServerComponentState", { ...set, LocalOnly: true }));
    assert.deepEqual(await read("Get-ServerComponentState", "RemoteStates", { Identity: "ex01", Component: "HubTransport" }), []);
    world.site.power("ex04", "off");
    assert.equal(
      (await exchange("Set-ServerComponentState", { ...set, Identity: "ex04" })).errors[0]?.message,
      "The network path was not found.",
    );
    await objects(exchange("Set-ServerComponentState", { ...set, Identity: "ex04", RemoteOnly: true }));
  });

  it("of a component that does not exist are refused", async () => {
    const { exchange } = slowScene();
    const { errors } = await exchange("Set-ServerComponentState", { ...set, Component: "UMCallRouter" });
    assert.equal(errors[0]?.category.name, "InvalidArgument");
  });
});

describe("a domain controller", () => {
  it("that is not there, or does not answer, is refused by every cmdlet that takes one, in Exchange's words", async () => {
    const { world, exchange } = slowScene();
    const dc02 = world.site.directory.find("dc02");
    assert.ok(dc02);
    world.site.directory.setAnswering(dc02, false);
    const taking = cmdlets.filter(({ signature }) => "DomainController" in signature.parameters);
    assert.ok(taking.length >= 12 && taking.every(({ name }) => name !== "Get-Queue"));
    for (const { name: cmdlet } of taking) {
      for (const name of ["dc99.contoso.local", "dc02"]) {
        const { errors, output } = await exchange(cmdlet, { DomainController: name, Confirm: false });
        assert.deepEqual(output, [], cmdlet);
        assert.equal(
          errors[0]?.message,
          `An Active Directory error 0x51 occurred when trying to check the suitability of server '${name}'. Error: 'Active directory response: The LDAP server is unavailable.'`,
          cmdlet,
        );
        assert.match(errors[0]?.fullyQualifiedErrorId ?? "", /\[FailureCategory=Cmdlet-SuitabilityDirectoryException\]/);
      }
    }
    assert.equal(databaseOf(world, "DB01").mounted, true);
  });

  it("is named by what it wrote and by what it does not find, and Get-ExchangeServer -Status names those of the server's site", async () => {
    const { exchange, read } = slowScene();
    assert.equal(
      await read("Get-MailboxDatabase", "OriginatingServer", { Identity: "DB01", DomainController: "dc04" }),
      "dc04.contoso.local",
    );
    assert.equal(await read("Get-MailboxDatabase", "OriginatingServer", { Identity: "DB01" }, "ex03"), "dc03.contoso.local");
    const { errors } = await exchange("Get-MailboxDatabase", { Identity: "DB99", DomainController: "dc04" });
    assert.match(errors[0]?.message ?? "", /couldn't be found on 'dc04\.contoso\.local'\.$/);
    const [server] = await objects(exchange("Get-ExchangeServer", { Identity: "ex03", Status: true }));
    assert.deepEqual(pick(server, "CurrentDomainControllers", "CurrentConfigDomainController"), {
      CurrentDomainControllers: ["dc03.contoso.local", "dc04.contoso.local"],
      CurrentConfigDomainController: "dc03.contoso.local",
    });
  });
});
