// MailboxDatabaseState as the engine sees it, and the words that people read.
import type { Kind } from "../../engine/kind.ts";
import type { Refusal } from "../../engine/plan.ts";
import type { MayAct } from "../../engine/turn.ts";
import { setPreferenceMoveFrequency } from "../../exchange/availability-group.ts";
import { dismountDatabase, mountDatabase } from "../../exchange/databases.ts";
import type { Site } from "../site.ts";
import type { MailboxDatabaseStateArgs } from "./args.ts";
import { type ActualDatabases, doorOf, observe } from "./observe.ts";
import { type DatabaseMemory, type DatabaseStep, mountedByItself, plan } from "./plan.ts";

export const mailboxDatabaseState: Kind<Site, MailboxDatabaseStateArgs, ActualDatabases, DatabaseMemory, DatabaseStep> = {
  name: "MailboxDatabaseState",
  identity: ["dag"],
  desired: ["state"],
  titleOf: (args) => args.dag,
  observe,
  adopt,
  remember,
  plan,
  isSelfContained: (args) => args.normal !== undefined,
  apply,
  sayStep,
  headline,
  liveArgs: (args, actual, memory) => ({ ...args, state: liveState(args, actual, memory) }),
  outputs: (_args, actual) => (actual === undefined ? {} : { mounted: mountedIn(actual) }),
  expectsSilence: (args) => args.state === "dismounted",
};

function adopt(args: MailboxDatabaseStateArgs, actual: ActualDatabases): { memory: DatabaseMemory } | { refusal: Refusal } {
  if (args.normal !== undefined)
    return { memory: { normal: { ...args.normal, mounted: [...args.normal.mounted].sort(), activeOn: activeIn(actual) } } };
  const unknown = actual.databases.filter((database) => database.mounted === undefined).map((database) => database.name);
  if (unknown.length > 0) {
    return {
      refusal: {
        sentence: `${args.dag} is entered into this program for the first time, and Exchange does not know just now whether ${unknown.join(", ")} is mounted.`,
        remedy: "What is normal there cannot be read from it. Run `pulumi up` again when it does.",
      },
    };
  }
  const mark =
    actual.pausedServers.length > 0
      ? `MSExchangeTransport is paused on ${actual.pausedServers.join(", ")}`
      : mountedIn(actual).length === 0
        ? "not one of its databases is mounted"
        : undefined;
  if (mark === undefined) return { memory: normalIn(actual, []) };
  return {
    refusal: {
      sentence: `${args.dag} is entered into this program for the first time, and it bears a mark of maintenance: ${mark}.`,
      remedy: `What is normal there cannot be read from it. Bring it back first, or give \`normal: { mounted: ["DB01", …], preferenceMoveFrequency: "01:00:00" }\`.`,
    },
  };
}

/**
 * A database that was mounted stays normal until the program says otherwise: one found dismounted may be the work of a run that was killed,
 * and a database that nobody mounts again is worse than one that a preview offers to mount.
 */
function remember(
  args: MailboxDatabaseStateArgs,
  actual: ActualDatabases,
  memory: DatabaseMemory,
  _nowMs: number,
  moment: "atRest" | "underWay",
): DatabaseMemory {
  const { normal } = memory;
  if (args.normal !== undefined) return { normal: { ...args.normal, mounted: [...args.normal.mounted].sort(), activeOn: normal.activeOn } };
  if (moment === "underWay" || args.state !== "mounted" || actual.pausedServers.length > 0) return memory;
  const before = normal.mounted.filter((name) => !args.leaveDismounted.includes(name));
  const renewed = normalIn(actual, before);
  // Found held still where that is not normal, auto-rebalance bears the mark of a run that did not end.
  const heldStill = actual.preferenceMoveFrequency === "never" && normal.preferenceMoveFrequency !== "never";
  if (!heldStill && before.every((name) => mountedIn(actual).includes(name))) return renewed;
  return { normal: { ...normal, mounted: renewed.normal.mounted, activeOn: { ...renewed.normal.activeOn, ...normal.activeOn } } };
}

function normalIn(actual: ActualDatabases, before: readonly string[]): DatabaseMemory {
  const mounted = [...new Set([...before, ...mountedIn(actual)])].sort();
  return { normal: { mounted, activeOn: activeIn(actual), preferenceMoveFrequency: actual.preferenceMoveFrequency } };
}

async function apply(site: Site, args: MailboxDatabaseStateArgs, step: DatabaseStep, beforeSend: MayAct): Promise<void> {
  switch (step.kind) {
    case "dismount":
      return dismountDatabase(site.exchange, step.server, step.database, { beforeSend });
    case "mount":
      return mountDatabase(site.exchange, step.server, step.database, { beforeSend });
    case "rebalance":
      return setPreferenceMoveFrequency(site.exchange, doorOf(site, args), step.dag, step.to, { beforeSend });
  }
}

function sayStep(step: DatabaseStep): string {
  switch (step.kind) {
    case "dismount":
      return `dismount ${step.database} (active on ${step.server})`;
    case "mount":
      return `mount ${step.database} (on ${step.server})`;
    case "rebalance":
      return `set PreferenceMoveFrequency of ${step.dag} from ${step.from} to ${step.to}${step.to === "never" ? ", so that no database moves meanwhile" : ""}`;
  }
}

function headline(args: MailboxDatabaseStateArgs, actual: ActualDatabases, memory: DatabaseMemory): readonly string[] {
  const down = actual.databases.filter((database) => database.mounted === false).map((database) => database.name);
  if (args.state === "dismounted") {
    const left = down.length === 0 ? "" : ` ${down.join(" and ")} ${down.length === 1 ? "is" : "are"} not mounted now and left alone.`;
    return [`Dismounts ${mountedIn(actual).length} databases of ${args.dag}, each after its other copies are level.${left}`];
  }
  const wanted = memory.normal.mounted.filter((name) => down.includes(name) && !args.leaveDismounted.includes(name));
  const told = down.filter((name) => args.leaveDismounted.includes(name));
  const others = down.filter((name) => !wanted.includes(name) && !told.includes(name));
  const moved = memory.normal.mounted.flatMap((name) => {
    const now = actual.databases.find((database) => database.name === name)?.activeOn;
    const before = memory.normal.activeOn[name];
    return now === undefined || before === undefined || now === before ? [] : [`${name} is active on ${now}; it was on ${before}.`];
  });
  return [
    `Mounts ${wanted.length} databases of ${args.dag}, those that were mounted.${sayAlone(told, "as the program says")}${sayAlone(others, "as before")}`,
    ...mountedByItself(actual, memory).map(({ name }) => `${name} is mounted now and was not before: it is dismounted again.`),
    ...moved,
  ];
}

/** ` DB08 stays dismounted, as before.`, or nothing. */
function sayAlone(names: readonly string[], why: string): string {
  return names.length === 0 ? "" : ` ${names.join(" and ")} stay${names.length === 1 ? "s" : ""} dismounted, ${why}.`;
}

function liveState(args: MailboxDatabaseStateArgs, actual: ActualDatabases, memory: DatabaseMemory): MailboxDatabaseStateArgs["state"] {
  const { steps, refusals } = plan(args, actual, memory);
  if (steps.length === 0 && refusals.length === 0) return args.state;
  return args.state === "mounted" ? "dismounted" : "mounted";
}

function mountedIn(actual: ActualDatabases): readonly string[] {
  return actual.databases.filter((database) => database.mounted === true).map((database) => database.name);
}

function activeIn(actual: ActualDatabases): Readonly<Record<string, string>> {
  return Object.fromEntries(actual.databases.map((database) => [database.name, database.activeOn]));
}
