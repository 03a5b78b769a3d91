// The change of a DAG's databases in words.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/mailbox-database-state/index.ts";
import type { ActualDatabases } from "../../../provider/resources/mailbox-database-state/observe.ts";
import type { MailboxDatabaseStateArgs } from "../../../provider/resources/mailbox-database-state/shape.ts";
import { actualDatabases, copy, database, databaseArgs, databaseRecorded } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const moment = { nowMs: eveningMs, sayInstant: String };
const db1 = database("DB01");
const db2 = database("DB02", { activeOn: "ex02" });
const db8 = database("DB08", { mounted: false });
function lagged(name: string, days: number) {
  const replayLagMs = days * 86_400_000;
  return database(name, {
    copies: [copy(name, "ex01", { status: "Mounted", replayLagMs }), copy(name, "ex03", { replayQueueLength: 9_000, replayLagMs })],
  });
}
const down1 = database("DB01", { mounted: false });
const down2 = database("DB02", { activeOn: "ex02", mounted: false });

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
      "to dismounted, with lagged copies",
      databaseArgs("dismounted"),
      { databases: [lagged("DB01", 7), lagged("DB02", 1.5), { ...lagged("DB08", 7), mounted: false }] },
      [
        "Dismounts 2 databases of DAG1, each after its other copies are level. DB08 is not mounted now and left alone.",
        "Lagged copies are waited for only until they have all logs, which they replay in their own time: DB01 on ex03 (7 days), DB02 on ex03 (36 h).",
      ],
    ],
    [
      "back to mounted, with names in another case",
      databaseArgs("mounted", { leaveDismounted: ["db02"] }),
      { databases: [down1, down2, db8], preferenceMoveFrequency: "never" },
      [
        "Mounts 1 databases of DAG1, those that were mounted. DB02 stays dismounted, as the program says. DB08 stays dismounted, as before.",
      ],
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
    it(when, () => assert.deepEqual(resource.headline(args, actualDatabases(actual), databaseRecorded(), moment), lines));
  }
});
