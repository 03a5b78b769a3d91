// Databases and their copies: what is asked, and what their answers mean.
import assert from "node:assert/strict";
import { dismountDatabase, getMailboxDatabaseCopies, getMailboxDatabases, mountDatabase } from "../../provider/exchange/databases.ts";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { answering, controller, list, now } from "../support/fake-organisation.ts";

const db01 = {
  Name: "DB01",
  Mounted: true,
  Server: psObject({ text: "EX01" }),
  Servers: list(psObject({ text: "EX01.contoso.local" }), "ex03"),
  MasterServerOrAvailabilityGroup: "DAG1",
  Recovery: false,
};

describe("the databases of an organisation", () => {
  it("are asked of any server, with their mount state", async () => {
    const { organisation, calls } = answering(db01);
    assert.deepEqual(await getMailboxDatabases(organisation, "ex02", now), [
      { name: "DB01", mounted: true, activeOn: "ex01", servers: ["ex01", "ex03"], master: "DAG1", replayLagsMs: {}, recovery: false },
    ]);
    assert.deepEqual(calls, [
      { server: "ex02", endpoint: "exchange", cmdlet: "Get-MailboxDatabase", parameters: { Status: true, DomainController: controller } },
    ]);
  });

  it("are dismounted, or of a state that the server does not know just now", async () => {
    const { organisation } = answering({ ...db01, Mounted: false }, { ...db01, Mounted: null });
    assert.deepEqual(
      (await getMailboxDatabases(organisation, "ex01", now)).map(({ mounted }) => mounted),
      [false, undefined],
    );
  });

  it("may be for recovery, or alone on one server", async () => {
    const { organisation } = answering({ Name: "RDB", Mounted: "False", Server: "ex01.contoso.local", Servers: "EX01", Recovery: true });
    assert.deepEqual(await getMailboxDatabases(organisation, "ex01", now), [
      { name: "RDB", mounted: false, activeOn: "ex01", servers: ["ex01"], master: "", replayLagsMs: {}, recovery: true },
    ]);
  });

  it("are one reading, whichever server answers", async () => {
    const { organisation, calls } = answering(db01);
    for (const server of ["ex01", "ex02"]) await getMailboxDatabases(organisation, server, { maxAgeMs: 60_000 });
    assert.equal(calls.length, 1);
  });

  it("say which of their copies are lagged, and by how long", async () => {
    const { organisation } = answering({
      ...db01,
      ReplayLagTimes: list("[EX01, 00:00:00]", "[EX03.contoso.local, 7.00:00:00]", "[EX04, 06:30:00]"),
    });
    const [found] = await getMailboxDatabases(organisation, "ex01", now);
    assert.deepEqual(found?.replayLagsMs, { ex03: 7 * 86_400_000, ex04: 6.5 * 3_600_000 });
  });

  it("without a name are no answer", async () => {
    await assert.rejects(getMailboxDatabases(answering({ Server: "ex01" }).organisation, "ex01", now), {
      reason: "invalidAnswer",
      message: "Get-MailboxDatabase: an object without Name came back (it has Server)",
    });
  });
});

