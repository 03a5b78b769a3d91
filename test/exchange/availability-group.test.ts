// The DAG: its members by their short names, and an infinite time span as `never`, both ways.
import assert from "node:assert/strict";
import {
  getAvailabilityGroup,
  getAvailabilityGroups,
  never,
  setPreferenceMoveFrequency,
} from "../../provider/exchange/availability-group.ts";
import { PsTagged } from "../../provider/remoting/clixml/values.ts";
import { RemotingError } from "../../provider/remoting/transport.ts";
import { answering, controller, errorRecord, fakeOrganisation, list, now, withProperties } from "../support/fake-organisation.ts";

const dag1 = { Name: "DAG1", Servers: list("EX02", "ex01.contoso.local"), PreferenceMoveFrequency: "01:00:00" };

describe("a DAG", () => {
  it("is asked with its state, and has its members sorted by short name", async () => {
    const { organisation, calls } = answering(dag1);
    assert.deepEqual(await getAvailabilityGroup(organisation, "ex02", "DAG1", now), {
      name: "DAG1",
      servers: ["ex01", "ex02"],
      preferenceMoveFrequency: "01:00:00",
    });
    assert.deepEqual(calls, [
      {
        server: "ex02",
        endpoint: "exchange",
        cmdlet: "Get-DatabaseAvailabilityGroup",
        parameters: { Identity: "DAG1", Status: true, DomainController: controller },
      },
    ]);
  });

  for (const [written, means] of [
    ["-00:00:00.0010000", never],
    [new PsTagged("TS", "-PT0.001S"), never],
    [new PsTagged("TS", "PT1H"), "01:00:00"],
    [new PsTagged("TS", "P1DT2H3M4.5S"), "1.02:03:04.5000000"],
    ["00:00:00.0010000", "00:00:00.0010000"],
    ["1.00:00:00", "1.00:00:00"],
  ] as const) {
    it(`moves databases home ${means} where Exchange writes ${typeof written === "string" ? written : `<${written.tag}> ${written.text}`}`, async () => {
      const { organisation } = answering({ ...dag1, PreferenceMoveFrequency: written });
      assert.equal((await getAvailabilityGroup(organisation, "ex01", "DAG1", now)).preferenceMoveFrequency, means);
    });
  }

  it("is found by its whole name, in any case, among others", async () => {
    const { organisation } = answering({ ...dag1, Name: "DAG10", Servers: "ex09" }, dag1);
    assert.equal((await getAvailabilityGroup(organisation, "ex01", "dag1", now)).name, "DAG1");
  });

  it("that is not there is not found, and those that are there are named", async () => {
    const message = "Get-DatabaseAvailabilityGroup on ex01: no DAG is called DAG1; there are DAG10";
    const returnsAll = answering({ ...dag1, Name: "DAG10" }).organisation;
    const absent = errorRecord({ failureCategory: "Cmdlet-ManagementObjectNotFoundException" });
    const refuses = fakeOrganisation(({ parameters }) =>
      parameters["Identity"] === undefined ? { objects: [withProperties({ Name: "DAG10" })] } : { errors: [absent] },
    ).organisation;
    for (const organisation of [returnsAll, refuses])
      await assert.rejects(getAvailabilityGroup(organisation, "ex01", "DAG1", now), { reason: "notFound", message });
  });

  it("that does not tell when it moves databases is no answer", async () => {
    await assert.rejects(getAvailabilityGroup(answering({ Name: "DAG1", Servers: null }).organisation, "ex01", "DAG1", now), {
      reason: "invalidAnswer",
      message: "Get-DatabaseAvailabilityGroup: an object without PreferenceMoveFrequency came back (it has Name, Servers)",
    });
  });
});

describe("the names of all DAGs", () => {
  it("are asked of one server without parameters, and read for each server anew", async () => {
    const { organisation, calls } = answering(dag1, { Name: "DAG2" });
    const look = { maxAgeMs: 60_000 };
    assert.deepEqual(await getAvailabilityGroups(organisation, "ex01", look), ["DAG1", "DAG2"]);
    await getAvailabilityGroups(organisation, "ex01", look);
    await getAvailabilityGroups(organisation, "ex02", look);
    assert.deepEqual(
      calls,
      ["ex01", "ex02"].map((server) => ({
        server,
        endpoint: "exchange",
        cmdlet: "Get-DatabaseAvailabilityGroup",
        parameters: { DomainController: controller },
      })),
    );
  });

  it("are a proof that this very server answers: no other is asked", async () => {
    const off = new RemotingError({ endpoint: "ex01", cmdlet: "", parameters: {} }, "unreachable", "it is off", { mayHaveRun: false });
    const { organisation, calls } = fakeOrganisation(() => Promise.reject(off), {
      servers: ["ex01", "ex02"],
      domainController: controller,
    });
    await assert.rejects(getAvailabilityGroups(organisation, "ex01", now), off);
    assert.equal(calls.length, 1);
  });

  it("may be none", async () => assert.deepEqual(await getAvailabilityGroups(answering().organisation, "ex01", now), []));
});

describe("how often a DAG moves databases home", () => {
  for (const [frequency, written] of [
    [never, "-00:00:00.0010000"],
    ["01:00:00", "01:00:00"],
  ] as const) {
    it(`is set to ${frequency} as ${written}, and what was read before is read again`, async () => {
      const { organisation, calls } = answering(dag1);
      const look = { maxAgeMs: 60_000 };
      await getAvailabilityGroup(organisation, "ex01", "DAG1", look);
      await setPreferenceMoveFrequency(organisation, "ex02", "DAG1", frequency);
      await getAvailabilityGroup(organisation, "ex01", "DAG1", look);
      assert.equal(calls.length, 3);
      assert.deepEqual(calls[1], {
        server: "ex02",
        endpoint: "exchange",
        cmdlet: "Set-DatabaseAvailabilityGroup",
        parameters: { Identity: "DAG1", PreferenceMoveFrequency: written, DomainController: controller },
      });
    });
  }
});
