// The remark that stands on a record while its set is not as it normally is: it tells whoever looks at the DNS API, and a later run, who did it.
// Cloudflare takes 100 characters on its free plan.

const start = "pulumi-exchange ";

/** `pulumi-exchange site/berlin: paused; normally TTL 3600` */
export function markOf(program: string, normalTtlSeconds: number): string {
  return `${start}${program.slice(0, 50)}: paused; normally TTL ${normalTtlSeconds}`;
}

/** The program in a mark; `undefined` for any other remark. */
export function programOf(note: string): string | undefined {
  return note.startsWith(start) ? /^([^:]*):/.exec(note.slice(start.length))?.[1] : undefined;
}

/** Whether `mark` names this program. */
export function isOwn(markedBy: string, program: string): boolean {
  return markedBy === program.slice(0, 50);
}
