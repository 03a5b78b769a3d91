// Every state that a dismount or a mount goes through leads on, and back: plans replayed on a model of the DAG.
import assert from "node:assert/strict";
import type { DatabaseRecorded, MailboxDatabaseStateArgs } from "../../../provider/resources/mailbox-database-state/shape.ts";
import { copy, database, databaseArgs, databaseRecorded } from "../../support/builders.ts";
import { breaks, resumed, walk } from "../../support/replay.ts";
import { type DagWorld, dagModel, dagWorld } from "./dag-world.ts";

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
const lagged1 = db1With({ copyQueueLength: 40, replayQueueLength: 10_080, replayLagMs: 7 * 86_400_000 });
const unknowing1 = db1With({ copyQueueLength: undefined });
const suspended1 = db1With({ status: "Suspended" });

describe("a DAG's databases on their way", () => {
  const allowBehind = ["DB01\\ex03"];
  const situations: readonly {
    readonly when: string;
    readonly state: MailboxDatabaseStateArgs["state"];
    readonly world: DagWorld;
    readonly args?: Partial<MailboxDatabaseStateArgs>;
    readonly recorded?: DatabaseRecorded;
  }[] = [
    { when: "all mounted and level", state: "dismounted", world: dagWorld() },
    { when: "all mounted, in a paused site", state: "dismounted", world: dagWorld({ pausedServers: ["ex01", "ex02"] }) },
    { when: "one copy behind", state: "dismounted", world: dagWorld({ databases: [lagging1, db2, db8] }) },
    { when: "a lagged copy with days of logs to replay", state: "dismounted", world: dagWorld({ databases: [lagged1, db2, db8] }) },
    {
      when: "a copy that does not know the newest log at first",
      state: "dismounted",
      world: dagWorld({ databases: [unknowing1, db2, db8] }),
    },
    {
      when: "one copy starting",
      state: "dismounted",
      world: dagWorld({ databases: [db1With({ status: "Initializing", copyQueueLength: 70 }), db2, db8] }),
    },
    {
      when: "one copy suspended, and accepted",
      state: "dismounted",
      world: dagWorld({ databases: [suspended1, db2, db8] }),
      args: { allowBehind },
    },
    {
      when: "one copy suspended and behind, and accepted",
      state: "dismounted",
      world: dagWorld({ databases: [db1With({ status: "Suspended", copyQueueLength: 9 }), db2, db8], acceptedBehind: allowBehind }),
      args: { allowBehind },
    },
    {
      when: "one of which Exchange does not know at first",
      state: "dismounted",
      world: dagWorld({ databases: [database("DB01", { mounted: undefined }), db2, db8] }),
    },
    {
      when: "auto-rebalance that never runs",
      state: "dismounted",
      world: dagWorld({ preferenceMoveFrequency: "never" }),
      recorded: databaseRecorded({ preferenceMoveFrequency: "never" }),
    },
    { when: "all dismounted", state: "mounted", world: dagWorld(allDown) },
    { when: "all dismounted, in a paused site", state: "mounted", world: dagWorld({ ...allDown, pausedServers: ["ex01"] }) },
    { when: "half of them dismounted", state: "mounted", world: dagWorld({ ...allDown, databases: [db1, down2, db8] }) },
    {
      when: "one mounted by itself during the pause",
      state: "mounted",
      world: dagWorld({ ...allDown, databases: [down1, down2, database("DB08")], pausedServers: ["ex01"] }),
    },
  ];

  function assertIsAsAsked(world: DagWorld, state: MailboxDatabaseStateArgs["state"], { normal }: DatabaseRecorded): void {
    const mounted = world.databases.filter((it) => it.mounted).map((it) => it.name);
    assert.deepEqual(mounted, state === "mounted" ? normal.mounted : []);
    assert.equal(world.preferenceMoveFrequency, state === "mounted" ? normal.preferenceMoveFrequency : "never");
  }

  for (const { when, state, world, args, recorded = databaseRecorded() } of situations) {
    it(`${when}, to ${state}: arrives, and from every point of the way, killed or stopped, goes on or back`, () => {
      const asked = databaseArgs(state, args);
      const was = databaseArgs(state === "mounted" ? "dismounted" : "mounted", args);
      const there = walk(dagModel, asked, { world, recorded });
      assertIsAsAsked(there.end.world, state, recorded);
      for (const point of there.points) {
        for (const how of breaks) {
          for (const to of [asked, databaseArgs("mounted", args)]) {
            const next = resumed(dagModel, how, { args: was, recorded }, asked, point);
            assert.deepEqual(next.recorded.normal, recorded.normal, `${how}, and what is normal was forgotten`);
            const again = walk(dagModel, to, next);
            assertIsAsAsked(again.end.world, to.state, recorded);
            assert.deepEqual(walk(dagModel, to, again.end).did, [], "a plan over its own result is empty");
          }
        }
      }
    });
  }
});
