// The DAG as a pause needs it: its members, and whether it moves databases by itself. Sources: Get- and Set-DatabaseAvailabilityGroup.
// Door: any. The DAG is an object of the directory, and what -Status adds comes from its Primary Active Manager, whichever server asks.

import type { ActOptions, ReadOptions } from "../common/options.ts";
import { serverName } from "./doors.ts";
import { CmdletError } from "./error.ts";
import type { Organisation } from "./organisation.ts";
import { textIn, textsIn, timeSpanIn } from "./parse.ts";
import { serviceReadings } from "./services.ts";

export interface AvailabilityGroup {
  readonly name: string;
  /** Short names. */
  readonly servers: readonly string[];
  /** How often databases are moved to the server they prefer, as Exchange writes a time span; `never` when they are not. */
  readonly preferenceMoveFrequency: string;
}

/** How .NET writes an infinite time span; over 49.7 days instead would crash the replication service. */
const infinite = "-00:00:00.0010000";
export const never = "never";

/** One DAG. @throws {CmdletError} `notFound` @see Get-DatabaseAvailabilityGroup -Status */
export async function getAvailabilityGroup(
  organisation: Organisation,
  via: string,
  name: string,
  options: ReadOptions,
): Promise<AvailabilityGroup> {
  return organisation.shared(`dag ${name}`, options.maxAgeMs, async () => {
    const objects = await organisation.run(via, "Get-DatabaseAvailabilityGroup", { Identity: name, Status: true }, options);
    const object = objects.find(
      (candidate) => textIn(candidate, "Name", "Get-DatabaseAvailabilityGroup").toLowerCase() === name.toLowerCase(),
    );
    if (object === undefined) throw new CmdletError("notFound", `Get-DatabaseAvailabilityGroup on ${via}: there is no ${name}`);
    const frequency = timeSpanIn(object, "PreferenceMoveFrequency", "Get-DatabaseAvailabilityGroup");
    return {
      name: textIn(object, "Name", "Get-DatabaseAvailabilityGroup"),
      servers: textsIn(object, "Servers").map(serverName).sort(),
      preferenceMoveFrequency: frequency.startsWith("-") ? never : frequency,
    };
  });
}

/** Names of all DAGs: the cheapest proof that a server's Exchange endpoint works and reaches its directory. @see Get-DatabaseAvailabilityGroup */
export async function getAvailabilityGroups(organisation: Organisation, server: string, options: ReadOptions): Promise<readonly string[]> {
  return organisation.shared(`dags ${server}`, options.maxAgeMs, async () => {
    const objects = await organisation.run(server, "Get-DatabaseAvailabilityGroup", {}, { ...options, door: "own" });
    return objects.map((object) => textIn(object, "Name", "Get-DatabaseAvailabilityGroup"));
  });
}

/** Sets how often databases go home by themselves; `never` stops it. @see Set-DatabaseAvailabilityGroup -PreferenceMoveFrequency */
export async function setPreferenceMoveFrequency(
  organisation: Organisation,
  via: string,
  name: string,
  frequency: string,
  options?: ActOptions,
): Promise<void> {
  organisation.changed(serviceReadings);
  const parameters = { Identity: name, PreferenceMoveFrequency: frequency === never ? infinite : frequency };
  await organisation.run(via, "Set-DatabaseAvailabilityGroup", parameters, options);
  organisation.changed(serviceReadings);
}
