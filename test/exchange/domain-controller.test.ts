// Through which domain controller an operation reads and writes, and what becomes of it when that one is gone.
import assert from "node:assert/strict";
import { GetMailboxDatabase, MountDatabase } from "../../provider/exchange/databases.ts";
import { controllersIn, saysLost } from "../../provider/exchange/domain-controller.ts";
import { GetQueue } from "../../provider/exchange/queues.ts";
import { GetService } from "../../provider/exchange/services.ts";
import { type CmdletAnswer, RemotingError } from "../../provider/remoting/transport.ts";
import { errorRecord, fakeOrganisation, list, type NotedCall, withProperties } from "../support/fake-organisation.ts";

/** The words that reports of other cmdlets and of Setup give. */
function unavailable(controller: string) {
  return errorRecord({
    message: `An Active Directory error 0x51 occurred when trying to check the suitability of server '${controller}'. Error: 'Active directory response: The LDAP server is unavailable.'`,
    failureCategory: "Cmdlet-SuitabilityDirectoryException",
  });
}

interface Directory {
  /** What servers say that they use, best first. */
  readonly controllers: readonly string[];
  readonly given?: string;
  readonly servers?: readonly string[];
}

/** Servers of which each uses the same controllers; those in `gone` do not answer Exchange, servers in `off` answer nobody. */
function site({ controllers, given, servers = ["ex01", "ex02"] }: Directory) {
  const gone = new Set<string>();
  const off = new Set<string>();
  const warnings: string[] = [];
  const answer = (call: NotedCall): Partial<CmdletAnswer> => {
    if (off.has(call.server))
      throw new RemotingError({ ...call, endpoint: call.server }, "unreachable", "it is off", { mayHaveRun: false });
    const asked = call.parameters["DomainController"];
    if (typeof asked === "string" && gone.has(asked)) return { errors: [unavailable(asked)] };
    if (call.cmdlet !== "Get-ExchangeServer") return {};
    const [config = ""] = controllers;
    const Name = String(call.parameters["Identity"]).toUpperCase();
    return { objects: [withProperties({ Name, CurrentConfigDomainController: config, CurrentDomainControllers: list(...controllers) })] };
  };
  const fake = fakeOrganisation(answer, {
    servers,
    warn: (text) => warnings.push(text),
    ...(given === undefined ? {} : { domainController: given }),
  });
  const used = () => fake.calls.map(({ cmdlet, server, parameters }) => `${cmdlet} ${server} ${String(parameters["DomainController"])}`);
  const read = (server = "ex01") => fake.organisation.run(server, GetMailboxDatabase, { Status: true });
  const write = () => fake.organisation.run("ex01", MountDatabase, { Identity: "DB01", Confirm: false });
  return { ...fake, gone, off, warnings, used, read, write };
}

const dc01 = "dc01.contoso.local";
const dc02 = "dc02.contoso.local";
const dc03 = "dc03.contoso.local";

