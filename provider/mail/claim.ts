// Which program works with the buffer: one small file on the host that names it, made once.
import { randomBytes } from "node:crypto";
import { sayInstant } from "../common/utc.ts";
import { type BufferLayout, hostCommand, makeOnce } from "./command.ts";
import { MailError } from "./error.ts";
import type { HostCommands } from "./host-commands.ts";
import type { SshRun } from "./ssh.ts";
import { fileIn, readStanding, type StandingFiles } from "./standing-files.ts";

export interface Claim {
  /** The program that works with this buffer. */
  readonly program: string;
  readonly sinceMs: number;
}

/**
 * Marks the host as that of a program, by the name that it has now, the first of `programs`. A claim that bears another of its names is renewed.
 * @throws {MailError} reason `rejected` when another program's claim stands
 */
export async function claimHost(
  commands: HostCommands,
  layout: BufferLayout,
  programs: readonly string[],
  options?: SshRun,
): Promise<void> {
  const { host } = commands;
  const [program = ""] = programs;
  if (!/^[\w./:@-]{1,200}$/.test(program)) throw new MailError(host, "rejected", `"${program}" cannot be the name of a claim`);
  const make = () => commands.run(makeOnce(layout, layout.claimFile, program, randomBytes(6).toString("hex")), options);
  const standing = () => readClaim(commands, layout, "claiming the buffer", reading(options));
  if ((await make()).code === 0) return;
  const stands = await standing();
  if (stands === undefined) throw new MailError(host, "rejected", `the claim could not be written to ${layout.claimFile}`);
  if (stands.program === program) return;
  await unclaimHost(commands, layout, programs, options);
  if ((await make()).code === 0) return;
  const faster = await standing();
  if (faster?.program !== program) throw claimedBy(host, layout, faster ?? stands, program);
}

/**
 * Takes the mark away; harmless when there is none. `programs`: the name that a program has now, and those that it had before.
 * @throws {MailError} reason `rejected` when another program's claim stands
 */
export async function unclaimHost(
  commands: HostCommands,
  layout: BufferLayout,
  programs: readonly string[],
  options?: SshRun,
): Promise<void> {
  const claim = await readClaim(commands, layout, "reading the claim", reading(options));
  if (claim === undefined) return;
  if (!programs.includes(claim.program)) throw claimedBy(commands.host, layout, claim, programs[0] ?? "");
  await commands.act("giving the buffer back", hostCommand(layout, "rm", "-f", layout.claimFile), options);
}

/** The claim, or `undefined` when the file is not there. @throws {MailError} */
export function readClaim(commands: HostCommands, layout: BufferLayout, what: string, options?: SshRun): Promise<Claim | undefined> {
  return readStanding(commands, layout, nameOf(layout), what, (files) => claimIn(files, layout), options);
}

/** The same of what was read. */
export function claimIn(files: StandingFiles, layout: BufferLayout): Claim | undefined {
  const file = fileIn(files, nameOf(layout));
  return file && { program: file.text.trim(), sinceMs: file.modifiedAtMs };
}

/** Why `program` leaves the host alone, and what can be done about it. `lastRun` says who used it last, where that is known. */
export function claimedBy(
  host: string,
  { claimFile, sudo, timeZone }: BufferLayout,
  claim: Claim,
  program: string,
  lastRun = "",
): MailError {
  const remove = `${sudo ? "sudo " : ""}rm ${claimFile}`;
  const detail = `is in use by ${claim.program} since ${sayInstant(claim.sinceMs, timeZone)}${lastRun}, so ${program} leaves it alone. Go on with ${claim.program}; if that program is gone or was this one before it was renamed, type on ${host}: ${remove}`;
  return new MailError(host, "rejected", detail, { joint: " " });
}

function nameOf({ claimFile }: BufferLayout): string {
  return claimFile.slice(claimFile.lastIndexOf("/") + 1);
}

/** Who may not act may still read. */
function reading({ beforeSend: _none, ...options }: SshRun = {}): SshRun {
  return options;
}
