// Reads properties of Exchange's objects, or says which cmdlet came back without which property.
import { booleanOf, listOf, numberOf, property, textOf } from "../remoting/clixml/read.ts";
import type { PsObject } from "../remoting/clixml/values.ts";
import type { Cmdlet } from "./cmdlet.ts";
import { CmdletError } from "./error.ts";

/** The cmdlet that the object came from. */
type Sender = Pick<Cmdlet, "name">;

/** The text of a property (an enum's name, a size's words). @throws {CmdletError} reason `invalidAnswer` when it is missing */
export function textIn(object: PsObject, name: string, cmdlet: Sender): string {
  return required(textOf(property(object, name)), object, name, cmdlet);
}

/** The same, or the empty text. */
export function optionalTextIn(object: PsObject, name: string): string {
  return textOf(property(object, name)) ?? "";
}

/** A number. @throws {CmdletError} reason `invalidAnswer` when it is missing */
export function numberIn(object: PsObject, name: string, cmdlet: Sender): number {
  return required(numberOf(property(object, name)), object, name, cmdlet);
}

/** A number, or `undefined` where the server gives none. @throws {CmdletError} reason `invalidAnswer` when the property is missing */
export function optionalNumberIn(object: PsObject, name: string, cmdlet: Sender): number | undefined {
  return numberOf(required(property(object, name), object, name, cmdlet));
}

/** True, false, or `undefined` when the server left it open. */
export function flagIn(object: PsObject, name: string): boolean | undefined {
  return booleanOf(property(object, name));
}

/** The texts of a list; none for `$null`. */
export function textsIn(object: PsObject, name: string): readonly string[] {
  return listOf(property(object, name)).flatMap((item) => textOf(item) ?? []);
}

/**
 * A time span as .NET writes and reads it, `[-][days.]hours:minutes:seconds[.fraction]`. On the wire it is that or, as a primitive of its own,
 * `PT1H`, which no cmdlet would take back. @throws {CmdletError} reason `invalidAnswer` when it is missing
 */
export function timeSpanIn(object: PsObject, name: string, cmdlet: Sender): string {
  const text = textIn(object, name, cmdlet);
  const match = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,7}))?S)?)?$/.exec(text);
  if (match === null) return text;
  const [, sign = "", days, hours = "0", minutes = "0", seconds = "0", fraction] = match;
  const clock = [hours, minutes, seconds].map((part) => part.padStart(2, "0")).join(":");
  return `${sign}${days === undefined ? "" : `${days}.`}${clock}${fraction === undefined ? "" : `.${fraction.padEnd(7, "0")}`}`;
}

function required<T>(value: T | undefined, object: PsObject, name: string, cmdlet: Sender): T {
  if (value !== undefined) return value;
  const has = [...object.properties.keys(), ...object.notes.keys()].join(", ");
  throw new CmdletError("invalidAnswer", `${cmdlet.name}: an object without ${name} came back (it has ${has || "nothing"})`);
}

/** Milliseconds of a time span as .NET writes it: `7.00:00:00`; 0 for any other text. */
export function timeSpanMs(text: string): number {
  const [, days = "0", ...clock] = /^\s*(?:(\d+)\.)?(\d+):(\d+):(\d+)/.exec(text) ?? [];
  const [hours = 0, minutes = 0, seconds = 0] = clock.map(Number);
  return (((Number(days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
