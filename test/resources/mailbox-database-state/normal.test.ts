// What is normal for a DAG's databases, and which marks keep it from being taken for normal.
import assert from "node:assert/strict";
import { entered, entersAsItIs, renewed } from "../../../provider/engine/normal.ts";
import { resource } from "../../../provider/resources/mailbox-database-state/index.ts";
import type { ActualDatabases } from "../../../provider/resources/mailbox-database-state/observe.ts";
import { plan } from "../../../provider/resources/mailbox-database-state/plan.ts";
import type { DatabaseRecorded, MailboxDatabaseStateArgs } from "../../../provider/resources/mailbox-database-state/shape.ts";
import { actualDatabases, database, databaseArgs, databaseRecorded } from "../../support/builders.ts";

const db1 = database("DB01");
const db8 = database("DB08", { mounted: false });
const down1 = database("DB01", { mounted: false });
const down2 = database("DB02", { activeOn: "ex02", mounted: false });
const typed = { mounted: ["db02", "DB01"], preferenceMoveFrequency: "02:00:00" };
const given = { mounted: ["DB02", "DB01"], preferenceMoveFrequency: "02:00:00" };

describe("a DAG that enters the program", () => {
  it("is normal as it is found: what is mounted, where, and how often it rebalances itself", () => {
    assert.deepEqual(entered(resource, databaseArgs("mounted"), actualDatabases(), 0), { recorded: databaseRecorded() });
  });

  it("that never rebalances itself is normal so", () => {
    const actual = actualDatabases({ preferenceMoveFrequency: "never" });
    assert.deepEqual(entered(resource, databaseArgs("mounted"), actual, 0), {
      recorded: databaseRecorded({ preferenceMoveFrequency: "never" }),
    });
  });

  const marks: readonly (readonly [string, Partial<ActualDatabases>])[] = [
    ["MSExchangeTransport is paused on ex01, ex02", { pausedServers: ["ex01", "ex02"] }],
    ["not one of its databases is mounted", { databases: [down1, down2, db8] }],
  ];
  for (const [mark, actual] of marks) {
    it(`bearing a mark, ${mark}, is not taken for normal`, () => {
      assert.deepEqual(entered(resource, databaseArgs("mounted"), actualDatabases(actual), 0), {
        refusal: {
          sentence: `DAG1 is entered into this program for the first time, and it bears a mark of maintenance: ${mark}.`,
          remedy:
            'What is normal there cannot be read from it. Bring it back first, or give `normal: { mounted: ["DB01", "DB02", "DB08"], preferenceMoveFrequency: "01:00:00" }` (in a SitePause `normal: { DAG1: { mounted: ["DB01", "DB02", "DB08"], preferenceMoveFrequency: "01:00:00" } }`), without databases that are normally dismounted, and with the PreferenceMoveFrequency that is normal.',
        },
      });
    });

    for (const normal of [given, typed]) {
      it(`bearing a mark, ${mark}, is taken when the program says what is normal: ${normal.mounted.join()}`, () => {
        const entering = entered(resource, databaseArgs("mounted", { normal }), actualDatabases(actual), 0);
        assert.deepEqual(entering, { recorded: databaseRecorded({ mounted: ["DB01", "DB02"], preferenceMoveFrequency: "02:00:00" }) });
      });
    }
  }

  it("while Exchange does not know whether a database is mounted is not taken for normal", () => {
    const actual = actualDatabases({ databases: [db1, database("DB02", { mounted: undefined })] });
    assert.deepEqual(entered(resource, databaseArgs("mounted"), actual, 0), {
      refusal: {
        sentence: "DAG1 is entered into this program for the first time, and Exchange does not know just now whether DB02 is mounted.",
        remedy: "What is normal there cannot be read from it. Run `pulumi up` again when it does.",
      },
    });
  });
});

describe("a DAG that enters the program in another state than it is in", () => {
  const dismounted = (args: Partial<MailboxDatabaseStateArgs>) => {
    const asked = databaseArgs("dismounted", args);
    return entersAsItIs(resource, asked, actualDatabases(), plan(asked, actualDatabases(), databaseRecorded()));
  };

  it("is not changed in its first run", () => {
    assert.deepEqual(dismounted({}), {
      sentence:
        "DAG1 is entered into this program for the first time, and the program asks for another state than it is in (it would set PreferenceMoveFrequency of DAG1 from 01:00:00 to never, so that no database moves meanwhile).",
      remedy:
        "Enter it as it is first, so that what is normal is recorded: set the state to what it is now (in a SitePause the word `online`), run `pulumi up`, then change it.",
    });
  });

  it("may be changed in its first run where the program says what is normal", () => assert.equal(dismounted({ normal: given }), undefined));
});

