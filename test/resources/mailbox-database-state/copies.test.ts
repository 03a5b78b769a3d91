// Which copies a dismount waits for, and what is said of one that does not come level.
import assert from "node:assert/strict";
import { stuckWords } from "../../../provider/engine/progress.ts";
import { resource } from "../../../provider/resources/mailbox-database-state/index.ts";
import type { ActualDatabases } from "../../../provider/resources/mailbox-database-state/observe.ts";
import { plan } from "../../../provider/resources/mailbox-database-state/plan.ts";
import type { MailboxDatabaseStateArgs } from "../../../provider/resources/mailbox-database-state/shape.ts";
import { actualDatabases, copy, database, databaseArgs, databaseRecorded } from "../../support/builders.ts";
import { said } from "../../support/replay.ts";

const hold = "set PreferenceMoveFrequency of DAG1 from 01:00:00 to never, so that no database moves meanwhile";
const dismount1 = "dismount DB01 (active on ex01)";
const dismount2 = "dismount DB02 (active on ex02)";

const db2 = database("DB02", { activeOn: "ex02" });
const db8 = database("DB08", { mounted: false });

/** DB01 with such a second copy. */
function db1With(overrides: Parameters<typeof copy>[2]) {
  return database("DB01", { copies: [copy("DB01", "ex01", { status: "Mounted" }), copy("DB01", "ex03", overrides)] });
}
const lagging1 = db1With({ copyQueueLength: 40, replayQueueLength: 2 });
const unknowing1 = db1With({ copyQueueLength: undefined });
function lagged1(copyQueueLength: number | undefined) {
  return db1With({ copyQueueLength, replayQueueLength: 10_080, replayLagMs: 7 * 86_400_000 });
}
const suspended1 = db1With({ status: "Suspended" });

interface Row {
  readonly when: string;
  readonly state: MailboxDatabaseStateArgs["state"];
  readonly args?: Partial<MailboxDatabaseStateArgs>;
  readonly actual: Partial<ActualDatabases>;
  readonly says: readonly string[];
}

function waits(copies: string): string {
  return `wait for level copies: ${copies}`;
}

const rows: readonly Row[] = [
  {
    when: "one copy only behind in replay",
    state: "dismounted",
    actual: { databases: [db1With({ replayQueueLength: 1 })] },
    says: [hold, waits("DB01 on ex03 (1 log behind)"), dismount1],
  },
  {
    when: "one copy suspended, though level",
    state: "dismounted",
    actual: { databases: [suspended1, db2, db8] },
    says: [hold, dismount2, waits("DB01 on ex03 (Suspended, 0 logs behind)"), dismount1],
  },
  {
    when: "a suspended copy that is accepted",
    state: "dismounted",
    args: { allowBehind: ["db01\\EX03"] },
    actual: { databases: [suspended1] },
    says: [hold, dismount1],
  },
  {
    when: "a copy behind that is accepted",
    state: "dismounted",
    args: { allowBehind: ["DB01\\ex03"] },
    actual: { databases: [lagging1] },
    says: [hold, dismount1],
  },
  {
    when: "another copy accepted",
    state: "dismounted",
    args: { allowBehind: ["DB08\\ex03"] },
    actual: { databases: [lagging1, db8] },
    says: [hold, waits("DB01 on ex03 (42 logs behind)"), dismount1],
  },
  {
    when: "a lagged copy that has all logs, and days of them to replay",
    state: "dismounted",
    actual: { databases: [lagged1(0)] },
    says: [hold, dismount1],
  },
  {
    when: "a lagged copy that lacks logs",
    state: "dismounted",
    actual: { databases: [lagged1(1_040)] },
    says: [hold, waits("DB01 on ex03 (lagged, 1,040 logs to copy)"), dismount1],
  },
  {
    when: "a copy that does not know the newest log",
    state: "dismounted",
    actual: { databases: [unknowing1, db2] },
    says: [hold, dismount2, waits("DB01 on ex03 (how far behind is not known)"), dismount1],
  },
  {
    when: "a lagged copy that does not know the newest log",
    state: "dismounted",
    actual: { databases: [lagged1(undefined)] },
    says: [hold, waits("DB01 on ex03 (lagged, how far behind is not known)"), dismount1],
  },
  {
    when: "more copies behind than can be named",
    state: "dismounted",
    actual: {
      databases: [
        database("DB01", {
          copies: ["ex02", "ex03", "ex04", "ex05", "ex06"].map((server) => copy("DB01", server, { copyQueueLength: 5 })),
        }),
      ],
    },
    says: [
      hold,
      waits(
        "DB01 on ex02 (5 logs behind), DB01 on ex03 (5 logs behind), DB01 on ex04 (5 logs behind), DB01 on ex05 (5 logs behind) and 1 more",
      ),
      dismount1,
    ],
  },
];

