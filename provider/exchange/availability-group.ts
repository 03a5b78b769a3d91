// Reads the DAG and sets whether it moves databases by itself. Sources: Get- and Set-DatabaseAvailabilityGroup. Any server is asked: the DAG is an
// object of the directory, and what -Status adds comes from its Primary Active Manager, whichever server asks.
import { sameName } from "../common/names.ts";
import type { ActOptions, ReadOptions } from "../common/options.ts";
import { reasonOf } from "../common/reason.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { serverName } from "./endpoints.ts";
import { CmdletError } from "./error.ts";
import type { Organisation } from "./organisation.ts";
import { textIn, textsIn, timeSpanIn } from "./parse.ts";
import { databaseAvailabilityGroups, viewOnlyConfiguration } from "./roles.ts";
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

const anyServer = { endpoint: "exchange", scope: "anyServer", domainController: true } as const;

export const GetDatabaseAvailabilityGroup = defineCmdlet({
  name: "Get-DatabaseAvailabilityGroup",
  ...anyServer,
  writes: false,
  parameters: { Identity: "DatabaseAvailabilityGroupIdParameter", Status: "SwitchParameter" },
  role: viewOnlyConfiguration,
});

export const SetDatabaseAvailabilityGroup = defineCmdlet({
  name: "Set-DatabaseAvailabilityGroup",
  ...anyServer,
  writes: true,
  parameters: { Identity: "DatabaseAvailabilityGroupIdParameter", PreferenceMoveFrequency: "TimeSpan" },
  role: databaseAvailabilityGroups,
});

/** One DAG. @throws {CmdletError} `notFound` @see Get-DatabaseAvailabilityGroup -Status */
export async function getAvailabilityGroup(
  organisation: Organisation,
  via: string,
  name: string,
  options: ReadOptions,
): Promise<AvailabilityGroup> {
  return organisation.shared(`dag ${name}`, options.maxAgeMs, async () => {
    const objects = await organisation
      .run(via, GetDatabaseAvailabilityGroup, { Identity: name, Status: true }, options)
      .catch((error: unknown) => noneWhenNotFound(error));
    const object = objects.find((candidate) => sameName(textIn(candidate, "Name", GetDatabaseAvailabilityGroup), name));
    if (object === undefined) throw await thereIsNo(name, organisation, via, options);
    const frequency = timeSpanIn(object, "PreferenceMoveFrequency", GetDatabaseAvailabilityGroup);
    return {
      name: textIn(object, "Name", GetDatabaseAvailabilityGroup),
      servers: textsIn(object, "Servers").map(serverName).sort(),
      preferenceMoveFrequency: frequency.startsWith("-") ? never : frequency,
    };
  });
}

function noneWhenNotFound(error: unknown): readonly [] {
  if (reasonOf(error) !== "notFound") throw error;
  return [];
}

/** Says which DAGs there are. */
async function thereIsNo(name: string, organisation: Organisation, via: string, options: ReadOptions): Promise<CmdletError> {
  const objects = await organisation.run(via, GetDatabaseAvailabilityGroup, {}, options);
  const names = objects.map((object) => textIn(object, "Name", GetDatabaseAvailabilityGroup)).join(", ");
  return new CmdletError(
    "notFound",
    `${GetDatabaseAvailabilityGroup.name} on ${via}: no DAG is called ${name}; there are ${names || "none"}`,
  );
}

/** Names of all DAGs: the cheapest proof that a server's Exchange endpoint works and reaches its directory. @see Get-DatabaseAvailabilityGroup */
export async function getAvailabilityGroups(organisation: Organisation, server: string, options: ReadOptions): Promise<readonly string[]> {
  return organisation.shared(`dags ${server}`, options.maxAgeMs, async () => {
    const objects = await organisation.run(server, GetDatabaseAvailabilityGroup, {}, { ...options, scope: "thisServer" });
    return objects.map((object) => textIn(object, "Name", GetDatabaseAvailabilityGroup));
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
  await organisation.run(via, SetDatabaseAvailabilityGroup, parameters, options);
  organisation.changed(serviceReadings);
}
