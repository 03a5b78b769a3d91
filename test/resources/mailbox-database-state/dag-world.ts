// DAG1 as a value: databases, copies that come level in time, auto-rebalance. It refuses what would cost logs. For replaying plans.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/mailbox-database-state/index.ts";
import type { ActualDatabase, ActualDatabases } from "../../../provider/resources/mailbox-database-state/observe.ts";
import type { DatabaseStep } from "../../../provider/resources/mailbox-database-state/plan.ts";
import type { DatabaseRecorded, MailboxDatabaseStateArgs } from "../../../provider/resources/mailbox-database-state/shape.ts";
import { actualDatabases } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import type { Model } from "../../support/replay.ts";

export interface DagWorld extends ActualDatabases {
  readonly nowMs: number;
  /** Copies, `DB01\ex03`, that nobody waits for. */
  readonly acceptedBehind: readonly string[];
}

const logsAtOnce = 30;

export function dagWorld(overrides: Partial<DagWorld> = {}): DagWorld {
  return { ...actualDatabases(), nowMs: eveningMs, acceptedBehind: [], ...overrides };
}

export const dagModel: Model<DagWorld, MailboxDatabaseStateArgs, ActualDatabases, DatabaseRecorded, DatabaseStep> = {
  resource,
  observe: ({ servers, preferenceMoveFrequency, databases, pausedServers }) => ({
    servers,
    preferenceMoveFrequency,
    databases,
    pausedServers,
  }),
  apply,
  pass: (world, ms) => ({ ...world, nowMs: world.nowMs + ms, databases: world.databases.map(comeLevel) }),
  nowMs: (world) => world.nowMs,
};

function apply(world: DagWorld, step: DatabaseStep): DagWorld {
  if (step.kind === "rebalance") return { ...world, preferenceMoveFrequency: step.to };
  const found = world.databases.find(({ name }) => name === step.database) ?? assert.fail(`there is no ${step.database}`);
  assert.equal(step.server, found.activeOn, `${step.database} is not active on ${step.server}`);
  if (step.kind === "dismount") {
    assert.equal(world.preferenceMoveFrequency, "never", "a database could be moved while it is dismounted");
    for (const { server, copyQueueLength, replayQueueLength, replayLagMs } of found.copies) {
      if (server === found.activeOn || world.acceptedBehind.includes(`${found.name}\\${server}`)) continue;
      assert.deepEqual(
        [copyQueueLength, replayLagMs > 0 ? 0 : replayQueueLength],
        [0, 0],
        `${found.name} on ${server} lacks logs of the dismounted database`,
      );
    }
  }
  const mounted = step.kind === "mount";
  return { ...world, databases: world.databases.map((database) => (database === found ? { ...database, mounted } : database)) };
}

/** A copy gets its logs; what Exchange did not know it knows by now; a copy that is being started is healthy by now. */
function comeLevel(database: ActualDatabase): ActualDatabase {
  const copies = database.copies.map((copy) =>
    copy.status === "Suspended"
      ? copy
      : {
          ...copy,
          status: copy.status === "Initializing" ? "Healthy" : copy.status,
          copyQueueLength: less(copy.copyQueueLength),
          replayQueueLength: copy.copyQueueLength !== 0 || copy.replayLagMs > 0 ? copy.replayQueueLength : less(copy.replayQueueLength),
        },
  );
  return { ...database, copies, mounted: database.mounted ?? true };
}

/** A copy that did not know the newest log knows it by now, and is far behind. */
function less(logs: number | undefined): number {
  return logs === undefined ? 2 * logsAtOnce : Math.max(0, logs - logsAtOnce);
}
