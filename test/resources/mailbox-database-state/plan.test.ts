// How the databases of a DAG are dismounted and mounted again, in rows. That every state on the way leads on and back: replay.test.ts.

import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/mailbox-database-state/index.ts";
import type { ActualDatabases } from "../../../provider/resources/mailbox-database-state/observe.ts";
import { plan } from "../../../provider/resources/mailbox-database-state/plan.ts";
import type { DatabaseRecorded, MailboxDatabaseStateArgs } from "../../../provider/resources/mailbox-database-state/shape.ts";
import { actualDatabases, copy, database, databaseArgs, databaseRecorded } from "../../support/builders.ts";
import { said } from "../../support/replay.ts";

const hold = "set PreferenceMoveFrequency of DAG1 from 01:00:00 to never, so that no database moves meanwhile";
const release = "set PreferenceMoveFrequency of DAG1 from never to 01:00:00";
const dismount1 = "dismount DB01 (active on ex01)";
const dismount2 = "dismount DB02 (active on ex02)";
const mount1 = "mount DB01 (on ex01)";
const mount2 = "mount DB02 (on ex02)";

const db1 = database("DB01");
const db2 = database("DB02", { activeOn: "ex02" });
const db8 = database("DB08", { mounted: false });
const down1 = database("DB01", { mounted: false });
const down2 = database("DB02", { activeOn: "ex02", mounted: false });
const allDown = { preferenceMoveFrequency: "never", databases: [down1, down2, db8] };

/** DB01 with such a second copy. */
function db1With(overrides: Parameters<typeof copy>[2]) {
  return database("DB01", { copies: [copy("DB01", "ex01", { status: "Mounted" }), copy("DB01", "ex03", overrides)] });
}
const lagging1 = db1With({ copyQueueLength: 40, replayQueueLength: 2 });
function _lagged1(copyQueueLength: number | undefined) {
  return db1With({ copyQueueLength, replayQueueLength: 10_080, replayLagMs: 7 * 86_400_000 });
}

interface Row {
  readonly when: string;
  readonly state: MailboxDatabaseStateArgs["state"];
  readonly args?: Partial<MailboxDatabaseStateArgs>;
  readonly actual?: Partial<ActualDatabases>;
  readonly recorded?: DatabaseRecorded;
  readonly says: readonly string[];
}

function waits(copies: string): string {
  return `wait for level copies: ${copies}`;
}

const rows: readonly Row[] = [
  { when: "all copies level", state: "dismounted", says: [hold, dismount1, dismount2] },
  {
    when: "one copy behind, which goes last",
    state: "dismounted",
    actual: { databases: [lagging1, db2, db8] },
    says: [hold, dismount2, waits("DB01 on ex03 (42 logs behind)"), dismount1],
  },
  {
    when: "a database of one copy",
    state: "dismounted",
    actual: { databases: [database("DB01", { copies: [copy("DB01", "ex01", { status: "Mounted" })] })] },
    says: [hold, dismount1],
  },
  { when: "auto-rebalance held already", state: "dismounted", actual: { preferenceMoveFrequency: "never" }, says: [dismount1, dismount2] },
  {
    when: "auto-rebalance that never runs",
    state: "dismounted",
    actual: { preferenceMoveFrequency: "never" },
    recorded: databaseRecorded({ preferenceMoveFrequency: "never" }),
    says: [dismount1, dismount2],
  },
  {
    when: "half of it done",
    state: "dismounted",
    actual: { preferenceMoveFrequency: "never", databases: [down1, db2, db8] },
    says: [dismount2],
  },
  { when: "all of it done", state: "dismounted", actual: allDown, says: [] },
  {
    when: "not one mounted, and auto-rebalance running",
    state: "dismounted",
    actual: { ...allDown, preferenceMoveFrequency: "01:00:00" },
    says: [],
  },
  {
    when: "a database of which Exchange does not know",
    state: "dismounted",
    actual: { databases: [db1, database("DB03", { mounted: undefined, activeOn: "ex03", copies: [] })] },
    says: [hold, dismount1, "wait for Exchange to know whether DB03 (active on ex03) is mounted"],
  },
  { when: "all mounted that normally are", state: "mounted", says: [] },
  { when: "all dismounted", state: "mounted", actual: allDown, says: [mount1, mount2, release] },
  {
    when: "half of them mounted",
    state: "mounted",
    actual: { preferenceMoveFrequency: "never", databases: [db1, down2, db8] },
    says: [mount2, release],
  },
  { when: "all but auto-rebalance", state: "mounted", actual: { preferenceMoveFrequency: "never" }, says: [release] },
  {
    when: "auto-rebalance that never runs",
    state: "mounted",
    actual: allDown,
    recorded: databaseRecorded({ preferenceMoveFrequency: "never" }),
    says: [mount1, mount2],
  },
  { when: "one to be left dismounted", state: "mounted", args: { leaveDismounted: ["DB02"] }, actual: allDown, says: [mount1, release] },
  {
    when: "one active elsewhere than before",
    state: "mounted",
    actual: { ...allDown, databases: [database("DB01", { mounted: false, activeOn: "ex03" }), down2, db8] },
    says: ["mount DB01 (on ex03)", mount2, release],
  },
  {
    when: "one of which Exchange does not know",
    state: "mounted",
    actual: { databases: [database("DB01", { mounted: undefined }), db2, db8] },
    says: [mount1],
  },
  {
    when: "one removed on purpose",
    state: "mounted",
    args: { leaveDismounted: ["DB02"] },
    actual: { ...allDown, databases: [down1, db8] },
    says: [mount1, release],
  },
  {
    when: "one mounted by itself during the pause, as by a cold start",
    state: "mounted",
    actual: { ...allDown, databases: [down1, db2, database("DB08")] },
    says: [mount1, "dismount DB08 (active on ex01)", release],
  },
  { when: "one mounted that has come since", state: "mounted", actual: { databases: [db1, db2, db8, database("DB09")] }, says: [] },
  {
    when: "one mounted by hand while no pause is being ended",
    state: "mounted",
    actual: { databases: [db1, db2, database("DB08")] },
    says: [],
  },
];

describe("the plan of a DAG's databases", () => {
  for (const { when, state, args, actual, recorded = databaseRecorded(), says } of rows) {
    it(`to be ${state}, with ${when}: ${says.length === 0 ? "nothing" : `${says.length} steps`}`, () => {
      const planned = plan(databaseArgs(state, args), actualDatabases(actual), recorded);
      assert.deepEqual(planned.refusals, []);
      assert.deepEqual(said(resource, planned), says);
    });
  }

  it("to be mounted, with one that is gone, is refused, for somebody must say whether it was meant", () => {
    assert.deepEqual(plan(databaseArgs("mounted"), actualDatabases({ ...allDown, databases: [down1, db8] }), databaseRecorded()).refusals, [
      {
        sentence: "DAG1: DB02 was mounted before, and Exchange no longer knows it.",
        remedy:
          'If it was removed on purpose, say `leaveDismounted: ["DB02"]`; if not, bring it back in Exchange. Then run `pulumi up` again: it goes on from here.',
      },
    ]);
  });
});
