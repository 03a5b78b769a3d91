// Which program works with the buffer: one small file on the host, made by `ln`, which never replaces another's.
import { MailError } from "./error.ts";
import { quote } from "./quote.ts";
import { type BufferLayout, framed, hostCommand, type Part, succeeded, writeOnce } from "./script.ts";

export interface Claim {
  /** The program that works with this buffer. */
  readonly program: string;
  readonly sinceMs: number;
}

/** The parts of a script that show the claim: `claimed`, `since`, `claim`. */
export function claimParts(layout: BufferLayout): readonly (readonly [name: string, command: string])[] {
  const file = quote(layout.claimFile);
  return [
    ["claimed", hostCommand(layout, "test", "-e", file)],
    ["since", hostCommand(layout, "stat", "-c", "%Y", file)],
    ["claim", hostCommand(layout, "cat", file)],
  ];
}

/** Writes `program` into the claim file unless there is one already, then shows the claim that stands. `nonce` tells two writers apart. */
export function claimScript(layout: BufferLayout, program: string, nonce: string): string {
  return `${writeOnce(layout, layout.claimFile, program, nonce)}; ${framed(claimParts(layout))}`;
}

/** Removes the claim file; harmless when it is not there. */
export function unclaimScript(layout: BufferLayout): string {
  return hostCommand(layout, "rm", "-f", quote(layout.claimFile));
}

/** The claim, or `undefined` when the file is not there. */
export function claimOf(parts: ReadonlyMap<string, Part>): Claim | undefined {
  if (parts.get("claimed")?.code === 1) return undefined;
  succeeded(parts, "claimed");
  return { program: succeeded(parts, "claim").trim(), sinceMs: Number(succeeded(parts, "since")) * 1_000 };
}

/** Why `program` leaves the host alone, and what can be done about it. `lastRun` says who used it last, where that is known. */
export function claimedBy(host: string, claim: Claim, program: string, lastRun = ""): MailError {
  const detail = `is in use by ${claim.program} since ${sayUtc(claim.sinceMs)}${lastRun}, so ${program} leaves it alone. Go on with ${claim.program}; if that program is gone, \`pulumi destroy\` there or removing its claim file on ${host} sets it free.`;
  return new MailError(host, "rejected", detail, { joint: " " });
}

/** `2026-12-05 20:00 UTC` */
export function sayUtc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