describe("what is normal for a DAG's databases", () => {
  const moved = database("DB02", { activeOn: "ex04" });
  const db9 = database("DB09", { activeOn: "ex04" });
  const changed = { databases: [db1, moved, db9], preferenceMoveFrequency: "02:00:00" };
  const asFound = databaseRecorded({
    mounted: ["DB01", "DB02", "DB09"],
    activeOn: { DB01: "ex01", DB02: "ex04", DB09: "ex04" },
    preferenceMoveFrequency: "02:00:00",
  });
  const asBefore = databaseRecorded();
  interface Row {
    readonly when: string;
    readonly actual: Partial<ActualDatabases>;
    readonly args?: Partial<MailboxDatabaseStateArgs>;
    readonly phase?: "underWay";
    readonly becomes: DatabaseRecorded;
  }
  const rows: readonly Row[] = [
    { when: "found changed at rest, becomes what was found", actual: changed, becomes: asFound },
    { when: "found changed while a run is under way, stays", actual: changed, phase: "underWay", becomes: asBefore },
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
      becomes: databaseRecorded({ mounted: ["DB01"] }),
    },
    {
      when: "found with one dismounted that the program leaves so in another case, becomes that",
      actual: { databases: [db1, down2, db8] },
      args: { leaveDismounted: ["db02"] },
      becomes: databaseRecorded({ mounted: ["DB01"] }),
    },
    {
      when: "found with one in another case, is that one",
      actual: { databases: [db1, database("db02", { activeOn: "ex02" }), db8] },
      becomes: databaseRecorded({ mounted: ["DB01", "db02"], activeOn: { DB01: "ex01", db02: "ex02", DB08: "ex01" } }),
    },
    {
      when: "found held still with all databases mounted, as by a run that was killed after its first step, keeps its rebalancing",
      actual: { preferenceMoveFrequency: "never" },
      becomes: asBefore,
    },
    {
      when: "found with one dismounted, gains one that is newly mounted",
      actual: { databases: [db1, down2, db8, db9] },
      becomes: databaseRecorded({ mounted: ["DB01", "DB02", "DB09"] }),
    },
  ];
  for (const { when, actual, args, phase = "atRest", becomes } of rows) {
    it(when, () => {
      const { normal } = renewed(resource, databaseArgs("mounted", args), actualDatabases(actual), databaseRecorded(), 0, phase);
      assert.deepEqual(normal.mounted, becomes.normal.mounted);
      assert.equal(normal.preferenceMoveFrequency, becomes.normal.preferenceMoveFrequency);
      for (const [name, server] of Object.entries(becomes.normal.activeOn)) assert.equal(normal.activeOn[name], server);
    });
  }

  const unread: readonly (readonly [string, Partial<ActualDatabases>])[] = [
    ["with a server paused", { ...changed, pausedServers: ["ex03"] }],
    ["with none mounted", { databases: [down1, moved, db8].map((found) => ({ ...found, mounted: false })) }],
    ["with one of which Exchange does not know", { databases: [database("DB01", { mounted: undefined }), moved, db9] }],
  ];
  for (const [when, actual] of unread) {
    it(`found changed ${when}, stays to the letter`, () => {
      const next = renewed(resource, databaseArgs("mounted"), actualDatabases(actual), asBefore, 0, "atRest");
      assert.deepEqual(next, asBefore);
    });
  }

  it("found changed at rest, where it never rebalances itself, becomes what was found", () => {
    const before = databaseRecorded({ preferenceMoveFrequency: "never" });
    const actual = actualDatabases({ ...changed, preferenceMoveFrequency: "never" });
    const next = renewed(resource, databaseArgs("mounted"), actual, before, 0, "atRest");
    assert.deepEqual(next, { normal: { ...asFound.normal, preferenceMoveFrequency: "never" } });
  });

  it("is what the program says, wherever it says so, and keeps where they were active", () => {
    const args = databaseArgs("dismounted", { normal: given });
    const next = renewed(resource, args, actualDatabases(changed), databaseRecorded(), 0, "underWay");
    assert.deepEqual(next, databaseRecorded({ mounted: ["DB01", "DB02"], preferenceMoveFrequency: "02:00:00" }));
  });

  it("is said with what is not mounted, where that is seen", () => {
    const { normal } = databaseRecorded({ mounted: ["DB01"] });
    const seen = resource.normal?.say?.(normal, actualDatabases({ databases: [database("DB01"), database("DB02", { mounted: false })] }));
    const never = resource.normal?.say?.({ ...normal, mounted: [], preferenceMoveFrequency: "never" });
    assert.deepEqual(
      [seen, never],
      [
        `DB01 mounted; DB02 not mounted; PreferenceMoveFrequency ${normal.preferenceMoveFrequency}`,
        "nothing mounted; PreferenceMoveFrequency never",
      ],
    );
  });
});
