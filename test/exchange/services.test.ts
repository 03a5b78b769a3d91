// Windows services: asked at the server's own PowerShell, and every change of one makes shared readings worthless.
import assert from "node:assert/strict";
import { getService, getServices, resumeService, startService, suspendService } from "../../provider/exchange/services.ts";
import { psEnum } from "../../provider/remoting/clixml/build.ts";
import { answering, errorRecord, fakeOrganisation, now, withProperties } from "../support/fake-organisation.ts";

const name = "MSExchangeTransport" as const;
const running = { Name: name, Status: "Running", StartType: "Automatic" };

/** Windows' words for a service that a server has not. */
const missing = (service: string) =>
  errorRecord({
    message: `Cannot find any service with service name '${service}'.`,
    fullyQualifiedErrorId: "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand",
    category: "ObjectNotFound",
    terminating: false,
  });

describe("a service", () => {
  it("is asked at the server's own endpoint, together with all others that anybody wants to know of", async () => {
    const { organisation, calls } = answering(running);
    assert.deepEqual(await getService(organisation, "ex01", name, now), { name, status: "Running", startType: "Automatic" });
    const names = ["MSExchangeADTopology", "MSExchangeRepl", "MSExchangeIS", "MSExchangeTransport"];
    assert.deepEqual(calls, [{ server: "ex01", endpoint: "windows", cmdlet: "Get-Service", parameters: { Name: names } }]);
  });

  for (const status of ["Stopped", "StartPending", "StopPending", "Running", "ContinuePending", "PausePending", "Paused"]) {
    it(`may be ${status}`, async () => {
      const { organisation } = answering({ ...running, Status: psEnum("System.ServiceProcess.ServiceControllerStatus", status, 1) });
      assert.equal((await getService(organisation, "ex01", name, now)).status, status);
    });
  }

  it("is found whatever the case of its name, and among others", async () => {
    const { organisation } = answering(
      { ...running, Name: "MSExchangeIS", Status: "Stopped" },
      { ...running, Name: "msexchangetransport" },
    );
    assert.equal((await getService(organisation, "ex01", name, now)).status, "Running");
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

  it("that the server has not is not found, and the others are", async () => {
    const { organisation } = fakeOrganisation(() => ({ objects: [withProperties(running)], errors: [missing("MSExchangeIS")] }));
    await assert.rejects(getService(organisation, "ex01", "MSExchangeIS", now), {
      reason: "notFound",
      message: "Get-Service on ex01: there is no service MSExchangeIS",
    });
    assert.equal((await getService(organisation, "ex01", name, now)).status, "Running");
  });

  it("is not known where the server says anything else", async () => {
    const record = errorRecord({ message: "Cannot open the Service Control Manager. Access is denied.", category: "PermissionDenied" });
    const { organisation } = fakeOrganisation(() => ({ objects: [withProperties(running)], errors: [missing("MSExchangeIS"), record] }));
    await assert.rejects(getService(organisation, "ex01", name, now), /Access is denied/);
  });

  it("is one reading for each server, whichever of its services is wanted", async () => {
    const others = ["MSExchangeADTopology", "MSExchangeRepl", "MSExchangeIS"] as const;
    const { organisation, calls } = answering(running, ...others.map((Name) => ({ ...running, Name })));
    const look = { maxAgeMs: 60_000 };
    await Promise.all([name, ...others].map((service) => getService(organisation, "ex01", service, look)));
    await getService(organisation, "ex02", name, look);
    assert.deepEqual(
      calls.map(({ server }) => server),
      ["ex01", "ex02"],
    );
  });
});

describe("several services", () => {
  const look = { maxAgeMs: 0 };

  it("are one question, in the order in which they are wanted", async () => {
    const { organisation, calls } = answering({ ...running, Name: "MSExchangeIS" }, running);
    const services = await getServices(organisation, "ex01", [name, "MSExchangeIS"], look);
    assert.deepEqual([services.map((service) => service.name), calls.length], [[name, "MSExchangeIS"], 1]);
  });

  it("of which one is not there are not found, by its name", async () => {
    await assert.rejects(getServices(answering(running).organisation, "ex01", [name, "MSExchangeRepl"], look), {
      reason: "notFound",
      message: "Get-Service on ex01: there is no service MSExchangeRepl",
    });
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
