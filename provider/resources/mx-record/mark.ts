// The remark that stands on a record while its set is not as it normally is: it tells whoever looks at the DNS API, and a later run, who did it.
// Cloudflare takes 100 characters on its free plan.
import { createHash } from "node:crypto";
import type { Notes } from "./members.ts";

const start = "pulumi-exchange ";
/** Characters of a mark that are left for the program's name. */
const nameLength = 50;

/** `pulumi-exchange site/berlin: paused; normally TTL 3600` */
export function markOf(program: string, normalTtlSeconds: number): string {
  return `${start}${nameInMark(program)}: paused; normally TTL ${normalTtlSeconds}`;
}

/** The program in a mark; `undefined` for any other remark. */
export function programOf(note: string): string | undefined {
  return note.startsWith(start) ? /^([^:]*):/.exec(note.slice(start.length))?.[1] : undefined;
}

/** The normal TTL that a mark remembers, in seconds; `undefined` for any other remark. */
export function normalTtlIn(note: string): number | undefined {
  const [, seconds] = /: paused; normally TTL (\d+)$/.exec(note) ?? [];
  return programOf(note) === undefined || seconds === undefined ? undefined : Number(seconds);
}

/** The programs whose marks stand among these remarks, sorted. */
export function markersOf(notes: Notes): readonly string[] {
  return [...new Set(Object.values(notes).flatMap((note) => programOf(note) ?? []))].sort();
}

/** Whether a mark names this program. An earlier version only cut off a name that is too long. */
export function isOwn(markedBy: string, program: string): boolean {
  return markedBy === nameInMark(program) || markedBy === program.slice(0, nameLength);
}

/** A name that is too long ends in a digest of all of it, so that two that begin alike are told apart. */
function nameInMark(program: string): string {
  if (program.length <= nameLength) return program;
  const digest = createHash("sha256").update(program).digest("hex").slice(0, 8);
  return `${program.slice(0, nameLength - 1 - digest.length)}~${digest}`;
}
