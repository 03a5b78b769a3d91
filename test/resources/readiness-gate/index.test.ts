// What a gate asks before a site comes back, what it waits for, and what it does not wait for.
import assert from "node:assert/strict";
import { entersAsItIs } from "../../../provider/engine/normal.ts";
import { isWait } from "../../../provider/engine/plan.ts";
import { CmdletError } from "../../../provider/exchange/error.ts";
import { openOrganisation } from "../../../provider/exchange/organisation.ts";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { type CmdletTransport, RemotingError } from "../../../provider/remoting/transport.ts";
import { resource } from "../../../provider/resources/readiness-gate/index.ts";
import type { ReadinessGateArgs } from "../../../provider/resources/readiness-gate/shape.ts";
import type { Site } from "../../../provider/resources/site.ts";
import { program } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const services = ["MSExchangeADTopology", "MSExchangeRepl", "MSExchangeIS"];
const dc = "dc1.contoso.local:389";
const moment = { nowMs: eveningMs, sayInstant: String };

function gateArgs(overrides: Partial<ReadinessGateArgs> = {}): ReadinessGateArgs {
  return { name: "ready", state: "open", servers: ["ex01"], ports: [dc], maxWaitSeconds: 900, stuckAfterSeconds: 900, ...overrides };
}

/** Faults: a service's status under `ex01 MSExchangeIS`, an error under `ex01`, a port's error under its name; `once` are met by the first cmdlets. */
function siteWith(faults: Readonly<Record<string, string | Error>> = {}, once: Error[] = []) {
  const asked: string[] = [];
  const transportOf = (server: string): CmdletTransport => ({
    invoke: async (cmdlet, { Name }) => {
      const names = Array.isArray(Name) ? Name.map(String) : ["DAG1"];
      asked.push(`${server} ${cmdlet}`);
      const fault = once.shift() ?? faults[server];
      if (fault instanceof Error) throw fault;
      const objects = names.map((name) =>
        psObject({ properties: { Name: name, Status: String(faults[`${server} ${name}`] ?? "Running"), StartType: "Automatic" } }),
      );
      return { objects, warnings: [], errors: [] };
    },
    close: async () => {},
  });
  const unasked = () => assert.fail("a gate asks nothing else of the site");
  const site: Site = {
    program,
    formerNames: new Set<string>(),
    timeZone: "Europe/Berlin",
    clock: { now: unasked, sleep: unasked },
    exchange: openOrganisation({ transportOf, nowMs: () => eveningMs, timeoutMs: 1_000, domainController: "dc01.contoso.local" }),
    recordSets: unasked,
    askAuthoritative: unasked,
    probeSmtp: unasked,
    receiptOf: unasked,
    sendToken: unasked,
    buffer: unasked,
    connect: async (port) => {
      asked.push(port);
      const fault = faults[port];
      if (fault instanceof Error) throw fault;
    },
    close: unasked,
  };
  return { site, asked };
}

async function look(args: ReadinessGateArgs, faults: Readonly<Record<string, string | Error>> = {}, once: Error[] = []) {
  const { site, asked } = siteWith(faults, once);
  const actual = await resource.observe(site, args, {}, { maxAgeMs: 0 });
  assert.ok(actual);
  return { asked, actual, plan: resource.plan(args, actual, {}, eveningMs) };
}

function remotingError(server: string, reason: "unreachable" | "denied" | "sessionLost"): RemotingError {
  return new RemotingError({ endpoint: `${server} (windows)`, cmdlet: "Get-Service", parameters: {} }, reason, reason);
}

describe("a closed gate", () => {
  it("asks nothing, waits for nothing and says so", async () => {
    const args = gateArgs({ state: "closed" });
    const { asked, actual, plan } = await look(args, { ex01: remotingError("ex01", "denied") });
    assert.deepEqual([asked, actual, plan], [[], { probes: [] }, { steps: [], refusals: [] }]);
    assert.deepEqual(resource.headline(args, actual, {}, moment), ["ready: nothing is asked while the site is offline"]);
  });

  it("expects silence, and an open one does not", () => {
    assert.deepEqual([resource.expectsSilence?.(gateArgs({ state: "closed" })), resource.expectsSilence?.(gateArgs())], [true, false]);
  });
});

