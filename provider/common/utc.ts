// A moment as it is said where nobody's time zone is known.

/** `2026-12-05 20:00 UTC` */
export function sayUtc(ms: number): string {
  return `${utcMinute(ms)} UTC`;
}

/** `2026-12-04 18:00 to 2026-12-05 20:00 UTC` */
export function sayUtcRange(fromMs: number, toMs: number): string {
  return `${utcMinute(fromMs)} to ${sayUtc(toMs)}`;
}

function utcMinute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}
