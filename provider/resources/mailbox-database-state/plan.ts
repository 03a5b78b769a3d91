// How the databases of a DAG are dismounted and mounted again: auto-rebalance held still first and released last, each database only after
// its other copies are level, and only those mounted that normally are. Pure. Sources: Dismount-Database, Mount-Database, copy status facts.
import { isNamed, namesOfNothing } from "../../common/names.ts";
import type { Plan, Refusal, Wait } from "../../engine/plan.ts";
import { behind, untilLevel } from "./copies.ts";
import { namesNothing } from "./guard.ts";
import type { ActualDatabase, ActualDatabases } from "./observe.ts";
import type { DatabaseRecorded, MailboxDatabaseStateArgs } from "./shape.ts";

export type DatabaseStep =
  | { readonly kind: "dismount" | "mount"; readonly database: string; readonly server: string }
  | { readonly kind: "rebalance"; readonly dag: string; readonly from: string; readonly to: string };

/** As `never` of Exchange's own reading; written here because a plan imports types only. */
const never = "never";

export function plan(args: MailboxDatabaseStateArgs, actual: ActualDatabases, recorded: DatabaseRecorded): Plan<DatabaseStep> {
  return args.state === "dismounted" ? dismount(args, actual, recorded) : mount(args, actual, recorded);
}

function dismount(args: MailboxDatabaseStateArgs, actual: ActualDatabases, recorded: DatabaseRecorded): Plan<DatabaseStep> {
  const mounted = actual.databases.filter((database) => database.mounted === true);
  const unknown = actual.databases.filter((database) => database.mounted === undefined);
  return {
    steps: [
      ...(mounted.length > 0 ? rebalance(args, actual, never) : []),
      ...dismountEach(args, mounted),
      ...(unknown.length > 0 ? [untilKnown(args, unknown)] : []),
    ],
    refusals: namesNothing(args, actual, recorded),
  };
}

function mount(args: MailboxDatabaseStateArgs, actual: ActualDatabases, recorded: DatabaseRecorded): Plan<DatabaseStep> {
  const wanted = recorded.normal.mounted.filter((name) => !isNamed(args.leaveDismounted, name));
  const missing = namesOfNothing(
    wanted,
    actual.databases.map(({ name }) => name),
  );
  const down = actual.databases.filter((database) => database.mounted !== true && isNamed(wanted, database.name));
  return {
    steps: [
      ...down.map((database): DatabaseStep => ({ kind: "mount", database: database.name, server: database.activeOn })),
      ...dismountEach(args, mountedByItself(actual, recorded)),
      ...rebalance(args, actual, recorded.normal.preferenceMoveFrequency),
    ],
    refusals: [...namesNothing(args, actual, recorded), ...missing.map((name) => goneRefusal(args, name))],
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
  const known = Object.keys(normal.activeOn);
  return actual.databases.filter(({ name, mounted }) => mounted === true && isNamed(known, name) && !isNamed(normal.mounted, name));
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

function untilKnown(args: MailboxDatabaseStateArgs, unknown: readonly ActualDatabase[]): Wait {
  const names = unknown.map((database) => `${database.name} (active on ${database.activeOn})`).join(", ");
  return {
    kind: "wait",
    key: "mounted or not",
    for: `Exchange to know whether ${names} is mounted`,
    left: { count: unknown.length, unit: "database" },
    recheckMs: 10_000,
    stuck: {
      sentence: `${args.dag}: Exchange has not known for {time} whether ${names} is mounted.`,
      remedy: "See to the Information Store on that server, then run `pulumi up` again: it goes on from here.",
    },
  };
}

function goneRefusal(args: MailboxDatabaseStateArgs, name: string): Refusal {
  return {
    sentence: `${args.dag}: ${name} was mounted before, and Exchange no longer knows it.`,
    remedy: `If it was removed on purpose, say \`leaveDismounted: ["${name}"]\`; if not, bring it back in Exchange. Then run \`pulumi up\` again: it goes on from here.`,
  };
}
