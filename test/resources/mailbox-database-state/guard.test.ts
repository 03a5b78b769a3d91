// What is refused of the names that a program gives of a DAG's databases, and what is taken in any case.
import assert from "node:assert/strict";
import { renewed } from "../../../provider/engine/normal.ts";
import { resource } from "../../../provider/resources/mailbox-database-state/index.ts";
import type { ActualDatabases } from "../../../provider/resources/mailbox-database-state/observe.ts";
import { plan } from "../../../provider/resources/mailbox-database-state/plan.ts";
import type { MailboxDatabaseStateArgs } from "../../../provider/resources/mailbox-database-state/shape.ts";
import { actualDatabases, copy, database, databaseArgs, databaseRecorded } from "../../support/builders.ts";
import { said } from "../../support/replay.ts";

const hold = "set PreferenceMoveFrequency of DAG1 from 01:00:00 to never, so that no database moves meanwhile";
const release = "set PreferenceMoveFrequency of DAG1 from never to 01:00:00";
const dismount1 = "dismount DB01 (active on ex01)";
const dismount2 = "dismount DB02 (active on ex02)";
const mount1 = "mount DB01 (on ex01)";
const mount2 = "mount DB02 (on ex02)";

const db1 = database("DB01");
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

const typed = "Correct it in the program or take it out, then run `pulumi up` again.";

describe("names that a program gives of a DAG's databases", () => {
  const inAnyCase: readonly (readonly [
    string,
    MailboxDatabaseStateArgs["state"],
    Partial<MailboxDatabaseStateArgs>,
    Partial<ActualDatabases>,
    readonly string[],
  ])[] = [
    ["leaves dismounted what it is told to leave", "mounted", { leaveDismounted: ["db02"] }, allDown, [mount1, release]],
    [
      "knows what it has recorded",
      "mounted",
      {},
      { ...allDown, databases: [{ ...down1, name: "db01" }, down2] },
      ["mount db01 (on ex01)", mount2, release],
    ],
    ["accepts a copy", "dismounted", { allowBehind: ["db01\\EX03"] }, { databases: [lagging1] }, [hold, dismount1]],
    ["knows its servers", "dismounted", { servers: ["EX01", "Ex02"] }, {}, [hold, dismount1, dismount2]],
  ];
  for (const [what, state, args, actual, says] of inAnyCase) {
    it(`in any case: ${what}`, () => {
      const planned = plan(databaseArgs(state, args), actualDatabases(actual), databaseRecorded());
      assert.deepEqual([planned.refusals, said(resource, planned)], [[], says]);
    });
  }

  const copies = "DB01\\ex01, DB01\\ex03, DB02\\ex02, DB02\\ex03, DB08\\ex01, DB08\\ex03";
  const normal = { mounted: ["DB01", "DB99"], preferenceMoveFrequency: "01:00:00" };
  const ofNothing: readonly (readonly [MailboxDatabaseStateArgs["state"], Partial<MailboxDatabaseStateArgs>, string])[] = [
    [
      "dismounted",
      { servers: ["ex01", "ex05"] },
      "`servers` names ex05, and no server of DAG1 is called so; there are ex01, ex02, ex03, ex04.",
    ],
    [
      "mounted",
      { servers: ["ex01", "ex05"] },
      "`servers` names ex05, and no server of DAG1 is called so; there are ex01, ex02, ex03, ex04.",
    ],
    [
      "mounted",
      { leaveDismounted: ["DB80"] },
      "`leaveDismounted` names DB80, and no database of DAG1 is called so; there are DB01, DB02, DB08.",
    ],
    [
      "dismounted",
      { leaveDismounted: ["DB80"] },
      "`leaveDismounted` names DB80, and no database of DAG1 is called so; there are DB01, DB02, DB08.",
    ],
    ["mounted", { normal }, "`normal.mounted` names DB99, and no database of DAG1 is called so; there are DB01, DB02, DB08."],
    [
      "dismounted",
      { allowBehind: ["DB01\\ex04", "DB09\\ex03"] },
      `\`allowBehind\` names DB01\\ex04 and DB09\\ex03, and no copy of DAG1 is called so; there are ${copies}.`,
    ],
  ];
  for (const [state, args, sentence] of ofNothing) {
    it(`that nothing bears are refused, to be ${state}: ${Object.keys(args).join()}`, () => {
      const { refusals } = plan(databaseArgs(state, args), actualDatabases(), databaseRecorded());
      assert.deepEqual(refusals, [{ sentence: `DAG1: ${sentence}`, remedy: typed }]);
    });
  }

  it("as a remedy said, of a database that was removed, are taken", () => {
    const gone = actualDatabases({ ...allDown, databases: [down1, db8] });
    const [refusal] = plan(databaseArgs("mounted"), gone, databaseRecorded()).refusals;
    const list: unknown = JSON.parse(/`leaveDismounted: (\[.*?\])`/.exec(refusal?.remedy ?? "")?.[1] ?? "");
    assert.ok(Array.isArray(list));
    const args = databaseArgs("mounted", { leaveDismounted: list.map(String) });
    const planned = plan(args, gone, databaseRecorded());
    assert.deepEqual([planned.refusals, said(resource, planned)], [[], [mount1, release]]);
    // And are still taken when the pause is over, and what is normal has been read anew.
    const home = actualDatabases({ databases: [db1, db8] });
    let recorded = databaseRecorded();
    for (let reading = 0; reading < 2; reading += 1) recorded = renewed(resource, args, home, recorded, 0, "atRest");
    assert.deepEqual(plan(args, home, recorded), { steps: [], refusals: [] });
  });

  it("of accepted copies are not judged on the way back, where they do not matter", () => {
    assert.deepEqual(plan(databaseArgs("mounted", { allowBehind: ["DB09\\ex03"] }), actualDatabases(), databaseRecorded()).refusals, []);
  });
});
