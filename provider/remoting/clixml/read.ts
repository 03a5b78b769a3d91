// Typed readers for whoever parses an object at an edge. The same fact arrives in several dresses: an enum as its name, as an Obj with
// ToString and a number, or as the number alone; a list as LST, as one item, or as Nil. `undefined` always means "does not say".
import { isPsList, isPsObject, PsDate, type PsObject, PsTagged, type PsValue } from "./values.ts";

/** A property or note by name, without regard to case; properties come first, as in PowerShell's adapted view. */
export function property(object: PsObject, name: string): PsValue | undefined {
  const adapted = memberOf(object.properties, name);
  return adapted === undefined ? memberOf(object.notes, name) : adapted; // null is an answer
}

/** What PowerShell would print: text, an enum's name, ToString, a date or a number as on the wire. Nothing for null and lists. */
export function textOf(value: PsValue | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value instanceof PsDate || value instanceof PsTagged) return value.text;
  return isPsObject(value) ? (value.text ?? textOf(value.value)) : undefined;
}

/** A finite number, also out of text, a sized integer or a boxed value. Digits beyond 2^53 are lost. */
export function numberOf(value: PsValue | undefined): number | undefined {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (isPsObject(value)) return numberOf(value.value ?? value.text);
  const text = value instanceof PsTagged ? value.text : value;
  return typeof text === "string" && /^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : undefined;
}

/** A boolean, also out of `True` and `False` or a SwitchParameter. */
export function booleanOf(value: PsValue | undefined): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (isPsObject(value)) return booleanOf(value.value ?? property(value, "IsPresent") ?? value.text);
  if (typeof value !== "string" || !/^(true|false)$/i.test(value)) return undefined;
  return value.toLowerCase() === "true";
}

/** The items of a list of any kind; none for null; a single value is a list of itself. */
export function listOf(value: PsValue | undefined): readonly PsValue[] {
  if (value === null || value === undefined) return [];
  if (isPsList(value)) return value;
  return isPsObject(value) && value.items !== undefined ? value.items.values : [value];
}

/** Milliseconds since 1970 of a date, also of text such as `2024-09-29 17:40:49Z`; without zone it is read as UTC. */
export function dateMsOf(value: PsValue | undefined): number | undefined {
  if (isPsObject(value)) return dateMsOf(value.value ?? value.text);
  const text = value instanceof PsDate ? value.text : value;
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/.test(text)) return undefined;
  const epochMs = new PsDate(text.replace(" ", "T")).epochMs;
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

/** Bytes of `1.5 GB (1,610,612,736 bytes)`, of an Unlimited that holds such, or of a plain number. Nothing for `Unlimited`. */
export function bytesOfSize(value: PsValue | undefined): number | undefined {
  const bracketed = /\(([\d,]+) bytes\)/.exec(textOf(value) ?? "")?.[1];
  if (bracketed !== undefined) return Number(bracketed.replaceAll(",", ""));
  const inner = isPsObject(value) ? property(value, "Value") : undefined;
  return inner === undefined ? numberOf(value) : bytesOfSize(inner);
}

function memberOf(members: ReadonlyMap<string, PsValue>, name: string): PsValue | undefined {
  const exact = members.get(name);
  if (exact !== undefined) return exact;
  const wanted = name.toLowerCase();
  for (const [key, value] of members) if (key.toLowerCase() === wanted) return value;
  return undefined;
}