describe("the domain controller of an operation", () => {
  it("is the one that the first server uses, asked once, for readings and writes at every server", async () => {
    const { read, write, used, warnings } = site({ controllers: [dc01, dc02] });
    await Promise.all([read("ex02"), read("ex01")]);
    await write();
    assert.deepEqual(used(), [
      "Get-ExchangeServer ex01 undefined",
      `Get-MailboxDatabase ex02 ${dc01}`,
      `Get-MailboxDatabase ex01 ${dc01}`,
      `Mount-Database ex01 ${dc01}`,
    ]);
    assert.deepEqual(warnings, []);
  });

  it("is asked of a server about itself, with its state", async () => {
    const { read, calls } = site({ controllers: [dc01] });
    await read();
    assert.deepEqual(calls[0]?.parameters, { Identity: "ex01", Status: true });
  });

  it("is the one that the program names, and nobody is asked", async () => {
    const { read, used } = site({ controllers: [dc01], given: dc03 });
    await read();
    assert.deepEqual(used(), [`Get-MailboxDatabase ex01 ${dc03}`]);
  });

  it("is asked of the next server where the first is off", async () => {
    const { read, used, off } = site({ controllers: [dc01] });
    off.add("ex01");
    await read("ex02");
    assert.deepEqual(used(), [
      "Get-ExchangeServer ex01 undefined",
      "Get-ExchangeServer ex02 undefined",
      `Get-MailboxDatabase ex02 ${dc01}`,
    ]);
  });

  it("is not asked for by what takes none", async () => {
    const { organisation, used } = site({ controllers: [dc01] });
    await organisation.run("ex01", GetQueue, { Server: "ex01" });
    await organisation.run("ex01", GetService, { Name: "W3SVC" });
    assert.deepEqual(used(), ["Get-Queue ex01 undefined", "Get-Service ex01 undefined"]);
  });

  it("is each server's own where Exchange names none, and a person is told", async () => {
    const { read, used, warnings } = site({ controllers: [] });
    await read();
    await read();
    assert.deepEqual(used(), [
      "Get-ExchangeServer ex01 undefined",
      "Get-MailboxDatabase ex01 undefined",
      "Get-MailboxDatabase ex01 undefined",
    ]);
    assert.match(
      warnings.join(),
      /^Exchange names no domain controller; each server reads and writes through its own.*exchange:domainController\.$/,
    );
  });

  it("is each server's own where the account may not ask, and a person is told", async () => {
    const warnings: string[] = [];
    const hidden = errorRecord({ message: "not recognized", fullyQualifiedErrorId: "CommandNotFoundException" });
    const { organisation, calls } = fakeOrganisation(({ cmdlet }) => (cmdlet === "Get-ExchangeServer" ? { errors: [hidden] } : {}), {
      servers: ["ex01"],
      warn: (text) => warnings.push(text),
    });
    await organisation.run("ex01", MountDatabase, { Identity: "DB01", Confirm: false });
    assert.deepEqual(calls[1]?.parameters, { Identity: "DB01", Confirm: false });
    assert.match(warnings.join(), /^Exchange does not say which domain controller it uses \(Get-ExchangeServer on ex01 .*\); each server/);
  });

  describe("while no server answers", () => {
    it("is missed by a reading only when it answers itself: its own error is told", async () => {
      const { read, off, clock, calls } = site({ controllers: [dc01], servers: ["ex01"] });
      off.add("ex01");
      await assert.rejects(read(), { reason: "unreachable", message: "Get-MailboxDatabase on ex01: it is off" });
      await assert.rejects(read());
      assert.equal(calls.map(({ cmdlet }) => cmdlet).join(" "), "Get-ExchangeServer Get-MailboxDatabase Get-MailboxDatabase");
      off.clear();
      clock.nowMs += 60_000;
      await read();
      assert.equal(calls.at(-1)?.parameters["DomainController"], dc01);
    });

    it("is waited for by a write: it is not sent without", async () => {
      const { write, off, calls } = site({ controllers: [dc01], servers: ["ex01"] });
      off.add("ex01");
      await assert.rejects(write(), { reason: "unreachable" });
      assert.equal(calls.map(({ cmdlet }) => cmdlet).join(" "), "Get-ExchangeServer");
      off.clear();
      await write();
      assert.equal(calls.at(-1)?.parameters["DomainController"], dc01);
    });
  });

  describe("that does not answer Exchange any more", () => {
    it("is replaced for a reading by another, which is kept, and a person is told", async () => {
      const { read, used, gone, warnings } = site({ controllers: [dc01, dc02] });
      await read();
      gone.add(dc01);
      await read();
      await read();
      assert.deepEqual(used().slice(2), [
        `Get-MailboxDatabase ex01 ${dc01}`,
        "Get-ExchangeServer ex01 undefined",
        `Get-MailboxDatabase ex01 ${dc02}`,
        `Get-MailboxDatabase ex01 ${dc02}`,
      ]);
      assert.deepEqual(warnings, [
        `The domain controller ${dc01} no longer answers Exchange; from now on everything is read and written through ${dc02}. A setting that was just written may look unchanged there until the directory has replicated; it is then written again, which changes nothing.`,
      ]);
    });

    it("ends a write, which is not sent again: whoever wants it looks first", async () => {
      const { write, used, gone } = site({ controllers: [dc01, dc02] });
      await write();
      gone.add(dc01);
      await assert.rejects(write(), {
        reason: "sessionLost",
        message: /^Mount-Database on ex01: .*LDAP server is unavailable.*; it may have run$/,
      });
      assert.equal(used().length, 3);
      await write();
      assert.equal(used().at(-1), `Mount-Database ex01 ${dc02}`);
    });

    it("takes the shared readings with it", async () => {
      const { organisation, read, gone } = site({ controllers: [dc01, dc02] });
      await organisation.shared("key", 0, async () => "before");
      gone.add(dc01);
      await read();
      assert.equal(await organisation.shared("key", 60_000, async () => "now"), "now");
    });

    it("is replaced by none where there is no other, and a person is told", async () => {
      const { read, used, gone, warnings } = site({ controllers: [dc01], given: dc01 });
      gone.add(dc01);
      await read();
      assert.equal(used().at(-1), "Get-MailboxDatabase ex01 undefined");
      assert.match(warnings.join(), /from now on each server reads and writes through its own\./);
    });

    it("is asked for once, however many meet it at the same time", async () => {
      const { read, used, gone, warnings } = site({ controllers: [dc01, dc02] });
      await read();
      gone.add(dc01);
      await Promise.all([read(), read("ex02")]);
      assert.equal(used().filter((call) => call.startsWith("Get-ExchangeServer")).length, 2);
      assert.equal(warnings.length, 1);
    });
  });
});

