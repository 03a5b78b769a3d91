// The fixed scripts that the buffer host runs: how a command is written, how several answers come back in one round trip.
// Every part carries its exit code: what could not be read is not empty. What is asked, and what answers mean, is for others.
import { quote } from "./quote.ts";

/** Where things lie on the host and how it is asked. */
export interface BufferLayout {
  /** Every command is begun with `sudo -n`. */
  readonly sudo: boolean;
  readonly configDirectory: string;
  readonly claimFile: string;
  readonly logFile: string;
}

/** A command of Postfix by its full path: `/usr/sbin` is not on the search path of an ordinary user. */
export function postfixCommand({ sudo, configDirectory }: BufferLayout, program: string, ...words: readonly string[]): string {
  return [...(sudo ? ["sudo", "-n"] : []), `/usr/sbin/${program}`, "-c", quote(configDirectory), ...words].join(" ");
}

/** Any other command of the script. */
export function hostCommand({ sudo }: BufferLayout, ...words: readonly string[]): string {
  return [...(sudo ? ["sudo", "-n"] : []), ...words].join(" ");
}

/**
 * Writes `text` into `file`, whose folder is made, unless there is one of that name already: `ln` never replaces another's. `nonce` tells two writers apart.
 * The text stands in the command line: what comes by stdin is cut off where the connection breaks, and half of it would be kept.
 */
export function writeOnce(layout: BufferLayout, file: string, text: string, nonce: string): string {
  const draft = quote(`${file}.${nonce}`);
  const make = [
    hostCommand(layout, "mkdir", "-p", quote(folderOf(file))),
    `printf '%s\\n' ${quote(text)} | ${hostCommand(layout, "tee", draft)} > /dev/null`,
    hostCommand(layout, "ln", draft, quote(file)),
  ].join(" && ");
  return `${framed([["make", make]])}; ${hostCommand(layout, "rm", "-f", draft)}`;
}

/** `/var/lib` of `/var/lib/claim`. */
export function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/")) || "/";
}

/** One part after the other, each framed by its name and its exit code. */
export function framed(parts: readonly (readonly [name: string, command: string])[]): string {
  return parts.map(([name, command]) => `printf '== %s\\n' ${name}; ${command}; printf '\\n== end %s\\n' "$?"`).join("; ");
}

export interface Part {
  readonly code: number;
  readonly text: string;
}

/** The parts by name. Of two with the same name the first counts: what a file holds cannot pass for an earlier part. */
export function unframed(output: string): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  for (const match of output.matchAll(/^== (\w+)\n([\s\S]*?)\n== end (\d+)\n/gm)) {
    const [, name = "", text = "", code] = match;
    if (!parts.has(name)) parts.set(name, { code: Number(code), text });
  }
  return parts;
}

/** The text of a part that ended well. @throws {Error} when it did not, or is missing */
export function succeeded(parts: ReadonlyMap<string, Part>, name: string): string {
  const part = parts.get(name);
  if (part === undefined) throw new Error(`the answer has no part "${name}"`);
  if (part.code !== 0) throw new Error(`the part "${name}" ended with exit code ${part.code}`);
  return part.text;
}

/** `1795225428 +0100`, as `date '+%s %z'` says it. */
export function parseNow(text: string): { readonly nowMs: number; readonly offsetMinutes: number } {
  const match = /^(\d+) ([+-])(\d\d)(\d\d)\s*$/.exec(text);
  if (match === null) throw new Error(`date answered "${text.slice(0, 80)}"`);
  const minutes = Number(match[3]) * 60 + Number(match[4]);
  return { nowMs: Number(match[1]) * 1_000, offsetMinutes: match[2] === "-" ? -minutes : minutes };
}
