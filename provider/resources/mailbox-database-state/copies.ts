// How level the copies of a database are: which of them a dismount waits for, and how that is said. A lagged copy is level when it has all logs, for
// it replays them days later on purpose. Pure. Sources: Get-MailboxDatabaseCopyStatus, ReplayLagTimes.
import { isNamed } from "../../common/names.ts";
import type { Wait } from "../../engine/plan.ts";
import { sayDuration, sayNumber } from "../../engine/progress.ts";
import type { DatabaseCopy } from "../../exchange/databases.ts";
import type { ActualDatabase } from "./observe.ts";
import type { MailboxDatabaseStateArgs } from "./shape.ts";

/** Copies that lack logs of the active one, that may lack some, or that are in no state to get them. */
export function behind(args: Pick<MailboxDatabaseStateArgs, "allowBehind">, database: ActualDatabase): readonly DatabaseCopy[] {
  return passive(database)
    .filter((copy) => !isNamed(args.allowBehind, nameOf(copy)))
    .filter((copy) => copy.status !== "Healthy" || lacking(copy) !== 0);
}

export function passive({ copies, activeOn }: ActualDatabase): readonly DatabaseCopy[] {
  return copies.filter(({ server }) => server !== activeOn);
}

/** As a person types it: `DB01\ex03`. */
export function nameOf({ database, server }: DatabaseCopy): string {
  return `${database}\\${server}`;
}

/** Logs that a dismount waits for; `undefined` where that is not known. */
function lacking({ copyQueueLength, replayQueueLength, replayLagMs }: DatabaseCopy): number | undefined {
  if (replayLagMs > 0 || copyQueueLength === undefined) return copyQueueLength;
  return replayQueueLength === undefined ? undefined : copyQueueLength + replayQueueLength;
}

export function untilLevel(args: MailboxDatabaseStateArgs, lagging: readonly ActualDatabase[]): Wait {
  const copies = lagging.flatMap((database) => behind(args, database));
  const logs = copies.map(lacking);
  const [worst] = [...copies].sort((one, other) => (lacking(other) ?? Infinity) - (lacking(one) ?? Infinity) || 0);
  return {
    kind: "wait",
    key: "copies level",
    for: `level copies: ${copies.slice(0, 4).map(sayCopy).join(", ")}${copies.length > 4 ? ` and ${copies.length - 4} more` : ""}`,
    // An amount that is not known is no amount: it neither counts nor counts down.
    ...(logs.includes(undefined)
      ? {}
      : { left: { count: logs.reduce<number>((sum, count) => sum + (count ?? 0), copies.length), unit: "log" } }),
    recheckMs: 5_000,
    ...(worst === undefined ? {} : { stuck: stuckAt(worst) }),
  };
}

function stuckAt(copy: DatabaseCopy): NonNullable<Wait["stuck"]> {
  const { database, server, status, copyQueueLength, replayQueueLength, replayLagMs } = copy;
  const replay = replayLagMs > 0 ? "lagged, so none that must be replayed" : `${sayLogs(replayQueueLength)} to replay`;
  const look = lacking(copy) === undefined ? `See why with \`Test-ReplicationHealth ${server}\`, and repair` : "Repair";
  return {
    sentence: `${database}: its copy on ${server} has not come level for {time} (${status}, ${sayLogs(copyQueueLength)} logs to copy, ${replay}); it was not dismounted.`,
    remedy: `${look} that copy, or accept it as it is (\`allowBehind: ["${database}\\\\${server}"]\`), then run \`pulumi up\` again: it goes on from here.`,
  };
}

function sayCopy(copy: DatabaseCopy): string {
  const logs = lacking(copy);
  const state = copy.status === "Healthy" ? "" : `${copy.status}, `;
  const lagged = copy.replayLagMs > 0 ? "lagged, " : "";
  const amount =
    logs === undefined
      ? "how far behind is not known"
      : `${sayNumber(logs)} log${logs === 1 ? "" : "s"} ${lagged === "" ? "behind" : "to copy"}`;
  return `${copy.database} on ${copy.server} (${state}${lagged}${amount})`;
}

function sayLogs(count: number | undefined): string {
  return count === undefined ? "an unknown number of" : String(count);
}

/** Which copies are lagged, and what a dismount makes of that; nothing where none is. */
export function sayLagged(databases: readonly ActualDatabase[]): readonly string[] {
  const lagged = databases.flatMap(passive).filter(({ replayLagMs }) => replayLagMs > 0);
  if (lagged.length === 0) return [];
  const names = lagged.map(({ database, server, replayLagMs }) => `${database} on ${server} (${sayDuration(replayLagMs)})`);
  return [`Lagged copies are waited for only until they have all logs, which they replay in their own time: ${names.join(", ")}.`];
}