describe("an error about the last domain controller, heard when there is another", () => {
  it("does not take that one away", async () => {
    const late = Promise.withResolvers<void>();
    const uses = { Name: "EX01", CurrentConfigDomainController: dc02, CurrentDomainControllers: list(dc02, dc03) };
    const { organisation, calls } = fakeOrganisation(
      async ({ cmdlet, server, parameters }) => {
        if (cmdlet === "Get-ExchangeServer") return { objects: [withProperties(uses)] };
        if (server === "ex02") await late.promise;
        return parameters["DomainController"] === dc01 ? { errors: [unavailable(dc01)] } : {};
      },
      { servers: ["ex01", "ex02"], domainController: dc01 },
    );
    const slow = organisation.run("ex02", GetMailboxDatabase, {});
    await organisation.run("ex01", GetMailboxDatabase, {});
    late.resolve();
    await slow;
    assert.equal(calls.at(-1)?.parameters["DomainController"], dc02);
    assert.equal(calls.filter(({ cmdlet }) => cmdlet === "Get-ExchangeServer").length, 1);
  });
});

describe("an error", () => {
  it("with the words for a domain controller that does not answer says so of that one", () => {
    assert.deepEqual([saysLost(unavailable("DC01.contoso.local"), dc01), saysLost(unavailable(dc02), dc01)], [true, false]);
  });

  it("about an object that a domain controller does not have says that it answered", () => {
    const message = `The operation couldn't be performed because object 'DB99' couldn't be found on '${dc01}'.`;
    assert.equal(saysLost(errorRecord({ message, failureCategory: "Cmdlet-ManagementObjectNotFoundException" }), dc01), false);
  });
});

describe("a server's domain controllers", () => {
  it("are the one for the configuration and then the others, each once", () => {
    const server = withProperties({ CurrentConfigDomainController: dc02, CurrentDomainControllers: list(dc01, dc02) });
    assert.deepEqual(controllersIn(server), [dc02, dc01]);
  });

  it("are none where it was not asked for its state", () => {
    assert.deepEqual(controllersIn(withProperties({ CurrentConfigDomainController: "", CurrentDomainControllers: list() })), []);
  });
});
