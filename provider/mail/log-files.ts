// Reads the mail log where it is a file: on from a place that is known by what stands before it, so it is found again in whatever the file was rotated
// into (renamed, copied and emptied, compressed), however often. Sources: logrotate(8), find(1), dd(1), gzip(1).
import { createHash } from "node:crypto";
import { messageOf } from "../common/reason.ts";
import { type BufferLayout, folderOf, hostCommand, unpackedPart } from "./command.ts";
import { MailError } from "./error.ts";
import { type HostCommands, reasonOf } from "./host-commands.ts";
import { firstTimeIn, readLog } from "./log-events.ts";
import type { Gap, LogHost, LogPart, LogStart } from "./log-reading.ts";
import type { SshResult, SshRun } from "./ssh.ts";

export interface LogFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

type Place = { readonly offsetBytes: number; readonly before: string };

/** Of one file: whole lines, from `fromBytes` of what it holds unpacked; the first `seenBytes` of them were read before. */
interface Lines {
  readonly bytes: Buffer;
  readonly fromBytes: number;
  readonly seenBytes: number;
}

/** How much of what stands before a place is looked at to know it again. */
const beforeBytes = 1_024;
/** A compressed file is unpacked from its beginning for each portion. */
const [portionBytes, unpackedBytes] = [8 * 1024 * 1024, 64 * 1024 * 1024];
/** More than the longest line. */
const tailBytes = 64 * 1024;
const packers: Readonly<Record<string, string>> = { gz: "gzip", bz2: "bzip2", xz: "xz", zst: "zstd" };

/** The log and what it was rotated into, the log first, then from the newest on; none where there is no such file. @throws {MailError} */
export async function listLogFiles(commands: HostCommands, { logFile, sudo }: BufferLayout, options?: SshRun): Promise<readonly LogFile[]> {
  const folder = folderOf(logFile);
  const pattern = `${logFile.slice(logFile.lastIndexOf("/") + 1).replace(/[\\*?[\]]/g, "\\$&")}*`;
  const words = ["-H", folder, "-ignore_readdir_race", "-maxdepth", "1", "-name", pattern, "-type", "f", "-printf", "%s %T@ %f\\n"];
  const text = await commands.ask("reading the log", "files", hostCommand({ sudo }, "find", ...words), (said) => said, options);
  const files = [...text.matchAll(/^(\d+) ([\d.]+) (.+)$/gm)].map(([, size, seconds, name]) => ({
    path: `${folder === "/" ? "" : folder}/${name}`,
    sizeBytes: Number(size),
    modifiedAtMs: Number(seconds) * 1_000,
  }));
  const paths = new Set(files.map(({ path }) => path));
  return files
    .filter(({ path }) => packerOf(path) === undefined || !paths.has(path.replace(/\.\w+$/, "")))
    .toSorted((one, other) => Number(other.path === logFile) - Number(one.path === logFile) || other.modifiedAtMs - one.modifiedAtMs);
}

/** @throws {MailError} `invalidAnswer` or `denied` when one that is needed cannot be read */
export async function readFiles(host: LogHost, files: readonly LogFile[], start: LogStart | undefined): Promise<LogPart> {
  if (start === undefined) return { events: [], position: await endOf(host, files) };
  const place = start.position !== undefined && "before" in start.position ? start.position : undefined;
  const newer: LogFile[] = [];
  for (const file of files) {
    const lines = place === undefined ? undefined : await linesBehind(host, file, place);
    if (lines !== undefined) return partOf(host, [lines, ...(await wholeOf(host, newer))], lines);
    newer.unshift(file);
  }
  const isFromItsBeginning = place?.offsetBytes === 0;
  // What was last written to before the place was read holds nothing that came after it.
  const later = await wholeOf(
    host,
    newer.filter(({ modifiedAtMs }) => isFromItsBeginning || modifiedAtMs >= start.atMs),
  );
  const { events, position } = partOf(host, later, later.at(-1));
  const gap = isFromItsBeginning ? undefined : gapIn(host, later, start.atMs, place !== undefined);
  return { events: events.filter(({ atMs }) => atMs >= start.atMs), position, gap };
}

/** Without the place, what lies between it and the first line that is younger is gone; by its time alone only where no line is older. */
function gapIn({ time }: LogHost, later: readonly Lines[], fromMs: number, isCertain: boolean): Gap | undefined {
  const firsts = later.flatMap(({ bytes }) => firstTimeIn(bytes.subarray(0, 4_096).toString().split("\n"), time) ?? []);
  if (!isCertain && !firsts.every((atMs) => atMs > fromMs)) return undefined;
  if (!isCertain && firsts.length === 0) return undefined;
  return { what: "no longer has all that was written", fromMs, toMs: firsts.find((atMs) => atMs > fromMs) };
}

function partOf({ time }: LogHost, lines: readonly Lines[], first: Lines | undefined): LogPart {
  const events = lines.flatMap(({ bytes, seenBytes }) => readLog(bytes.subarray(seenBytes).toString().split("\n"), time));
  const last = lines.findLast(({ bytes }) => bytes.length > 0) ?? first;
  return { events, position: last === undefined ? nowhere : placeAfter(last) };
}

