// What the Pulumi engine says of an operation, event by event, as `--event-log` writes it: which resource was done when, and what its row showed.
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const metadata = z.object({ op: z.string(), urn: z.string() });

const event = z.object({
  diagnosticEvent: z.object({ urn: z.string().optional(), message: z.string(), ephemeral: z.boolean().optional() }).optional(),
  resOutputsEvent: z.object({ metadata }).optional(),
});

export type EngineEvent = z.output<typeof event>;

/** The events of a log file; none where there is no file. */
export function eventsIn(file: string): readonly EngineEvent[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => event.parse(JSON.parse(line)));
}

/** `TransportState ex01` for each resource but the stack that was updated or created, in the order in which they were done. */
export function doneIn(events: readonly EngineEvent[]): readonly string[] {
  return events.flatMap(({ resOutputsEvent: done }) =>
    done === undefined || !["update", "create"].includes(done.metadata.op) || done.metadata.urn.includes("::pulumi:pulumi:Stack::")
      ? []
      : [resourceOf(done.metadata.urn)],
  );
}

/** What the row of a resource showed for a while, in order. */
export function rowsOf(events: readonly EngineEvent[], resource: string): readonly string[] {
  return events.flatMap(({ diagnosticEvent: said }) =>
    said?.ephemeral === true && said.urn !== undefined && resourceOf(said.urn) === resource ? [said.message.trim()] : [],
  );
}

/** What stays under Diagnostics of a resource, in order. */
export function saidOf(events: readonly EngineEvent[], resource: string): readonly string[] {
  return events.flatMap(({ diagnosticEvent: said }) =>
    said !== undefined && said.ephemeral !== true && said.urn !== undefined && resourceOf(said.urn) === resource
      ? [said.message.trim()]
      : [],
  );
}

/** `urn:pulumi:lab::site::exchange:index:SitePause$exchange:index:MxRecord::contoso.com` is `MxRecord contoso.com`. */
function resourceOf(urn: string): string {
  const parts = urn.split("::");
  return `${parts[2]?.split(":").at(-1) ?? ""} ${parts.slice(3).join("::")}`;
}
