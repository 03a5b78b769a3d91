// What is asked of whom about the databases of a DAG, and what is not asked again at every step.
import assert from "node:assert/strict";
import { RemotingError } from "../../../provider/remoting/transport.ts";
import { resource } from "../../../provider/resources/mailbox-database-state/index.ts";
import { databaseArgs } from "../../support/builders.ts";
import { controller, fakeOrganisation, list, type NotedCall, withProperties } from "../../support/fake-organisation.ts";
import { HandClock } from "../../support/hand-clock.ts";
import { emptySite } from "../../support/lamp-host.ts";
import { ourTurn } from "../../support/turns.ts";

const servers = ["ex01", "ex02"];
const now = { maxAgeMs: 0 };

function objectsOf({ cmdlet, server, parameters }: NotedCall, paused: ReadonlySet<string>) {
  const service = { Name: "MSExchangeTransport", Status: paused.has(server) ? "Paused" : "Running", StartType: "Automatic" };
  const copy = { DatabaseName: "DB01", MailboxServer: String(parameters["Server"]), CopyQueueLength: 0, ReplayQueueLength: 0 };
  switch (cmdlet) {
    case "Get-DatabaseAvailabilityGroup":
      return [{ Name: "DAG1", Servers: list("EX01", "EX02"), PreferenceMoveFrequency: "01:00:00" }];
    case "Get-MailboxDatabase":
      return [
        {
          Name: "DB01",
          Mounted: true,
          Server: "ex01",
          Servers: list("EX01", "EX02"),
          ReplayLagTimes: list("[EX01, 00:00:00]", "[EX02, 1.00:00:00]"),
        },
      ];
    case "Get-MailboxDatabaseCopyStatus":
      return [{ ...copy, Status: parameters["Server"] === "ex01" ? "Mounted" : "Healthy" }];
    case "Get-Service":
      return [service];
    default:
      return [];
  }
}

/** A DAG of two servers; those in `off` answer nobody. */
function dag() {
  const [off, paused, closed] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const fake = fakeOrganisation((call) => {
    if (off.has(call.server))
      throw new RemotingError({ ...call, endpoint: call.server }, "unreachable", "it is off", { mayHaveRun: false });
    if (closed.has(call.server) && call.endpoint === "windows")
      throw new RemotingError({ ...call, endpoint: call.server }, "denied", "it lets nobody in", { mayHaveRun: false });
    return { objects: objectsOf(call, paused).map(withProperties) };
  });
  const site = { ...emptySite(new HandClock()), exchange: fake.organisation };
  const args = databaseArgs("dismounted", { servers });
  const observe = () => resource.observe(site, args, undefined, now);
  const asked = (cmdlet: string) => fake.calls.filter((call) => call.cmdlet === cmdlet).map(({ server }) => server);
  return { ...fake, site, args, off, paused, closed, observe, asked };
}

describe("a reading of a DAG's databases", () => {
  it("asks the first server for all of them, and each server for its services", async () => {
    const { observe, asked, calls } = dag();
    const actual = await observe();
    assert.deepEqual(
      actual?.databases.map(({ name, copies }) => [name, copies.map(({ server, status }) => `${server} ${status}`)]),
      [["DB01", ["ex01 Mounted", "ex02 Healthy"]]],
    );
    assert.deepEqual([asked("Get-MailboxDatabase"), asked("Get-MailboxDatabaseCopyStatus")], [["ex01"], ["ex01", "ex01"]]);
    assert.deepEqual([asked("Get-Service").toSorted(), calls.length], [servers, 6]);
  });

  it("knows from the directory which copy is lagged, where the copy itself does not say", async () => {
    const actual = await dag().observe();
    assert.deepEqual(
      actual?.databases.flatMap(({ copies }) => copies.map(({ server, replayLagMs }) => [server, replayLagMs])),
      [
        ["ex01", 0],
        ["ex02", 86_400_000],
      ],
    );
  });

  it("goes through another server while the first is off, which tells nothing of its services", async () => {
    const { observe, off, paused, asked } = dag();
    off.add("ex01");
    paused.add("ex02");
    assert.deepEqual((await observe())?.pausedServers, ["ex02"]);
    assert.deepEqual([asked("Get-DatabaseAvailabilityGroup"), asked("Get-MailboxDatabase")], [["ex01", "ex02"], ["ex02"]]);
  });

  it("is no reading where a server does not let us see whether it bears a mark: what it has is not taken for normal", async () => {
    const { observe, closed, paused } = dag();
    closed.add("ex02");
    paused.add("ex02");
    await assert.rejects(observe(), { reason: "denied", message: "Get-Service on ex02: it lets nobody in" });
  });

  it("fails where all are off, with each of them named", async () => {
    const { observe, off } = dag();
    for (const server of servers) off.add(server);
    await assert.rejects(observe(), {
      reason: "unreachable",
      message: "Get-DatabaseAvailabilityGroup on ex01, ex02: none of them lets us in: ex01: it is off; ex02: it is off",
    });
  });

  it("after a database was mounted or dismounted asks everything again but the services, which that does not change", async () => {
    const { observe, site, args, asked, clock } = dag();
    await observe();
    await resource.apply(site, args, { kind: "dismount", database: "DB01", server: "ex01" }, ourTurn.mayAct);
    await observe();
    assert.deepEqual([asked("Get-MailboxDatabase").length, asked("Get-MailboxDatabaseCopyStatus").length], [2, 4]);
    assert.equal(asked("Get-Service").length, 2);
    clock.nowMs += 60_000;
    await observe();
    assert.equal(asked("Get-Service").length, 4);
  });

  it("sets auto-rebalance through another server while the first is off", async () => {
    const { site, args, off, calls } = dag();
    off.add("ex01");
    await resource.apply(site, args, { kind: "rebalance", dag: "DAG1", from: "01:00:00", to: "never" }, ourTurn.mayAct);
    const parameters = { Identity: "DAG1", PreferenceMoveFrequency: "-00:00:00.0010000", DomainController: controller };
    assert.deepEqual(calls.at(-1), { server: "ex02", endpoint: "exchange", cmdlet: "Set-DatabaseAvailabilityGroup", parameters });
  });
});
