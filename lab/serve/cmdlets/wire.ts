// Writes Exchange's values as a plain client sees them: complex values as their text, enums as their name, lists of texts.
// Source: facts/remoting.md 3.6 and 10.1; property blocks as in the recordings of Exchange 2016 and 2019.
import { psEnum, psObject } from "../../../provider/remoting/clixml/build.ts";
import { PsDate, type PsObject, PsTagged, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import { guidOf } from "../../world/guid.ts";
import type { Site } from "../../world/site.ts";
import type { Call } from "./call.ts";

export type Properties = Readonly<Record<string, PsValue>>;

/** Exchange 2019 CU14. */
export const productVersion = "Version 15.2 (Build 1544.4)";
export const installPath = "C:\\Program Files\\Microsoft\\Exchange Server\\V15";

const stringList = [
  "Microsoft.Exchange.Data.MultiValuedProperty`1[[System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
  "Microsoft.Exchange.Data.MultiValuedPropertyBase",
  "System.Object",
];
const adObjectBases = [
  "Microsoft.Exchange.Data.Directory.ADObject",
  "Microsoft.Exchange.Data.Directory.ADRawEntry",
  "Microsoft.Exchange.Data.ConfigurableObject",
  "System.Object",
];

export function guid(text: string): PsTagged {
  return new PsTagged("G", text);
}

/** An enum value: its name, or, where the world is switched so, name and number. */
export function enumeration(site: Site, typeName: string, name: string, numbers: Readonly<Record<string, number>>): PsValue {
  const number = numbers[name];
  return site.switches.enums === "objects" && number !== undefined ? psEnum(typeName, name, number) : name;
}

/** Milliseconds since 1970 as a date in UTC; `null` for none. */
export function utcDate(ms: number | undefined): PsDate | null {
  return ms === undefined ? null : new PsDate(new Date(ms).toISOString().replace(".000Z", "Z"));
}

/** A MultiValuedProperty of texts. */
export function texts(values: readonly string[], typeNames: readonly string[] = stringList): PsObject {
  return psObject({ typeNames, items: values });
}

/** A .NET array. */
export function array(elementType: string, values: readonly PsValue[]): PsObject {
  return psObject({ typeNames: [`${elementType}[]`, "System.Array", "System.Object"], items: values });
}

/** An object of a class below ConfigurableObject that lives in no directory. */
export function configurable(typeName: string, properties: Properties, identity: PsValue = null): PsObject {
  return psObject({
    typeNames: [typeName, "Microsoft.Exchange.Data.ConfigurableObject", "System.Object"],
    text: typeName,
    properties: { ...properties, Identity: identity, IsValid: true, ObjectState: "New" },
  });
}

/** Base of those that are settings: they have an AdminDisplayName. */
export const configurationObject = "Microsoft.Exchange.Data.Directory.SystemConfiguration.ADConfigurationObject";

export interface DirectoryPlace {
  readonly name: string;
  /** Containers below the organisation, innermost first: `CN=Servers,CN=…`. */
  readonly container: string;
  /** Class in the schema, such as `ms-Exch-Exchange-Server`. */
  readonly schemaClass: string;
  readonly objectClasses: readonly string[];
  readonly guid?: string;
  readonly schemaVersion?: string;
}

const organisation = "CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=local";
export const administrativeGroup = "CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups";

/** Whose view of the directory is asked. */
export type DirectoryView = Pick<Call, "site" | "controller">;

/** An object of the directory: its own properties, then the block that all of them have. */
export function directoryObject(
  { site, controller }: DirectoryView,
  typeNames: readonly string[],
  properties: Properties,
  place: DirectoryPlace,
): PsObject {
  const createdMs = Date.UTC(2024, 2, 9, 14, 31, 27);
  return psObject({
    typeNames: [...typeNames, ...adObjectBases],
    text: place.name,
    properties: {
      ...properties,
      ...(typeNames.includes(configurationObject) ? { AdminDisplayName: "" } : {}),
      ExchangeVersion: place.schemaVersion ?? "0.1 (8.0.535.0)",
      Name: place.name,
      DistinguishedName: `CN=${place.name},${place.container},${organisation}`,
      Identity: place.name,
      Guid: guid(place.guid ?? guidOf(`${place.schemaClass} ${place.name}`)),
      ObjectCategory: `${site.cast.adDomain}/Configuration/Schema/${place.schemaClass}`,
      ObjectClass: texts(place.objectClasses),
      WhenChanged: new PsDate("2026-10-02T11:20:23+02:00"),
      WhenCreated: new PsDate("2024-03-09T15:31:27+01:00"),
      WhenChangedUTC: new PsDate("2026-10-02T09:20:23Z"),
      WhenCreatedUTC: utcDate(createdMs),
      OrganizationId: "",
      Id: place.name,
      OriginatingServer: controller.fqdn,
      IsValid: true,
      ObjectState: "Unchanged",
    },
  });
}
