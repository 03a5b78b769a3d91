// How the databases of a DAG are dismounted and mounted again: auto-rebalance held still first and released last, each database only after
// its other copies are level, and only those mounted that normally are. Pure. Sources: Dismount-Database, Mount-Database, copy status facts.
import type { Plan, Refusal, Wait } from "../../engine/plan.ts";
import type { DatabaseCopy } from "../../exchange/databases.ts";
import type { ActualDatabase, ActualDatabases } from "./observe.ts";
import type { DatabaseRecorded, MailboxDatabaseStateArgs } from "./shape.ts";

export type DatabaseStep =
  | { readonly kind: "dismount" | "mount"; readonly database: string; readonly server: string }
  | { readonly kind: "rebalance"; readonly dag: string; readonly from: string; readonly to: string };

/** As `never` of Exchange's own reading; written here because a plan imports types only. */
const never = "never";

export function plan(args: MailboxDatabaseStateArgs, actual: ActualDatabases, recorded: DatabaseRecorded): Plan<DatabaseStep> {
  return args.state === "dismounted" ? dismount(args, actual) : mount(args, actual, recorded);
}

function dismount(args: MailboxDatabaseStateArgs, actual: ActualDatabases): Plan<DatabaseStep> {
  const mounted = actual.databases.filter((database) => database.mounted === true);
  const unknown = actual.databases.filter((database) => database.mounted === undefined);
  return {
    steps: [
      ...(mounted.length > 0 ? rebalance(args, actual, never) : []),
      ...dismountEach(args, mounted),
      ...(unknown.length > 0 ? [untilKnown(args, unknown)] : []),
    ],
    refusals: [],
  };
}

function mount(args: MailboxDatabaseStateArgs, actual: ActualDatabases, recorded: DatabaseRecorded): Plan<DatabaseStep> {
  const wanted = recorded.normal.mounted.filter((name) => !args.leaveDismounted.includes(name));
  const missing = wanted.filter((name) => !actual.databases.some((database) => database.name === name));
  const down = actual.databases.filter((database) => database.mounted !== true && wanted.includes(database.name));
  return {
    steps: [
      ...down.map((database): DatabaseStep => ({ kind: "mount", database: database.name, server: database.activeOn })),
      ...dismountEach(args, mountedByItself(actual, recorded)),
      ...rebalance(args, actual, recorded.normal.preferenceMoveFrequency),
    ],
    refusals: missing.map((name) => goneRefusal(args, name)),
  };
}

export function mountedIn(actual: ActualDatabases): readonly string[] {
  return actual.databases.filter((database) => database.mounted === true).map((database) => database.name);
}

/**
 * Databases that are normally not mounted and are now, as after a cold start. Only while auto-rebalance is still held, that is while a pause
 * is being ended: at other times somebody mounted them. One that has come since is left alone.
 */
export function mountedByItself(actual: ActualDatabases, { normal }: DatabaseRecorded): readonly ActualDatabase[] {
  if (actual.preferenceMoveFrequency === normal.preferenceMoveFrequency) return [];
  return actual.databases.filter(({ name, mounted }) => mounted === true && name in normal.activeOn && !normal.mounted.includes(name));
}

/** The level ones first, so that nobody waits for a copy without need. */
function dismountEach(args: MailboxDatabaseStateArgs, mounted: readonly ActualDatabase[]): (DatabaseStep | Wait)[] {
  const level = mounted.filter((database) => behind(args, database).length === 0);
  const lagging = mounted.filter((database) => behind(args, database).length > 0);
  return [...level.map(dismountStep), ...(lagging.length > 0 ? [untilLevel(args, lagging)] : []), ...lagging.map(dismountStep)];
}

function rebalance(args: MailboxDatabaseStateArgs, actual: ActualDatabases, to: string): DatabaseStep[] {
  const from = actual.preferenceMoveFrequency;
  return from === to ? [] : [{ kind: "rebalance", dag: args.dag, from, to }];
}

function dismountStep(database: ActualDatabase): DatabaseStep {
  return { kind: "dismount", database: database.name, server: database.activeOn };
}

/** Copies that lack logs of the active one, or are in no state to get them. */
function behind(args: MailboxDatabaseStateArgs, database: ActualDatabase): readonly DatabaseCopy[] {
  const allowed = new Set(args.allowBehind.map((copy) => copy.toLowerCase()));
  return database.copies
    .filter((copy) => copy.server !== database.activeOn && !allowed.has(`${copy.database}\\${copy.server}`.toLowerCase()))
    .filter((copy) => copy.status !== "Healthy" || copy.copyQueueLength + copy.replayQueueLength > 0);
}

function untilLevel(args: MailboxDatabaseStateArgs, lagging: readonly ActualDatabase[]): Wait {
  const copies = lagging.flatMap((database) => behind(args, database));
  const logs = copies.reduce((sum, copy) => sum + copy.copyQueueLength + copy.replayQueueLength, 0);
  const worst = [...copies].sort(
    (one, other) => other.copyQueueLength + other.replayQueueLength - one.copyQueueLength - one.replayQueueLength,
  )[0];
  const minutes = Math.round(args.stuckAfterSeconds / 60);
  return {
    kind: "wait",
    for: `level copies: ${copies.slice(0, 4).map(sayCopy).join(", ")}${copies.length > 4 ? ` and ${copies.length - 4} more` : ""}`,
    left: { count: logs + copies.length, unit: "log" },
    recheckMs: 5_000,
    stuckAfterMs: args.stuckAfterSeconds * 1000,
    ...(worst === undefined
      ? {}
      : {
          stuck: {
            sentence: `${worst.database}: its copy on ${worst.server} has not come level for ${minutes} minutes (${worst.status}, ${worst.copyQueueLength} logs to copy, ${worst.replayQueueLength} to replay); it was not dismounted.`,
            remedy: `Repair that copy, or accept it as it is (\`allowBehind: ["${worst.database}\\\\${worst.server}"]\`), then run \`pulumi up\` again: it goes on from here.`,
          },
        }),
  };
}

function untilKnown(args: MailboxDatabaseStateArgs, unknown: readonly ActualDatabase[]): Wait {
  const names = unknown.map((database) => `${database.name} (active on ${database.activeOn})`).join(", ");
  return {
    kind: "wait",
    for: `Exchange to know whether ${names} is mounted`,
    left: { count: unknown.length, unit: "database" },
    recheckMs: 10_000,
    stuckAfterMs: args.stuckAfterSeconds * 1000,
    stuck: {
      sentence: `${args.dag}: Exchange has not known for ${Math.round(args.stuckAfterSeconds / 60)} minutes whether ${names} is mounted.`,
      remedy: "See to the Information Store on that server, then run `pulumi up` again: it goes on from here.",
    },
  };
}

function sayCopy(copy: DatabaseCopy): string {
  const state = copy.status === "Healthy" ? "" : `${copy.status}, `;
  const behind = copy.copyQueueLength + copy.replayQueueLength;
  return `${copy.database} on ${copy.server} (${state}${behind} log${behind === 1 ? "" : "s"} behind)`;
}

function goneRefusal(args: MailboxDatabaseStateArgs, name: string): Refusal {
  return {
    sentence: `${args.dag}: ${name} was mounted before, and Exchange no longer knows it.`,
    remedy: `If it was removed on purpose, say \`leaveDismounted: ["${name}"]\`; if not, find out who removed it.`,
  };
}
