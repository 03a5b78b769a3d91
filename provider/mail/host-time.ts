// The buffer host's own time and zone, as date(1) says them.
import type { LogTime } from "./log-events.ts";

export const timeWords = ["date", "+%s %z"] as const;

/** `1795225428 +0100` */
export function parseTime(text: string): LogTime {
  const match = /^(\d+) ([+-])(\d\d)(\d\d)\s*$/.exec(text);
  if (match === null) throw new Error(`date answered "${text.slice(0, 80)}"`);
  const minutes = Number(match[3]) * 60 + Number(match[4]);
  return { nowMs: Number(match[1]) * 1_000, offsetMinutes: match[2] === "-" ? -minutes : minutes };
}
