// Reads the mail log where it stands in systemd's journal only, as on Debian 12 and later out of the box: on from an entry that is known by its cursor.
// By syslog's facility, not by unit: what postsuper does by hand belongs to no unit of Postfix. Source: journalctl(1), systemd.journal-fields(7), JOURNAL
// EXPORT FORMATS (JSON); judged by a journald and journalctl of systemd 252.
import { z } from "zod";
import { hostCommand } from "./command.ts";
import { MailError } from "./error.ts";
import { reasonOf } from "./host-commands.ts";
import { readSaid } from "./log-events.ts";
import type { Gap, LogHost, LogPart, LogStart } from "./log-reading.ts";

/** What Postfix logs, its commands too (facility mail), and journald's own word of what it dropped because it came too fast. */
const wanted = ["SYSLOG_FACILITY=2", "+", "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e"];
const fields = "MESSAGE,SYSLOG_IDENTIFIER,N_DROPPED";
const portionEntries = 20_000;

const text = z.union([z.string(), z.array(z.number()).transform((bytes) => Buffer.from(bytes).toString())]);
/** Text that is not UTF-8 is told as its bytes. */
const entry = z.object({
  __CURSOR: z.string(),
  __REALTIME_TIMESTAMP: z.string().transform((microseconds) => Math.floor(Number(microseconds) / 1_000)),
  MESSAGE: text.nullish(),
  SYSLOG_IDENTIFIER: text.nullish(),
  N_DROPPED: z.string().optional(),
});
type Entry = z.output<typeof entry>;

/** @throws {MailError} `denied` when the user may not read the journal, `invalidAnswer` when it has nothing of Postfix */
export async function readJournal(host: LogHost, start: LogStart | undefined): Promise<LogPart> {
  const recorded = start?.position !== undefined && "cursor" in start.position ? start.position.cursor : undefined;
  // Only backwards does `-n` count from the time that is given. What comes while we ask lies behind the place already.
  const lastOf = (where: readonly string[]) => entriesOf(host, ["-n", "1", ...where]);
  const until = ["--reverse", `--until=@${(start?.atMs ?? host.time.nowMs) / 1_000}`];
  let [found] = recorded === undefined ? await lastOf(until) : [];
  if (start === undefined && found === undefined) [found] = await lastOf([]);
  const cursor = recorded ?? found?.__CURSOR;
  if (start === undefined) {
    if (cursor !== undefined) return { events: [], position: { cursor } };
    throw new MailError(host.commands.host, "invalidAnswer", `${host.layout.logFile} is not there, and the journal has no line of Postfix`);
  }
  const entries: Entry[] = [];
  let isPlaceThere = false;
  for (let from = cursor === undefined ? undefined : `--cursor=${cursor}`; from !== undefined; ) {
    const portion: readonly Entry[] = await entriesOf(host, [from, "-n", String(portionEntries)]);
    const [first] = portion;
    // An entry that is gone is passed over without a word, so it is asked for, too.
    const isNext = first !== undefined && `--cursor=${first.__CURSOR}` === from;
    if (entries.length === 0) isPlaceThere = isNext;
    for (const each of isNext ? portion.slice(1) : portion) entries.push(each);
    from = portion.length < portionEntries ? undefined : `--cursor=${portion.at(-1)?.__CURSOR}`;
  }
  if (cursor === undefined) {
    for (const each of await entriesOf(host, [`--since=@${start.atMs / 1_000}`])) entries.push(each);
    // The time of the place is told in whole seconds: the first line that was ever written may be of that very one.
    isPlaceThere = entries[0] !== undefined && entries[0].__REALTIME_TIMESTAMP < start.atMs + 1_000;
  }
  const last = entries.at(-1)?.__CURSOR ?? cursor;
  if (last === undefined)
    throw new MailError(host.commands.host, "invalidAnswer", `${host.layout.logFile} is not there, and the journal has no line of Postfix`);
  const events = entries.flatMap(({ MESSAGE, SYSLOG_IDENTIFIER, __REALTIME_TIMESTAMP: atMs }) =>
    MESSAGE == null || SYSLOG_IDENTIFIER == null ? [] : readSaid(SYSLOG_IDENTIFIER, MESSAGE, atMs),
  );
  return { events, position: { cursor: last }, gap: gapIn(entries, start.atMs, isPlaceThere) };
}

function gapIn(entries: readonly Entry[], fromMs: number, isPlaceThere: boolean): Gap | undefined {
  if (!isPlaceThere) return { what: "no longer has all that was written", fromMs, toMs: entries[0]?.__REALTIME_TIMESTAMP };
  const at = entries.findIndex(({ N_DROPPED }) => N_DROPPED !== undefined);
  if (at < 0) return undefined;
  const what = `dropped ${entries[at]?.N_DROPPED} lines that came too fast (RateLimitBurst in journald.conf),`;
  return { what, fromMs: entries[at - 1]?.__REALTIME_TIMESTAMP ?? fromMs, toMs: entries[at]?.__REALTIME_TIMESTAMP };
}

async function entriesOf({ commands, layout, options }: LogHost, where: readonly string[]): Promise<readonly Entry[]> {
  const words = ["--no-pager", "--all", "-o", "json", `--output-fields=${fields}`, ...where, ...wanted];
  const result = await commands.run(hostCommand(layout, "journalctl", ...words), options);
  const said = result.stderr.trim().slice(0, 400);
  if (/not seeing messages from other users|insufficient permissions/i.test(said) || (result.code !== 0 && reasonOf(said) === "denied"))
    throw new MailError(commands.host, "denied", `the journal may not be read (${said})`);
  return commands.read("reading the log", "journal", result, (output) =>
    output
      .split("\n")
      // Where the host was started anew, older versions say so between the entries.
      .filter((line) => line.startsWith("{"))
      .map(parseEntry),
  );
}

function parseEntry(line: string): Entry {
  try {
    return entry.parse(JSON.parse(line));
  } catch {
    // Its own words would quote addresses.
    throw new Error(`journalctl answered a line of ${line.length} characters that is none of its own`);
  }
}
