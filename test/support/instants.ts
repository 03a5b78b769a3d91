// Times as people read them, written for tests once more, and one as programs have it.
import { z } from "zod";

/** `Fri 4 Dec 18:02 UTC (19:02 in Berlin)`. */
export function sayInstant(at: string): string {
  const inZone = (timeZone: string, parts: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...parts, timeZone }).format(new Date(at));
  const day = (zone: string) => inZone(zone, { weekday: "short", day: "numeric", month: "short" }).replaceAll(",", "");
  const time = (zone: string) => inZone(zone, { hour: "2-digit", minute: "2-digit" });
  const local = day("Europe/Berlin") === day("UTC") ? "" : `${day("Europe/Berlin")} `;
  return `${day("UTC")} ${time("UTC")} UTC (${local}${time("Europe/Berlin")} in Berlin)`;
}

const kept = z.object({
  checkpoint: z.object({
    latest: z.object({
      resources: z.array(
        z.object({ outputs: z.object({ zone: z.string(), earliestFlipAt: z.iso.datetime() }).catch({ zone: "", earliestFlipAt: "" }) }),
      ),
    }),
  }),
});

/** When the MX of a zone may change, as Pulumi's state has it for programs. */
export function flipIn(state: string, zone: string): string {
  const { resources } = kept.parse(JSON.parse(state)).checkpoint.latest;
  return resources.find(({ outputs }) => outputs.zone === zone)?.outputs.earliestFlipAt ?? "";
}
