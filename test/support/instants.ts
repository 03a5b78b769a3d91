// Times as people read them, written for tests once more.

/** `Fri 4 Dec 18:02 UTC (19:02 in Berlin)`. */
export function sayInstant(at: string): string {
  const inZone = (timeZone: string, parts: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...parts, timeZone }).format(new Date(at));
  const day = (zone: string) => inZone(zone, { weekday: "short", day: "numeric", month: "short" }).replaceAll(",", "");
  const time = (zone: string) => inZone(zone, { hour: "2-digit", minute: "2-digit" });
  const local = day("Europe/Berlin") === day("UTC") ? "" : `${day("Europe/Berlin")} `;
  return `${day("UTC")} ${time("UTC")} UTC (${local}${time("Europe/Berlin")} in Berlin)`;
}
