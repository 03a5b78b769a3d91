import assert from "node:assert/strict";
import { EndpointSilent } from "../../../../lab/serve/cmdlets/exchange-host.ts";
import { cmdlets } from "../../../../lab/serve/cmdlets/list.ts";
import { fill, pass, recipientIn, second } from "../../world/worlds.ts";
import { objects, pick, scene } from "./asking.ts";

describe("endpoints", () => {
  it("offer every cmdlet that has a signature, and none at the wrong configuration", async () => {
    const { exchange, windows } = scene();
    assert.ok(cmdlets.length >= 20);
    for (const { name: cmdlet, signature } of cmdlets) {
      const [right, wrong] = signature.module === "Exchange" ? [exchange, windows] : [windows, exchange];
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
    assert.equal(error?.message, "The operation couldn't be performed because object 'DB99' couldn't be found on 'dc01.contoso.local'.");
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