describe("the copies on a server", () => {
  const copy = {
    DatabaseName: "DB01",
    MailboxServer: "EX03.contoso.local",
    Status: "Healthy",
    CopyQueueLength: 2,
    ReplayQueueLength: "17",
  };

  it("are asked by that server, through another if need be", async () => {
    const { organisation, calls } = answering(copy);
    assert.deepEqual(await getMailboxDatabaseCopies(organisation, "ex01", "ex03", now), [
      { database: "DB01", server: "ex03", status: "Healthy", copyQueueLength: 2, replayQueueLength: 17, replayLagMs: 0 },
    ]);
    assert.deepEqual(calls, [
      {
        server: "ex01",
        endpoint: "exchange",
        cmdlet: "Get-MailboxDatabaseCopyStatus",
        parameters: { Server: "ex03", DomainController: controller },
      },
    ]);
  });

  it("are a reading for each server, whoever answers", async () => {
    const { organisation, calls } = answering(copy);
    const look = { maxAgeMs: 60_000 };
    for (const [via, server] of [
      ["ex01", "ex03"],
      ["ex02", "ex03"],
      ["ex01", "ex04"],
    ] as const) {
      await getMailboxDatabaseCopies(organisation, via, server, look);
    }
    assert.deepEqual(
      calls.map(({ parameters }) => parameters["Server"]),
      ["ex03", "ex04"],
    );
  });

  for (const missing of ["CopyQueueLength", "ReplayQueueLength"]) {
    it(`without ${missing} are no answer: none behind is not assumed`, async () => {
      const { [missing]: _left, ...others } = copy as Record<string, string | number>;
      await assert.rejects(getMailboxDatabaseCopies(answering(others).organisation, "ex01", "ex03", now), {
        reason: "invalidAnswer",
        message: `Get-MailboxDatabaseCopyStatus: an object without ${missing} came back (it has ${Object.keys(others).join(", ")})`,
      });
    });
  }

  const lengths: readonly (readonly [string, bigint | number | string | null, number | undefined])[] = [
    ["a real backlog", 124_661n, 124_661],
    ["the most that a log stream has numbers for", 2n ** 32n - 1n, 2 ** 32 - 1],
    ["what a copy says that has lost sight of the newest log", 9_223_372_036_854_775_766n, undefined],
    ["the same of a copy that has more logs", 9_223_372_036_854_306_541n, undefined],
    ["the same as text", "9223372036854775766", undefined],
    ["less than none", -1, undefined],
    ["nothing", null, undefined],
  ];
  for (const [what, said, known] of lengths) {
    it(`with ${what} for a queue: ${known ?? "not known"}`, async () => {
      const { organisation } = answering({ ...copy, CopyQueueLength: said, ReplayQueueLength: said });
      const [found] = await getMailboxDatabaseCopies(organisation, "ex01", "ex03", now);
      assert.deepEqual([found?.copyQueueLength, found?.replayQueueLength], [known, known]);
    });
  }

  const day = 86_400_000;
  const lags: readonly (readonly [string, string | null, number])[] = [
    // The second is what an Exchange 2016 said of a copy without lag that had failed months before.
    [
      "lagged",
      "Enabled:True; PlayDownReason:None; ReplaySuspendReason:None; Percentage:100; Configured:7.00:00:00; MaxDelay:1.00:00:00; Actual:7.00:02:11",
      7 * day,
    ],
    [
      "not lagged",
      "Enabled:False; PlayDownReason:None; ReplaySuspendReason:None; Percentage:0; Configured:00:00:00; MaxDelay:1.00:00:00; Actual:141.22:54:54",
      0,
    ],
    [
      "lagged, and playing its logs down",
      "Enabled:False; PlayDownReason:LagDisabled; ReplaySuspendReason:None; Percentage:0; Configured:12:00:00; MaxDelay:1.00:00:00; Actual:00:10:00",
      day / 2,
    ],
    ["of a server that is silent", null, 0],
  ];
  for (const [what, text, ms] of lags) {
    it(`tell whether one is ${what}`, async () => {
      const { organisation } = answering({ ...copy, ReplayLagStatus: text === null ? null : psObject({ text }) });
      assert.equal((await getMailboxDatabaseCopies(organisation, "ex01", "ex03", now))[0]?.replayLagMs, ms);
    });
  }
});

describe("mounting and dismounting", () => {
  for (const [cmdlet, change] of [
    ["Mount-Database", mountDatabase],
    ["Dismount-Database", dismountDatabase],
  ] as const) {
    it(`is ${cmdlet} without a question, and what was read before is read again`, async () => {
      const { organisation, calls } = answering(db01);
      const look = { maxAgeMs: 60_000 };
      await getMailboxDatabases(organisation, "ex01", look);
      await change(organisation, "ex02", "DB01");
      await getMailboxDatabases(organisation, "ex01", look);
      assert.deepEqual(
        calls.map((call) => call.cmdlet),
        ["Get-MailboxDatabase", cmdlet, "Get-MailboxDatabase"],
      );
      assert.deepEqual(calls[1], {
        server: "ex02",
        endpoint: "exchange",
        cmdlet,
        parameters: { Identity: "DB01", Confirm: false, DomainController: controller },
      });
    });
  }
});
