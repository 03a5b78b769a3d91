// Reads the buffer's mail log on from where it was left: the file that the program names, with whatever it was rotated into, or the journal where there
// is no such file. How each is read: log-files.ts, log-journal.ts; what the lines mean: log-events.ts.
import { sayRange } from "../common/utc.ts";
import { type BufferLayout, hostCommand } from "./command.ts";
import type { HostCommands } from "./host-commands.ts";
import { parseTime, timeWords } from "./host-time.ts";
import type { LogEvent, LogTime } from "./log-events.ts";
import { listLogFiles, readFiles } from "./log-files.ts";
import { readJournal } from "./log-journal.ts";
import type { SshRun } from "./ssh.ts";

/** The place behind the last line that was read. It names what stands there, so that it is found again wherever that has been moved to. */
export type LogPosition =
  | {
      /** Bytes of the file that were read, unpacked, up to the end of a line; 0 where the log had no line yet. */
      readonly offsetBytes: number;
      /** SHA-256 in hexadecimal of the last 1,024 bytes before it, or of as many as there are. */
      readonly before: string;
    }
  /** The journal's own name of its last line. */
  | { readonly cursor: string };

export interface LogStart {
  /** The host's time when that place was the end, milliseconds since 1970. */
  readonly atMs: number;
  /** Absent: the place is known by its time alone. */
  readonly position?: LogPosition | undefined;
}

export interface LogReading {
  /** Up to the end of the second `readAtMs`: what came while the log was on its way is left for the next reading. */
  readonly events: readonly LogEvent[];
  /** Behind all that was read. */
  readonly position: LogPosition;
  /** The host's own time before the reading, a whole second in milliseconds since 1970. */
  readonly readAtMs: number;
  /** The same after it: what is written from the next second on stands behind `position`. */
  readonly endedAtMs: number;
  /** What the log no longer has of what was written since, with from when to when, in a sentence; `events` are those that it has. */
  readonly gap?: string;
}

/** What one kind of log gives. */
export interface LogPart {
  readonly events: readonly LogEvent[];
  readonly position: LogPosition;
  readonly gap?: Gap | undefined;
}

export interface Gap {
  readonly fromMs: number;
  /** Absent: until now. */
  readonly toMs?: number | undefined;
  /** Goes on after the name of the log: `no longer has what was written`. */
  readonly what: string;
}

/** Asks the host, each time with the same options. */
export interface LogHost {
  readonly commands: HostCommands;
  readonly layout: BufferLayout;
  readonly options: SshRun | undefined;
  readonly time: LogTime;
}

/** The events since `start`; without it none, only where the log ends. @throws {MailError} `invalidAnswer`, `denied` or `rejected` when neither file nor journal can be read */
export async function readLogSince(
  commands: HostCommands,
  layout: BufferLayout,
  start: LogStart | undefined,
  options?: SshRun,
): Promise<LogReading> {
  const what = "reading the log";
  const now = () => commands.ask(what, "now", hostCommand({ sudo: false }, ...timeWords), parseTime, options);
  const [time, files] = await Promise.all([now(), listLogFiles(commands, layout, options)]);
  const host: LogHost = { commands, layout, options, time };
  const wasJournal = start?.position !== undefined && "cursor" in start.position;
  const isThere = files.some(({ path }) => path === layout.logFile);
  const mayBeFile = !wasJournal && files.length > 0 && (isThere || start !== undefined);
  const read = mayBeFile ? await readFiles(host, files, start) : undefined;
  // Just after a rotation there may be no log for a while, but then the place is in what it was rotated into.
  const isFile = read !== undefined && (isThere || read.gap === undefined);
  const { gap, events, position } = isFile ? read : await readJournal(host, start);
  const name = isFile ? layout.logFile : "the journal";
  return {
    events: events.filter(({ atMs }) => atMs < time.nowMs + 1_000),
    position,
    readAtMs: time.nowMs,
    endedAtMs: (await now()).nowMs,
    ...(gap === undefined ? {} : { gap: `${name} ${gap.what} from ${sayRange(gap.fromMs, gap.toMs ?? time.nowMs, layout.timeZone)}` }),
  };
}
