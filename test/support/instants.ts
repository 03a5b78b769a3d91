// Times as people read them, written for tests once more, and one as programs have it.

/** `Fri 4 Dec 18:02 UTC (19:02 in Berlin)`. */
export function sayInstant(at: string): string {
  const inZone = (timeZone: string, parts: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...parts, timeZone }).format(new Date(at));
  const day = (zone: string) => inZone(zone, { weekday: "short", day: "numeric", month: "short" }).replaceAll(",", "");
  const time = (zone: string) => inZone(zone, { hour: "2-digit", minute: "2-digit" });
  const local = day("Europe/Berlin") === day("UTC") ? "" : `${day("Europe/Berlin")} `;
  return `${day("UTC")} ${time("UTC")} UTC (${local}${time("Europe/Berlin")} in Berlin)`;
}

/** When the MX of a zone may change, as Pulumi's state has it for programs. */
export function flipIn(state: string, zone: string): string {
  const { resources } = JSON.parse(state).checkpoint.latest;
  return resources.find(({ urn }: { readonly urn: string }) => urn.endsWith(`MxRecord::${zone}`)).outputs.earliestFlipAt;
}
