// Quotes one argument for a POSIX shell. The only place where text becomes part of a command line.

/** `it's` -> `'it'\''s'`. @throws {RangeError} for a NUL, which no shell can pass on */
export function quote(argument: string): string {
  if (argument.includes("\0")) throw new RangeError("a NUL cannot stand in a command line");
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
