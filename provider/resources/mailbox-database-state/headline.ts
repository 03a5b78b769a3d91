// How a change of a DAG's databases is told. Pure.
import { isNamed, sameName } from "../../common/names.ts";
import { sayLagged } from "./copies.ts";
import type { ActualDatabases } from "./observe.ts";
import { mountedByItself, mountedIn } from "./plan.ts";
import type { DatabaseRecorded, MailboxDatabaseStateArgs } from "./shape.ts";

export function headline(args: MailboxDatabaseStateArgs, actual: ActualDatabases, recorded: DatabaseRecorded): readonly string[] {
  const down = actual.databases.filter((database) => database.mounted === false).map((database) => database.name);
  if (args.state === "dismounted") {
    const left = down.length === 0 ? "" : ` ${down.join(" and ")} ${down.length === 1 ? "is" : "are"} not mounted now and left alone.`;
    return [
      `Dismounts ${mountedIn(actual).length} databases of ${args.dag}, each after its other copies are level.${left}`,
      ...sayLagged(actual.databases.filter(({ mounted }) => mounted === true)),
    ];
  }
  const wanted = recorded.normal.mounted.filter((name) => isNamed(down, name) && !isNamed(args.leaveDismounted, name));
  const told = down.filter((name) => isNamed(args.leaveDismounted, name));
  const others = down.filter((name) => !isNamed(wanted, name) && !told.includes(name));
  const moved = recorded.normal.mounted.flatMap((name) => {
    const now = actual.databases.find((database) => sameName(database.name, name))?.activeOn;
    const before = recorded.normal.activeOn[name];
    return now === undefined || before === undefined || now === before ? [] : [`${name} is active on ${now}; it was on ${before}.`];
  });
  return [
    `Mounts ${wanted.length} databases of ${args.dag}, those that were mounted.${sayAlone(told, "as the program says")}${sayAlone(others, "as before")}`,
    ...mountedByItself(actual, recorded).map(({ name }) => `${name} is mounted now and was not before: it is dismounted again.`),
    ...moved,
  ];
}

/** ` DB08 stays dismounted, as before.`, or nothing. */
function sayAlone(names: readonly string[], why: string): string {
  return names.length === 0 ? "" : ` ${names.join(" and ")} stay${names.length === 1 ? "s" : ""} dismounted, ${why}.`;
}