describe("an open gate", () => {
  it("asks every server once for its services and once for its directory, and every port", async () => {
    const { asked } = await look(gateArgs({ servers: ["ex01", "ex02"] }));
    const ofServer = (server: string) => ["Get-Service", "Get-DatabaseAvailabilityGroup"].map((cmdlet) => `${server} ${cmdlet}`);
    assert.deepEqual(asked.toSorted(), [...ofServer("ex01"), ...ofServer("ex02"), dc].toSorted());
  });

  it("goes on where everything works", async () => {
    const { actual, plan } = await look(gateArgs());
    assert.deepEqual(plan, { steps: [], refusals: [] });
    assert.deepEqual(resource.headline(gateArgs(), actual, {}, moment), [
      "ready: before anything comes back, ex01 must answer with the services of directory, replication and store running, and dc1.contoso.local:389 must accept a connection",
      "All of it does now.",
    ]);
  });

  it("asks again at once where a session was lost while it asked, and once only", async () => {
    const lost = () => remotingError("ex01", "sessionLost");
    assert.deepEqual((await look(gateArgs(), {}, [lost()])).plan, { steps: [], refusals: [] });
    assert.deepEqual((await look(gateArgs({ ports: [] }), {}, [lost(), lost()])).actual.probes, [
      { what: "ex01", problem: "Get-Service on ex01 (windows): sessionLost" },
    ]);
  });

  it("waits for what does not work, by name", async () => {
    const args = gateArgs({ servers: ["ex01", "ex02"] });
    const faults = { "ex01 MSExchangeIS": "Stopped", ex02: remotingError("ex02", "unreachable"), [dc]: new Error(`${dc} refused`) };
    const { actual, plan } = await look(args, faults);
    const names = `ex01 (MSExchangeIS on ex01 is Stopped); ex02 (Get-Service on ex02 (windows): unreachable); ${dc} (${dc} refused)`;
    assert.deepEqual(plan, {
      steps: [
        {
          kind: "wait",
          key: "ready",
          for: `3 of 3 servers and ports that are not ready: ${names}`,
          left: { count: 3 },
          recheckMs: 10_000,
          stuck: {
            sentence: `Not ready for {time}: ${names}.`,
            remedy: "Nothing was mounted or resumed. See to it, then run `pulumi up` again.",
          },
        },
      ],
      refusals: [],
    });
    assert.deepEqual(resource.headline(args, actual, {}, moment), [
      "ready: before anything comes back, ex01, ex02 must answer with the services of directory, replication and store running, and dc1.contoso.local:389 must accept a connection",
    ]);
  });

  for (const service of services) {
    it(`waits for ${service} while it starts`, async () => {
      const { plan } = await look(gateArgs(), { [`ex01 ${service}`]: "StartPending" });
      const wait = plan.steps.find(isWait);
      assert.equal(wait?.for, `1 of 2 servers and ports that are not ready: ex01 (${service} on ex01 is StartPending)`);
    });
  }

  it("does not wait for a wrong password, or a right that is missing: it is thrown", async () => {
    const wrong = remotingError("ex02", "denied");
    await assert.rejects(look(gateArgs({ servers: ["ex01", "ex02"] }), { ex02: wrong }), wrong);
    const hidden = new CmdletError("denied", "the account has no role that holds this cmdlet");
    await assert.rejects(look(gateArgs(), { ex01: hidden }), hidden);
  });
});

describe("the rest of the contract of ReadinessGate", () => {
  it("has something left to do while anything does not work, unless it is closed", async () => {
    const works = await look(gateArgs());
    const fails = await look(gateArgs(), { [dc]: new Error("refused") });
    const left = (args: ReadinessGateArgs, { actual }: typeof works) => resource.plan(args, actual, {}, eveningMs).steps.length;
    assert.deepEqual([left(gateArgs(), works), left(gateArgs(), fails)], [0, 1]);
    assert.equal(left(gateArgs({ state: "closed" }), fails), 0);
  });

  it("gives the number of things that were asked", async () => {
    const { actual } = await look(gateArgs());
    assert.deepEqual(resource.outputs(gateArgs(), actual, {}), { asked: 2 });
    assert.deepEqual(resource.outputs(gateArgs(), undefined, {}), {});
  });

  it("may enter the program open while something does not work: it changes nothing", async () => {
    const { actual, plan } = await look(gateArgs(), { [dc]: new Error("refused") });
    assert.equal(plan.steps.length, 1);
    assert.equal(entersAsItIs(resource, gateArgs(), actual, plan), undefined);
  });
});
