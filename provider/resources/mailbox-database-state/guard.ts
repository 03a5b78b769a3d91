// What is refused of what the program names: servers, databases and copies that are not there. Pure.
import { namesOfNothing } from "../../common/names.ts";
import type { Refusal } from "../../engine/plan.ts";
import { nameOf } from "./copies.ts";
import type { ActualDatabases } from "./observe.ts";
import type { DatabaseRecorded, MailboxDatabaseStateArgs } from "./shape.ts";

/** One refusal for each list with a name that nothing bears; `allowBehind` matters on the way out alone. */
export function namesNothing(args: MailboxDatabaseStateArgs, actual: ActualDatabases, { normal }: DatabaseRecorded): readonly Refusal[] {
  const { dag, servers, leaveDismounted, allowBehind, state } = args;
  const databases = actual.databases.map(({ name }) => name);
  // What was there and has been removed may still be named: it is what a remedy says.
  const known = [...new Set([...databases, ...Object.keys(normal.activeOn)])].sort();
  const copies = actual.databases.flatMap((database) => database.copies.map(nameOf));
  return [
    ...unknown("servers", "no server", servers, actual.servers),
    ...unknown("leaveDismounted", "no database", leaveDismounted, known),
    ...unknown("normal.mounted", "no database", args.normal?.mounted ?? [], known),
    ...(state === "dismounted" ? unknown("allowBehind", "no copy", allowBehind, copies) : []),
  ];

  function unknown(list: string, what: string, typed: readonly string[], existing: readonly string[]): readonly Refusal[] {
    const wrong = namesOfNothing(typed, existing);
    if (wrong.length === 0) return [];
    return [
      {
        sentence: `${dag}: \`${list}\` names ${wrong.join(" and ")}, and ${what} of ${dag} is called so; there are ${existing.join(", ")}.`,
        remedy: "Correct it in the program or take it out, then run `pulumi up` again.",
      },
    ];
  }
}
