// Reads the buffer's mail log from where it was left, in portions, across one rotation. What the lines mean: log-events.ts.
// A position names the file by its inode, so that a log that began anew is not mistaken for the old one.
import { type BufferLayout, hostCommand } from "./command.ts";
import { MailError, textOf } from "./error.ts";
import type { HostCommands } from "./host-commands.ts";
import { parseTime, timeWords } from "./host-time.ts";
import { type LogEvent, type LogTime, readLog } from "./log-events.ts";
import type { SshResult, SshRun } from "./ssh.ts";

export interface LogPosition {
  /** Inode of the file. */
  readonly fileId: string;
  /** Bytes of it that were read, up to the end of a line. */
  readonly offsetBytes: number;
}

export interface LogReading {
  readonly events: readonly LogEvent[];
  /** Where to go on next time. */
  readonly position: LogPosition;
  /** The host's own time, milliseconds since 1970. */
  readonly readAtMs: number;
}

const portionBytes = 8 * 1024 * 1024;

interface Portion {
  readonly time: LogTime;
  readonly fileId: string;
  /** Of the whole file. */
  readonly sizeBytes: number;
  readonly bytes: Buffer;
}

/** The events since `position`. @throws {MailError} `invalidAnswer` when the log is not there, or was rotated more than once since */
export async function readLogSince(
  commands: HostCommands,
  layout: BufferLayout,
  position: LogPosition | undefined,
  options?: SshRun,
): Promise<LogReading> {
  const { logFile } = layout;
  const lines = (file: string, fromBytes: number) => readFrom(commands, layout, file, fromBytes, options);
  const gap = (what: string) =>
    new MailError(commands.host, "invalidAnswer", `${logFile} ${what} since it was last read, so the ledger has a gap`);
  const reading = (portions: readonly Portion[], { fileId, time }: Portion, offsetBytes: number): LogReading => ({
    events: portions.flatMap(({ bytes, time }) => readLog(bytes.toString().split("\n"), time)),
    position: { fileId, offsetBytes },
    readAtMs: time.nowMs,
  });
  const current = await lines(logFile, position?.offsetBytes ?? 0);
  if (position === undefined) return reading([current], current, current.bytes.length);
  if (current.fileId === position.fileId) {
    if (current.sizeBytes < position.offsetBytes) throw gap("was cut short");
    return reading([current], current, position.offsetBytes + current.bytes.length);
  }
  const rotated = await lines(`${logFile}.1`, position.offsetBytes);
  if (rotated.fileId !== position.fileId) throw gap("was rotated more than once");
  const fresh = await lines(logFile, 0);
  return reading([rotated, fresh], fresh, fresh.bytes.length);
}

/** All whole lines of `file` from `fromBytes` on. */
async function readFrom(commands: HostCommands, layout: BufferLayout, file: string, fromBytes: number, options?: SshRun): Promise<Portion> {
  const chunks: Buffer[] = [];
  let portion: Portion | undefined;
  for (let offset = fromBytes; ; ) {
    const result = await commands.run(portionCommand(layout, file, offset), options);
    try {
      portion = parsePortion(result, offset, portion);
    } catch (error) {
      throw new MailError(commands.host, "invalidAnswer", `${file} could not be read: ${textOf(error)}`, { cause: error });
    }
    const whole = portion.bytes.subarray(0, portion.bytes.lastIndexOf(0x0a) + 1);
    chunks.push(whole);
    offset += whole.length;
    if (portion.bytes.length < portionBytes || whole.length === 0) return { ...portion, bytes: Buffer.concat(chunks) };
  }
}

/** Tells the time, the file's inode and size, and shows the bytes, in one command: so they are of one file, unless it is rotated in that very moment. */
function portionCommand(layout: BufferLayout, file: string, fromBytes: number): string {
  const show = ["dd", `if=${file}`, `bs=${portionBytes}`, "count=1", `skip=${fromBytes}`, "iflag=skip_bytes", "status=none"];
  return hostCommand(layout, "find", "-H", file, "-exec", ...timeWords, ";", "-printf", "%i %s\\n", "-exec", ...show, ";");
}

/** @throws {Error} in words, also when not all is there that was told, or it is of another file than the portion `before` */
function parsePortion({ code, stdout }: SshResult, fromBytes: number, before: Portion | undefined): Portion {
  if (code !== 0) throw new Error(`the part "file" ended with exit code ${code}`);
  const headBytes = stdout.indexOf(0x0a, stdout.indexOf(0x0a) + 1) + 1;
  const [time = "", about = ""] = stdout.subarray(0, headBytes).toString().split("\n");
  const [, fileId, size] = /^(\d+) (\d+)$/.exec(about) ?? [];
  if (fileId === undefined) throw new Error("find did not tell its inode and size");
  const portion = { time: parseTime(time), fileId, sizeBytes: Number(size), bytes: stdout.subarray(headBytes) };
  const isShort = portion.bytes.length < Math.min(portion.sizeBytes - fromBytes, portionBytes);
  if (isShort || fileId !== (before ?? portion).fileId) throw new Error("its end was not shown");
  return portion;
}
