// A moment as people read it, in one way everywhere: in UTC, and in the time zone of their site where that is known.
import { kept } from "./kept.ts";

/** `Fri 4 Dec 18:02 UTC (19:02 in Berlin)`, with the local day where it is another; without a zone when it is UTC. */
export function sayInstant(ms: number, timeZone = "UTC"): string {
  const utc = `${dayOf(ms, "UTC")} ${timeOf(ms, "UTC")} UTC`;
  if (timeZone === "UTC") return utc;
  const day = dayOf(ms, timeZone) === dayOf(ms, "UTC") ? "" : `${dayOf(ms, timeZone)} `;
  return `${utc} (${day}${timeOf(ms, timeZone)} in ${timeZone.replace(/^.*\//, "").replaceAll("_", " ")})`;
}

/** `Fri 4 Dec 18:00 UTC (19:00 in Berlin) to Sat 5 Dec 20:00 UTC (21:00 in Berlin)` */
export function sayRange(fromMs: number, toMs: number, timeZone = "UTC"): string {
  return `${sayInstant(fromMs, timeZone)} to ${sayInstant(toMs, timeZone)}`;
}

/** `2026-12-04 18:00 to 2026-12-05 20:00 UTC`: where it is read years later, or cut off at a column. */
export function sayUtcRange(fromMs: number, toMs: number): string {
  return `${utcMinute(fromMs)} to ${utcMinute(toMs)} UTC`;
}

function utcMinute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

function dayOf(ms: number, timeZone: string): string {
  return formatOf({ weekday: "short", day: "numeric", month: "short", timeZone }).format(ms).replaceAll(",", "");
}

function timeOf(ms: number, timeZone: string): string {
  return formatOf({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(ms);
}

/** Each is made once: making one costs a hundred times what formatting with it does. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(formats, JSON.stringify(options), () => new Intl.DateTimeFormat("en-GB", options));
}
