// Windows services: asked at the server's own PowerShell, and every change of one makes shared readings worthless.
import assert from "node:assert/strict";
import { getService, resumeService, startService, suspendService } from "../../provider/exchange/services.ts";
import { psEnum } from "../../provider/remoting/clixml/build.ts";
import { answering, errorRecord, fakeOrganisation, now, withProperties } from "../support/fake-organisation.ts";

const name = "MSExchangeTransport";
const running = { Name: name, Status: "Running", StartType: "Automatic" };

describe("a service", () => {
  it("is asked at the server's own endpoint, by its name", async () => {
    const { organisation, calls } = answering(running);
    assert.deepEqual(await getService(organisation, "ex01", name, now), { name, status: "Running", startType: "Automatic" });
    assert.deepEqual(calls, [{ server: "ex01", endpoint: "windows", cmdlet: "Get-Service", parameters: { Name: name } }]);
  });

  for (const status of ["Stopped", "StartPending", "StopPending", "Running", "ContinuePending", "PausePending", "Paused"]) {
    it(`may be ${status}`, async () => {
      const { organisation } = answering({ ...running, Status: psEnum("System.ServiceProcess.ServiceControllerStatus", status, 1) });
      assert.equal((await getService(organisation, "ex01", name, now)).status, status);
    });
  }

  it("is found whatever the case of its name, and among others", async () => {
    const { organisation } = answering({ ...running, Name: "MSExchangeTransportLogSearch", Status: "Stopped" }, running);
    assert.equal((await getService(organisation, "ex01", "msexchangetransport", now)).status, "Running");
  });

  it("with a status that no service has is no answer", async () => {
    await assert.rejects(getService(answering({ ...running, Status: "Sleeping" }).organisation, "ex01", name, now), {
      reason: "invalidAnswer",
      message: `Get-Service on ex01: ${name} has the unknown status "Sleeping"`,
    });
  });

  it("with no status at all is no answer", async () => {
    await assert.rejects(getService(answering({ Name: name }).organisation, "ex01", name, now), {
      reason: "invalidAnswer",
      message: "Get-Service: an object without Status came back (it has Name)",
    });
  });

  it("that the server does not have is not found, in Windows' words or in silence", async () => {
    const record = errorRecord({ message: "Cannot find any service with service name 'Nope'.", category: "ObjectNotFound" });
    const { organisation } = fakeOrganisation(() => ({ errors: [record] }));
    await assert.rejects(getService(organisation, "ex01", "Nope", now), {
      reason: "notFound",
      message: "Get-Service on ex01 (-Name Nope): Cannot find any service with service name 'Nope'.",
    });
    await assert.rejects(getService(answering().organisation, "ex01", "Nope", now), {
      reason: "notFound",
      message: "Get-Service on ex01: there is no service Nope",
    });
  });

  it("is one reading for each server and name", async () => {
    const { organisation, calls } = fakeOrganisation(({ parameters }) => ({
      objects: [withProperties({ ...running, Name: String(parameters["Name"]) })],
    }));
    const look = { maxAgeMs: 60_000 };
    for (const [server, service] of [
      ["ex01", name],
      ["ex01", "W3SVC"],
      ["ex02", name],
      ["ex01", name],
    ] as const) {
      assert.equal((await getService(organisation, server, service, look)).name, service);
    }
    assert.equal(calls.length, 3);
  });
});

describe("changing a service", () => {
  for (const [cmdlet, change] of [
    ["Suspend-Service", suspendService],
    ["Resume-Service", resumeService],
    ["Start-Service", startService],
  ] as const) {
    it(`is ${cmdlet} with its name, and what was read before is read again`, async () => {
      const { organisation, calls } = answering(running);
      const look = { maxAgeMs: 60_000 };
      await getService(organisation, "ex01", name, look);
      await change(organisation, "ex01", name);
      await getService(organisation, "ex01", name, look);
      assert.deepEqual(
        calls.map((call) => call.cmdlet),
        ["Get-Service", cmdlet, "Get-Service"],
      );
      assert.deepEqual(calls[1], { server: "ex01", endpoint: "windows", cmdlet, parameters: { Name: name } });
    });

    it(`with ${cmdlet}, what was read meanwhile is read again too`, async () => {
      const look = { maxAgeMs: 60_000 };
      const fake = fakeOrganisation(async (call) => {
        if (call.cmdlet === cmdlet) await getService(fake.organisation, "ex01", name, look);
        return { objects: [withProperties(running)] };
      });
      await change(fake.organisation, "ex01", name);
      await getService(fake.organisation, "ex01", name, look);
      assert.equal(fake.calls.filter((call) => call.cmdlet === "Get-Service").length, 2);
    });
  }
});