function placeAfter({ bytes, fromBytes }: Pick<Lines, "bytes" | "fromBytes">): Place {
  return { offsetBytes: fromBytes + bytes.length, before: hashOf(bytes.subarray(-beforeBytes)) };
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The place in a log without a line. */
const nowhere: Place = placeAfter({ bytes: Buffer.alloc(0), fromBytes: 0 });

/** Where the log ends: in the newest file that has a line. */
async function endOf(host: LogHost, files: readonly LogFile[]): Promise<Place> {
  for (const file of files) {
    const lines = await readFrom(host, file, packerOf(file.path) === undefined ? Math.max(0, file.sizeBytes - tailBytes) : 0);
    if (lines !== undefined && lines.bytes.length > 0) return placeAfter(lines);
  }
  return nowhere;
}

async function wholeOf(host: LogHost, files: readonly LogFile[]): Promise<readonly Lines[]> {
  const whole: Lines[] = [];
  for (const file of files) {
    const lines = await readFrom(host, file, 0);
    if (lines !== undefined) whole.push(lines);
  }
  return whole;
}

/** What stands behind `place` in a file, and before it as far as it is looked at; `undefined` where it is another's place. */
async function linesBehind(host: LogHost, file: LogFile, { offsetBytes, before }: Place): Promise<Lines | undefined> {
  if (offsetBytes === 0) return undefined;
  const fromBytes = Math.max(0, offsetBytes - beforeBytes);
  const seenBytes = offsetBytes - fromBytes;
  const isSame = (bytes: Buffer) => bytes.length >= seenBytes && hashOf(bytes.subarray(0, seenBytes)) === before;
  const lines = await readFrom(host, file, fromBytes, isSame);
  return lines && { ...lines, seenBytes };
}

/** All whole lines of a file from `fromBytes` on; `undefined` where the first of them are not what is looked for. */
async function readFrom(
  { commands, layout, options }: LogHost,
  { path }: LogFile,
  fromBytes: number,
  isWanted: (bytes: Buffer) => boolean = () => true,
): Promise<Lines | undefined> {
  const packer = packerOf(path);
  const chunks: Buffer[] = [];
  let fileId: string | undefined;
  for (let offset = fromBytes; ; ) {
    const command = packer === undefined ? portionCommand(layout, path, offset) : unpackedPart(layout, packer, path, offset, unpackedBytes);
    const result = await commands.run(command, options);
    let bytes: Buffer;
    try {
      if (result.code !== 0) throw new Error(`${packer ?? "find"} ended with exit code ${result.code}`);
      if (packer === undefined) ({ bytes, fileId } = parsePortion(result, offset, fileId));
      else bytes = result.stdout;
    } catch (error) {
      const said = result.stderr.trim().slice(0, 400);
      const why = `${path} could not be read: ${messageOf(error)}${said === "" ? "" : ` (${said})`}`;
      throw new MailError(commands.host, said === "" ? "invalidAnswer" : reasonOf(said), why, { cause: error });
    }
    const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
    if (chunks.length === 0 && !isWanted(whole)) return undefined;
    chunks.push(whole);
    offset += whole.length;
    if (bytes.length < (packer === undefined ? portionBytes : unpackedBytes) || whole.length === 0)
      return { bytes: Buffer.concat(chunks), fromBytes, seenBytes: 0 };
  }
}

/** The program that unpacks a file, by its name; `undefined` where it is not packed. */
function packerOf(path: string): string | undefined {
  return packers[path.slice(path.lastIndexOf(".") + 1)];
}

/** Tells the file's inode and size, and shows the bytes, in one command: so they are of one file, unless it is rotated in that very moment. */
function portionCommand(layout: BufferLayout, file: string, fromBytes: number): string {
  const show = ["dd", `if=${file}`, `bs=${portionBytes}`, "count=1", `skip=${fromBytes}`, "iflag=skip_bytes", "status=none"];
  return hostCommand(layout, "find", "-H", file, "-printf", "%i %s\\n", "-exec", ...show, ";");
}

/** @throws {Error} in words, also when not all is there that was told, or it is of another file than the portion before, `fileId` */
function parsePortion({ stdout }: SshResult, fromBytes: number, before: string | undefined): { bytes: Buffer; fileId: string } {
  const headBytes = stdout.indexOf(0x0a) + 1;
  const [, fileId, size] = /^(\d+) (\d+)\n$/.exec(stdout.subarray(0, headBytes).toString()) ?? [];
  if (fileId === undefined) throw new Error("find did not tell its inode and size");
  const bytes = stdout.subarray(headBytes);
  const isShort = bytes.length < Math.min(Number(size) - fromBytes, portionBytes);
  if (isShort || fileId !== (before ?? fileId)) throw new Error("its end was not shown");
  return { bytes, fileId };
}
