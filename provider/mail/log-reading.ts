// Reads the buffer's mail log from where it was left, in portions, across one rotation. What the lines mean: log-events.ts.
// A position names the file by its inode, so that a log that began anew is not mistaken for the old one.
import { MailError, textOf } from "./error.ts";
import { type LogEvent, readLog } from "./log-events.ts";
import { quote } from "./quote.ts";
import { type BufferLayout, framed, hostCommand, parseNow, succeeded, unframed } from "./script.ts";

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

type Run = (script: string) => Promise<Buffer>;

interface Portion {
  readonly fileId: string;
  /** Of the whole file. */
  readonly sizeBytes: number;
  readonly nowMs: number;
  readonly offsetMinutes: number;
  readonly bytes: Buffer;
}

/** The events since `position`. @throws {MailError} `invalidAnswer` when the log is not there, or was rotated more than once since */
export async function readLogSince(layout: BufferLayout, position: LogPosition | undefined, run: Run, host: string): Promise<LogReading> {
  const current = await readFrom(layout, layout.logFile, position?.offsetBytes ?? 0, run, host);
  if (position === undefined) return readingOf([current], current, 0);
  if (current.fileId === position.fileId) {
    if (current.sizeBytes < position.offsetBytes) throw gap(layout, host, "was cut short");
    return readingOf([current], current, position.offsetBytes);
  }
  const rotated = await readFrom(layout, `${layout.logFile}.1`, position.offsetBytes, run, host);
  if (rotated.fileId !== position.fileId) {
    throw new MailError(
      host,
      "invalidAnswer",
      `${layout.logFile} was rotated more than once since it was last read, so the ledger has a gap`,
    );
  }
  const fresh = await readFrom(layout, layout.logFile, 0, run, host);
  return readingOf([rotated, fresh], fresh, 0);
}

function gap({ logFile }: BufferLayout, host: string, what: string): MailError {
  return new MailError(host, "invalidAnswer", `${logFile} ${what} since it was last read, so the ledger has a gap`);
}

function readingOf(portions: readonly Portion[], last: Portion, fromBytes: number): LogReading {
  const events = portions.flatMap(({ bytes, nowMs, offsetMinutes }) => readLog(bytes.toString().split("\n"), { nowMs, offsetMinutes }));
  return { events, position: { fileId: last.fileId, offsetBytes: fromBytes + last.bytes.length }, readAtMs: last.nowMs };
}

/** All whole lines of `file` from `fromBytes` on. */
async function readFrom(layout: BufferLayout, file: string, fromBytes: number, run: Run, host: string): Promise<Portion> {
  const chunks: Buffer[] = [];
  for (let offset = fromBytes; ; ) {
    const portion = await readPortion(layout, file, offset, run, host);
    const whole = portion.bytes.subarray(0, portion.bytes.lastIndexOf(0x0a) + 1);
    chunks.push(whole);
    offset += whole.length;
    if (portion.bytes.length < portionBytes || whole.length === 0) return { ...portion, bytes: Buffer.concat(chunks) };
  }
}

async function readPortion(layout: BufferLayout, file: string, fromBytes: number, run: Run, host: string): Promise<Portion> {
  const head = framed([
    ["now", "date '+%s %z'"],
    ["file", hostCommand(layout, "stat", "-c", "'%i %s'", quote(file))],
  ]);
  const tail = `${hostCommand(layout, "tail", "-c", `+${fromBytes + 1}`, quote(file))} | head -c ${portionBytes}`;
  const output = await run(`${head}; printf '== lines\\n'; ${tail}`);
  const marker = Buffer.from("\n== lines\n");
  const at = output.indexOf(marker);
  try {
    const parts = unframed(output.subarray(0, at + 1).toString());
    const { nowMs, offsetMinutes } = parseNow(succeeded(parts, "now"));
    const [fileId = "", size] = succeeded(parts, "file").trim().split(" ");
    return { fileId, sizeBytes: Number(size), nowMs, offsetMinutes, bytes: output.subarray(at + marker.length) };
  } catch (error) {
    throw new MailError(host, "invalidAnswer", `${file} could not be read: ${textOf(error)}`, { cause: error });
  }
}
