// What is normal for a DAG's databases, which marks keep it from being taken for normal, and what people read.
import assert from "node:assert/strict";
import type { MailboxDatabaseStateArgs } from "../../../provider/resources/mailbox-database-state/args.ts";
import { mailboxDatabaseState } from "../../../provider/resources/mailbox-database-state/kind.ts";
import type { ActualDatabases } from "../../../provider/resources/mailbox-database-state/observe.ts";
import type { DatabaseMemory } from "../../../provider/resources/mailbox-database-state/plan.ts";
import { actualDatabases, database, databaseArgs, databaseMemory } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const moment = { nowMs: eveningMs, sayInstant: String };
const db1 = database("DB01");
const db2 = database("DB02", { activeOn: "ex02" });
const db8 = database("DB08", { mounted: false });
const down1 = database("DB01", { mounted: false });
const down2 = database("DB02", { activeOn: "ex02", mounted: false });
const given = { mounted: ["DB02", "DB01"], preferenceMoveFrequency: "02:00:00" };

describe("a DAG that enters the program", () => {
  it("is normal as it is found: what is mounted, where, and how often it rebalances itself", () => {
    assert.deepEqual(mailboxDatabaseState.adopt(databaseArgs("mounted"), actualDatabases(), 0), { memory: databaseMemory() });
  });

  it("that never rebalances itself is normal so", () => {
    const actual = actualDatabases({ preferenceMoveFrequency: "never" });
    assert.deepEqual(mailboxDatabaseState.adopt(databaseArgs("mounted"), actual, 0), {
      memory: databaseMemory({ preferenceMoveFrequency: "never" }),
    });
  });

  const marks: readonly (readonly [string, Partial<ActualDatabases>])[] = [
    ["MSExchangeTransport is paused on ex01, ex02", { pausedServers: ["ex01", "ex02"] }],
    ["not one of its databases is mounted", { databases: [down1, down2, db8] }],
  ];
  for (const [mark, actual] of marks) {
    it(`bearing a mark, ${mark}, is not taken for normal`, () => {
      assert.deepEqual(mailboxDatabaseState.adopt(databaseArgs("mounted"), actualDatabases(actual), 0), {
        refusal: {
          sentence: `DAG1 is entered into this program for the first time, and it bears a mark of maintenance: ${mark}.`,
          remedy:
            'What is normal there cannot be read from it. Bring it back first, or give `normal: { mounted: ["DB01", …], preferenceMoveFrequency: "01:00:00" }`.',
        },
      });
    });

    it(`bearing a mark, ${mark}, is taken when the program says what is normal`, () => {
      const adopted = mailboxDatabaseState.adopt(databaseArgs("mounted", { normal: given }), actualDatabases(actual), 0);
      assert.deepEqual(adopted, { memory: databaseMemory({ mounted: ["DB01", "DB02"], preferenceMoveFrequency: "02:00:00" }) });
    });
  }

  it("while Exchange does not know whether a database is mounted is not taken for normal", () => {
    const actual = actualDatabases({ databases: [db1, database("DB02", { mounted: undefined })] });
    assert.ok("refusal" in mailboxDatabaseState.adopt(databaseArgs("mounted"), actual, 0));
  });
});

describe("what is normal for a DAG's databases", () => {
  const moved = database("DB02", { activeOn: "ex04" });
  const db9 = database("DB09", { activeOn: "ex04" });
  const changed = { databases: [db1, moved, db9], preferenceMoveFrequency: "02:00:00" };
  const renewed = databaseMemory({
    mounted: ["DB01", "DB02", "DB09"],
    activeOn: { DB01: "ex01", DB02: "ex04", DB09: "ex04" },
    preferenceMoveFrequency: "02:00:00",
  });
  const asBefore = databaseMemory();
  interface Row {
    readonly when: string;
    readonly actual: Partial<ActualDatabases>;
    readonly args?: Partial<MailboxDatabaseStateArgs>;
    readonly moment?: "underWay";
    readonly becomes: DatabaseMemory;
  }
  const rows: readonly Row[] = [
    { when: "found changed at rest, becomes what was found", actual: changed, becomes: renewed },
    { when: "found changed while a run is under way, stays", actual: changed, moment: "underWay", becomes: asBefore },
    { when: "found changed while they are to be dismounted, stays", actual: changed, args: { state: "dismounted" }, becomes: asBefore },
    { when: "found changed with a server paused, stays", actual: { ...changed, pausedServers: ["ex03"] }, becomes: asBefore },
    {
      when: "found with one dismounted, as by a run that was killed, stays",
      actual: { databases: [db1, down2, db8], preferenceMoveFrequency: "never" },
      becomes: asBefore,
    },
    { when: "found with one gone, stays", actual: { databases: [db1, db8] }, becomes: asBefore },
    {
      when: "found with one of which Exchange does not know, stays",
      actual: { databases: [db1, database("DB02", { mounted: undefined }), db8] },
      becomes: asBefore,
    },
    {
      when: "found with one dismounted that the program leaves so, becomes that",
      actual: { databases: [db1, down2, db8] },
      args: { leaveDismounted: ["DB02"] },
      becomes: databaseMemory({ mounted: ["DB01"] }),
    },
    {
      when: "found held still with all databases mounted, as by a run that was killed after its first step, keeps its rebalancing",
      actual: { preferenceMoveFrequency: "never" },
      becomes: asBefore,
    },
    {
      when: "found with one dismounted, gains one that is newly mounted",
      actual: { databases: [db1, down2, db8, db9] },
      becomes: databaseMemory({ mounted: ["DB01", "DB02", "DB09"] }),
    },
  ];
  for (const { when, actual, args, moment = "atRest", becomes } of rows) {
    it(when, () => {
      const { normal } = mailboxDatabaseState.remember(databaseArgs("mounted", args), actualDatabases(actual), databaseMemory(), 0, moment);
      assert.deepEqual(normal.mounted, becomes.normal.mounted);
      assert.equal(normal.preferenceMoveFrequency, becomes.normal.preferenceMoveFrequency);
      for (const [name, server] of Object.entries(becomes.normal.activeOn)) assert.equal(normal.activeOn[name], server);
    });
  }

  it("found changed at rest, where it never rebalances itself, becomes what was found", () => {
    const before = databaseMemory({ preferenceMoveFrequency: "never" });
    const actual = actualDatabases({ ...changed, preferenceMoveFrequency: "never" });
    const remembered = mailboxDatabaseState.remember(databaseArgs("mounted"), actual, before, 0, "atRest");
    assert.deepEqual(remembered, { normal: { ...renewed.normal, preferenceMoveFrequency: "never" } });
  });

  it("is what the program says, wherever it says so, and keeps where they were active", () => {
    const args = databaseArgs("dismounted", { normal: given });
    const remembered = mailboxDatabaseState.remember(args, actualDatabases(changed), databaseMemory(), 0, "underWay");
    assert.deepEqual(remembered, databaseMemory({ mounted: ["DB01", "DB02"], preferenceMoveFrequency: "02:00:00" }));
  });
});

