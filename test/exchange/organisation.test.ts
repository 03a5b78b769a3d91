// Each cmdlet at the right server, with what it is declared with and its domain controller.
import assert from "node:assert/strict";
import { GetDatabaseAvailabilityGroup, SetDatabaseAvailabilityGroup } from "../../provider/exchange/availability-group.ts";
import type { Cmdlet, ParametersOf, ParameterTypes } from "../../provider/exchange/cmdlet.ts";
import { GetMailboxDatabase, MountDatabase } from "../../provider/exchange/databases.ts";
import type { RunOptions } from "../../provider/exchange/organisation.ts";
import { GetQueue } from "../../provider/exchange/queues.ts";
import { GetService, StartService } from "../../provider/exchange/services.ts";
import { RemotingError } from "../../provider/remoting/transport.ts";
import { answering, controller, errorRecord, fakeOrganisation, withProperties } from "../support/fake-organisation.ts";

describe("an organisation runs a cmdlet", () => {
  it("with its parameters as they are, at the server named, and returns what it wrote", async () => {
    const { organisation, calls, limits } = answering({ Identity: "EX01\\Submission" });
    const { signal } = new AbortController();
    const objects = await organisation.run("ex01", GetQueue, { Server: "ex01", ResultSize: "Unlimited" }, { signal });
    assert.deepEqual(calls, [
      { server: "ex01", endpoint: "exchange", cmdlet: "Get-Queue", parameters: { Server: "ex01", ResultSize: "Unlimited" } },
    ]);
    assert.deepEqual(objects, [withProperties({ Identity: "EX01\\Submission" })]);
    assert.deepEqual(limits, [{ timeoutMs: 60_000, signal }]);
  });

  it("through the domain controller, where it takes one", async () => {
    const { organisation, calls } = answering();
    await organisation.run("ex01", GetMailboxDatabase, { Status: true });
    await organisation.run("ex01", SetDatabaseAvailabilityGroup, { Identity: "DAG1", PreferenceMoveFrequency: "01:00:00" });
    assert.deepEqual(
      calls.map(({ parameters }) => parameters["DomainController"]),
      [controller, controller],
    );
  });

  it("over one transport for each server and endpoint, whatever the case of its name", async () => {
    const { organisation, opened } = fakeOrganisation();
    for (const server of ["ex01", "EX01", "ex02"]) {
      await organisation.run(server, GetQueue, { Server: server });
      await organisation.run(server, GetService, { Name: "W3SVC" });
    }
    assert.deepEqual(opened, ["exchange ex01", "windows ex01", "exchange ex02", "windows ex02"]);
  });

  it("and throws the first error in the answer, even beside output", async () => {
    const errors = [errorRecord({ message: "The first." }), errorRecord({ message: "The second." })];
    const { organisation } = fakeOrganisation(() => ({ objects: [withProperties({ Name: "DB01" })], errors }));
    await assert.rejects(organisation.run("ex01", GetQueue, {}), { name: "CmdletError", message: "Get-Queue on ex01: The first." });
  });

  it("and takes an error for an answer where it was told to, and only that one", async () => {
    const errors = [errorRecord({ message: "The first." }), errorRecord({ message: "The second." })];
    const { organisation } = fakeOrganisation(() => ({ objects: [withProperties({ Name: "W3SVC" })], errors }));
    const isFirst = ({ message }: { message: string }) => message === "The first.";
    await assert.rejects(organisation.run("ex01", GetService, { Name: "W3SVC" }, { isAnswer: isFirst }), /The second\./);
    const objects = await organisation.run("ex01", GetService, { Name: "W3SVC" }, { isAnswer: () => true });
    assert.equal(objects.length, 1);
  });

  it("and does not try again where no answer came", async () => {
    const gone = new Error("gone");
    const { organisation, calls } = fakeOrganisation(() => Promise.reject(gone));
    await assert.rejects(organisation.run("ex01", GetQueue, {}), gone);
    assert.equal(calls.length, 1);
  });

  it("and sends nothing where a parameter has the wrong type", async () => {
    const { organisation, calls } = fakeOrganisation();
    // @ts-expect-error: the types refuse it too
    await assert.rejects(organisation.run("ex01", GetQueue, { Server: 1 }), {
      name: "CmdletError",
      reason: "rejected",
      message: "Get-Queue on ex01: -Server: expected a name, found 1; nothing was sent",
    });
    assert.deepEqual(calls, []);
  });
});

describe("a server that lets nobody in", () => {
  const off = new RemotingError({ endpoint: "ex01", cmdlet: "", parameters: {} }, "unreachable", "it is off", { mayHaveRun: false });
  const site = () => {
    const fake = fakeOrganisation(({ server }) => (server === "ex01" ? Promise.reject(off) : {}), {
      servers: ["ex01", "ex02"],
      domainController: controller,
    });
    return { ...fake, asked: () => fake.calls.map(({ server }) => server) };
  };

  it("is passed over for what any server can answer", async () => {
    const { organisation, asked } = site();
    await organisation.run("ex01", MountDatabase, { Identity: "DB01", Confirm: false });
    assert.deepEqual(asked(), ["ex01", "ex02"]);
  });

  it("is not named for what another one answered", async () => {
    const refused = errorRecord({ message: "No quorum." });
    const { organisation } = fakeOrganisation(({ server }) => (server === "ex01" ? Promise.reject(off) : { errors: [refused] }), {
      servers: ["ex01", "ex02"],
      domainController: controller,
    });
    await assert.rejects(organisation.run("ex01", MountDatabase, { Identity: "DB01", Confirm: false }), {
      message: "Mount-Database on ex02 (-Identity DB01): No quorum.",
    });
  });

  const asked: readonly (readonly [string, Cmdlet, ParametersOf<ParameterTypes>, RunOptions])[] = [
    ["only it can answer", GetQueue, { Server: "ex01" }, {}],
    ["belongs to its Windows", StartService, { Name: "W3SVC" }, {}],
    ["any could answer, where it is asked to see whether it does", GetDatabaseAvailabilityGroup, {}, { scope: "thisServer" }],
  ];
  for (const [what, cmdlet, parameters, options] of asked) {
    it(`is not passed over for what ${what}`, async () => {
      const { organisation, asked } = site();
      await assert.rejects(organisation.run("ex01", cmdlet, parameters, options), off);
      assert.deepEqual(asked(), ["ex01"]);
    });
  }

  it("in Windows may well answer at Exchange's endpoint", async () => {
    const { organisation, calls } = fakeOrganisation(({ endpoint }) => (endpoint === "windows" ? Promise.reject(off) : {}), {
      servers: ["ex01", "ex02"],
      domainController: controller,
    });
    await assert.rejects(organisation.run("ex01", GetService, { Name: "W3SVC" }), off);
    await organisation.run("ex01", GetMailboxDatabase, {});
    assert.equal(calls.at(-1)?.server, "ex01");
  });
});

describe("closing an organisation", () => {
  it("closes every transport once, and opens a new one for who asks afterwards", async () => {
    const { organisation, opened, closed } = fakeOrganisation();
    await organisation.run("ex01", GetQueue, {});
    await organisation.run("ex01", GetService, { Name: "W3SVC" });
    await organisation.close();
    await organisation.close();
    assert.deepEqual(closed, ["exchange ex01", "windows ex01"]);
    await organisation.run("ex01", GetQueue, {});
    assert.equal(opened.length, 3);
  });
});
