// An Obj while it is being read, and what it turns out to be once its element is closed.
import { OBJECT_ARRAY, type PsObject, type PsValue } from "./values.ts";

/** A PsObject while its element is open. It exists from the start tag on, because a Ref inside may name it. */
export interface OpenObject {
  kind: "object";
  typeNames: readonly string[];
  text?: string;
  properties: ReadonlyMap<string, PsValue>;
  notes: ReadonlyMap<string, PsValue>;
  value?: PsValue;
  items?: { container: "LST" | "IE" | "QUE" | "STK"; values: PsValue[] };
  entries?: (readonly [PsValue, PsValue])[];
}

/** The list behind an Obj that is nothing but `Object[]`. */
export function plainListOf(object: OpenObject | PsObject): readonly PsValue[] | undefined {
  const bare = object.text === undefined && object.value === undefined && object.entries === undefined;
  if (!bare || object.properties.size > 0 || object.notes.size > 0 || object.items?.container !== "LST") return undefined;
  const isArray = object.typeNames.length === OBJECT_ARRAY.length && object.typeNames.every((name, index) => name === OBJECT_ARRAY[index]);
  return isArray ? object.items.values : undefined;
}
