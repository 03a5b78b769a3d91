// What is normal for the databases of a DAG: which are mounted, where they are active, how auto-rebalance is set; and the marks of a pause. Pure.
import { asSpelled, isNamed } from "../../common/names.ts";
import type { Mark, Normal } from "../../engine/normal.ts";
import { typedNormal } from "../given-normal.ts";
import type { ActualDatabases } from "./observe.ts";
import { mountedIn } from "./plan.ts";
import type { DatabaseRecorded, MailboxDatabaseStateArgs } from "./shape.ts";

type NormalDatabases = DatabaseRecorded["normal"];

export const normal: Normal<MailboxDatabaseStateArgs, ActualDatabases, NormalDatabases> = {
  asked: { state: "mounted" },
  given: ({ normal }, actual, before) =>
    normal === undefined
      ? undefined
      : { ...normal, mounted: [...asSpelled(normal.mounted, namesIn(actual))].sort(), activeOn: before?.activeOn ?? activeIn(actual) },
  read: (args, actual, before) => (before === undefined ? normalIn(actual, []) : stillNormal(args, actual, before)),
  say,
  mark,
};

function say({ mounted, preferenceMoveFrequency }: NormalDatabases, actual?: ActualDatabases): string {
  const others = (actual?.databases ?? []).map(({ name }) => name).filter((name) => !mounted.includes(name));
  const not = others.length === 0 ? "" : `; ${others.join(", ")} not mounted`;
  return `${mounted.length === 0 ? "nothing" : mounted.join(", ")} mounted${not}; PreferenceMoveFrequency ${preferenceMoveFrequency}`;
}

/**
 * A database that was mounted stays normal until the program says otherwise: one found dismounted may be the work of a run that was killed,
 * and a database that nobody mounts again is worse than one that a preview offers to mount.
 */
function stillNormal(args: MailboxDatabaseStateArgs, actual: ActualDatabases, before: NormalDatabases): NormalDatabases {
  const left = (name: string) => isNamed(args.leaveDismounted, name);
  const kept = asSpelled(
    before.mounted.filter((name) => !left(name)),
    namesIn(actual),
  );
  const found = normalIn(actual, kept);
  // One that the program leaves dismounted may be gone: it is remembered as long as the program names it.
  const remembered = Object.fromEntries(Object.entries(before.activeOn).filter(([name]) => left(name)));
  const renewed = { ...found, activeOn: { ...remembered, ...found.activeOn } };
  // Found held still where that is not normal, auto-rebalance bears the mark of a run that did not end.
  const heldStill = actual.preferenceMoveFrequency === "never" && before.preferenceMoveFrequency !== "never";
  if (!heldStill && kept.every((name) => mountedIn(actual).includes(name))) return renewed;
  return { ...before, mounted: renewed.mounted, activeOn: { ...renewed.activeOn, ...before.activeOn } };
}

function mark(args: MailboxDatabaseStateArgs, actual: ActualDatabases): Mark | undefined {
  const unknown = actual.databases.filter((database) => database.mounted === undefined).map((database) => database.name);
  if (unknown.length > 0) {
    return {
      sign: `Exchange does not know just now whether ${unknown.join(", ")} is mounted`,
      remedy: "Run `pulumi up` again when it does.",
    };
  }
  const found = markIn(actual);
  if (found === undefined) return undefined;
  return {
    sign: `it bears a mark of maintenance: ${found}`,
    remedy: `Bring it back first, or give ${typedNormal(args.dag, possiblyNormal(actual))}, without databases that are normally dismounted, and with the PreferenceMoveFrequency that is normal.`,
  };
}

/** All that can be seen of a site in a pause: a person takes away what is not normal. Out of the box auto-rebalance looks every hour. */
function possiblyNormal(actual: ActualDatabases) {
  const { preferenceMoveFrequency: found } = actual;
  return { mounted: namesIn(actual), preferenceMoveFrequency: found === "never" ? "01:00:00" : found };
}

function markIn(actual: ActualDatabases): string | undefined {
  if (actual.pausedServers.length > 0) return `MSExchangeTransport is paused on ${actual.pausedServers.join(", ")}`;
  return mountedIn(actual).length === 0 ? "not one of its databases is mounted" : undefined;
}

function normalIn(actual: ActualDatabases, before: readonly string[]): NormalDatabases {
  const mounted = [...new Set([...before, ...mountedIn(actual)])].sort();
  return { mounted, activeOn: activeIn(actual), preferenceMoveFrequency: actual.preferenceMoveFrequency };
}

function namesIn(actual: ActualDatabases): readonly string[] {
  return actual.databases.map(({ name }) => name);
}

function activeIn(actual: ActualDatabases): Readonly<Record<string, string>> {
  return Object.fromEntries(actual.databases.map((database) => [database.name, database.activeOn]));
}