describe("a DAG's databases in the program's words", () => {
  const allDown = { databases: [down1, down2, db8], preferenceMoveFrequency: "never" };
  const rows: readonly (readonly [
    string,
    MailboxDatabaseStateArgs["state"],
    Partial<ActualDatabases>,
    MailboxDatabaseStateArgs["state"],
  ])[] = [
    ["mounted as asked", "mounted", {}, "mounted"],
    ["dismounted as asked", "dismounted", allDown, "dismounted"],
    ["dismounted though asked to be mounted", "mounted", allDown, "dismounted"],
    ["mounted though asked to be dismounted", "dismounted", {}, "mounted"],
    ["half dismounted", "dismounted", { databases: [down1, db2, db8], preferenceMoveFrequency: "never" }, "mounted"],
  ];
  for (const [when, asked, actual, live] of rows) {
    it(`${when} are ${live}`, () => {
      assert.deepEqual(mailboxDatabaseState.liveArgs(databaseArgs(asked), actualDatabases(actual), databaseMemory()), databaseArgs(live));
    });
  }
});

describe("the change of a DAG's databases in words", () => {
  const allDown = { databases: [down1, down2, db8], preferenceMoveFrequency: "never" };
  const rows: readonly (readonly [string, MailboxDatabaseStateArgs, Partial<ActualDatabases>, readonly string[]])[] = [
    [
      "to dismounted",
      databaseArgs("dismounted"),
      {},
      ["Dismounts 2 databases of DAG1, each after its other copies are level. DB08 is not mounted now and left alone."],
    ],
    [
      "to dismounted, with two that are not mounted",
      databaseArgs("dismounted"),
      { databases: [down1, db2, db8] },
      ["Dismounts 1 databases of DAG1, each after its other copies are level. DB01 and DB08 are not mounted now and left alone."],
    ],
    [
      "to dismounted, with all mounted",
      databaseArgs("dismounted"),
      { databases: [db1, db2] },
      ["Dismounts 2 databases of DAG1, each after its other copies are level."],
    ],
    [
      "back to mounted",
      databaseArgs("mounted"),
      allDown,
      ["Mounts 2 databases of DAG1, those that were mounted. DB08 stays dismounted, as before."],
    ],
    [
      "back to mounted, but one, and another has moved",
      databaseArgs("mounted", { leaveDismounted: ["DB02"] }),
      { databases: [database("DB01", { mounted: false, activeOn: "ex03" }), down2, db8], preferenceMoveFrequency: "never" },
      [
        "Mounts 1 databases of DAG1, those that were mounted. DB02 stays dismounted, as the program says. DB08 stays dismounted, as before.",
        "DB01 is active on ex03; it was on ex01.",
      ],
    ],
    [
      "back to mounted, with one that mounted by itself",
      databaseArgs("mounted"),
      { databases: [down1, down2, database("DB08")], preferenceMoveFrequency: "never" },
      ["Mounts 2 databases of DAG1, those that were mounted.", "DB08 is mounted now and was not before: it is dismounted again."],
    ],
  ];
  for (const [when, args, actual, lines] of rows) {
    it(when, () => assert.deepEqual(mailboxDatabaseState.headline(args, actualDatabases(actual), databaseMemory(), moment), lines));
  }
});

describe("the rest of the contract of MailboxDatabaseState", () => {
  it("gives the names of what is mounted", () => {
    assert.deepEqual(mailboxDatabaseState.outputs(databaseArgs("mounted"), actualDatabases(), databaseMemory()), {
      mounted: ["DB01", "DB02"],
    });
    assert.deepEqual(mailboxDatabaseState.outputs(databaseArgs("mounted"), undefined, databaseMemory()), {});
  });

  it("expects silence of a DAG whose databases are dismounted, and of no other", () => {
    assert.deepEqual(
      [mailboxDatabaseState.expectsSilence(databaseArgs("dismounted")), mailboxDatabaseState.expectsSilence(databaseArgs("mounted"))],
      [true, false],
    );
  });

  it("may change a DAG in its first run only where the program says what is normal", () => {
    assert.deepEqual(
      [
        mailboxDatabaseState.isSelfContained(databaseArgs("dismounted")),
        mailboxDatabaseState.isSelfContained(databaseArgs("dismounted", { normal: given })),
      ],
      [false, true],
    );
  });
});
