// Short ways to write the objects that are sent: for requests here, and for whoever answers them.
import type { PsObject, PsValue } from "./values.ts";

/** The parts of an object, each optional. Undefined entries of `properties` and `notes` are left out, as a getter that throws is on a real wire. */
export interface PsObjectParts {
  /** Most derived first, `System.Object` included where it is wanted. */
  readonly typeNames?: readonly string[] | undefined;
  readonly text?: string | undefined;
  readonly properties?: Readonly<Record<string, PsValue | undefined>> | undefined;
  readonly notes?: Readonly<Record<string, PsValue | undefined>> | undefined;
  readonly value?: PsValue | undefined;
  /** A list becomes LST. */
  readonly items?: PsObject["items"] | readonly PsValue[] | undefined;
  readonly entries?: PsObject["entries"] | undefined;
}

/** An object out of plain records. */
export function psObject(parts: PsObjectParts): PsObject {
  return {
    kind: "object",
    typeNames: parts.typeNames ?? [],
    ...(parts.text === undefined ? {} : { text: parts.text }),
    properties: membersOf(parts.properties),
    notes: membersOf(parts.notes),
    ...(parts.value === undefined ? {} : { value: parts.value }),
    ...(parts.items === undefined
      ? {}
      : { items: "container" in parts.items ? parts.items : { container: "LST" as const, values: parts.items } }),
    ...(parts.entries === undefined ? {} : { entries: parts.entries }),
  };
}

/** An enum value of 32 bits: `psEnum("System.DayOfWeek", "Friday", 5)`. */
export function psEnum(typeName: string, name: string, number: number): PsObject {
  return psObject({ typeNames: [typeName, "System.Enum", "System.ValueType", "System.Object"], text: name, value: number });
}

/** `@{…}`: a hashtable with text keys. */
export function hashtable(record: Readonly<Record<string, PsValue>>): PsObject {
  return psObject({ typeNames: ["System.Collections.Hashtable", "System.Object"], entries: Object.entries(record) });
}

function membersOf(record: Readonly<Record<string, PsValue | undefined>> | undefined): ReadonlyMap<string, PsValue> {
  const members = new Map<string, PsValue>();
  for (const [name, value] of Object.entries(record ?? {})) if (value !== undefined) members.set(name, value);
  return members;
}