describe("a database is dismounted", () => {
  for (const { when, state, args, actual, says } of rows) {
    it(`with ${when}: ${says.length} steps`, () => {
      const planned = plan(databaseArgs(state, args), actualDatabases(actual), databaseRecorded());
      assert.deepEqual(planned.refusals, []);
      assert.deepEqual(said(resource, planned), says);
    });
  }
});

describe("a copy that does not come level", () => {
  function stuck(databases: ActualDatabases["databases"], args: Partial<MailboxDatabaseStateArgs> = {}) {
    const { steps } = plan(
      databaseArgs("dismounted", args),
      actualDatabases({ databases, preferenceMoveFrequency: "never" }),
      databaseRecorded(),
    );
    const [wait] = steps;
    assert.ok(wait !== undefined && "stuck" in wait && wait.stuck !== undefined);
    return { ...stuckWords(wait, 900_000), left: wait.left };
  }

  it("is told with its state and what to do, the worst one first", () => {
    const worse = database("DB02", {
      activeOn: "ex02",
      copies: [copy("DB02", "ex04", { status: "Failed", copyQueueLength: 900, replayQueueLength: 12 })],
    });
    assert.deepEqual(stuck([lagging1, worse]), {
      sentence: "DB02: its copy on ex04 has not come level for 15 minutes (Failed, 900 logs to copy, 12 to replay); it was not dismounted.",
      remedy:
        'Repair that copy, or accept it as it is (`allowBehind: ["DB02\\\\ex04"]`), then run `pulumi up` again: it goes on from here.',
      left: { count: 42 + 912 + 2, unit: "log" },
    });
  });

  it("because it does not know the newest log comes first, without a number to wait down", () => {
    assert.deepEqual(
      stuck([lagging1, database("DB02", { activeOn: "ex02", copies: [copy("DB02", "ex04", { copyQueueLength: undefined })] })]),
      {
        sentence:
          "DB02: its copy on ex04 has not come level for 15 minutes (Healthy, an unknown number of logs to copy, 0 to replay); it was not dismounted.",
        remedy:
          'See why with `Test-ReplicationHealth ex04`, and repair that copy, or accept it as it is (`allowBehind: ["DB02\\\\ex04"]`), then run `pulumi up` again: it goes on from here.',
        left: undefined,
      },
    );
  });

  it("and is lagged is told without what it has to replay", () => {
    assert.match(stuck([lagged1(5)]).sentence, /\(Healthy, 5 logs to copy, lagged, so none that must be replayed\)/);
  });

  it("no longer holds up the dismount when the program says what the remedy told to say", () => {
    const list: unknown = JSON.parse(/`allowBehind: (\[.*?\])`/.exec(stuck([suspended1]).remedy)?.[1] ?? "");
    assert.ok(Array.isArray(list));
    const args = databaseArgs("dismounted", { allowBehind: list.map(String) });
    const planned = plan(args, actualDatabases({ databases: [suspended1], preferenceMoveFrequency: "never" }), databaseRecorded());
    assert.deepEqual(said(resource, planned), [dismount1]);
  });

  it("and a database of which Exchange does not know for long are each told in their own words", () => {
    const { sentence, remedy } = stuck([database("DB03", { mounted: undefined, activeOn: "ex03" })]);
    assert.equal(sentence, "DAG1: Exchange has not known for 15 minutes whether DB03 (active on ex03) is mounted.");
    assert.equal(remedy, "See to the Information Store on that server, then run `pulumi up` again: it goes on from here.");
  });
});
