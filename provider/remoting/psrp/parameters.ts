// A call's cmdlet name and values as CLIXML says them, or the reason why they cannot be said. Everything is checked here, before anything is sent.
import { hashtable } from "../clixml/build.ts";
import { ClixmlError, PsDate, type PsValue } from "../clixml/values.ts";
import { type CmdletParameters, type CmdletValue, Secret } from "../transport.ts";

/** How a secret is written; see `SessionKey`. */
export type Protect = (secret: Secret) => PsValue;

/** CLIXML may be nested 100 objects deep; some of them are the pipeline's own. */
const MOST_NESTING = 90;

/** @throws {ClixmlError} for a name that is more than letters, digits and hyphens, for only such a name is surely one cmdlet's */
export function cmdletName(name: string): string {
  if (/^[a-z][a-z0-9-]*$/i.test(name)) return name;
  throw new ClixmlError(`"${name}" is no name of a cmdlet; expected letters, digits and hyphens`);
}

/** Names and values, in order. @throws {ClixmlError} naming the parameter, as `toPsValue` */
export function toPsArguments(parameters: CmdletParameters, protect?: Protect): (readonly [string, PsValue])[] {
  return Object.entries(parameters).map(([name, value]) => {
    try {
      return [name, toPsValue(value, protect)];
    } catch (error) {
      throw error instanceof ClixmlError ? new ClixmlError(`a parameter cannot be sent: -${name}: ${error.message}`) : error;
    }
  });
}

/**
 * A parameter's value as CLIXML says it. A date is sent in UTC.
 * @throws {ClixmlError} for what is no `CmdletValue`, a date that .NET does not have, a `bigint` beyond 64 bits, and nesting beyond 90
 */
export function toPsValue(value: CmdletValue, protect: Protect = unprotected, depth = 0): PsValue {
  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) throw new ClixmlError(`${value} does not fit 64 bits`);
  if (value === undefined || typeof value === "function" || typeof value === "symbol") throw unsayable(value);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  if (value instanceof Date) return dateOf(value);
  if (value instanceof Secret) return protect(value);
  if (depth >= MOST_NESTING) throw new ClixmlError(`lists and hashtables are nested deeper than ${MOST_NESTING}`);
  if (isList(value)) return Array.from(value, (item) => toPsValue(item, protect, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw unsayable(value);
  return hashtable(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPsValue(item, protect, depth + 1)])));
}

function unprotected(): never {
  throw new ClixmlError("a secret is sent only under a session's key");
}

function unsayable(value: unknown): ClixmlError {
  const found = typeof value === "object" && value !== null ? `an object of type ${value.constructor?.name ?? "unknown"}` : typeof value;
  return new ClixmlError(
    `${found} cannot be sent; expected text, a number, true or false, null, a date, bytes, a secret, or a list or record of them`,
  );
}

function dateOf(date: Date): PsDate {
  if (Number.isNaN(date.getTime())) throw new ClixmlError("a date is no date (its time is NaN)");
  const text = date.toISOString();
  if (!/^\d{4}-/.test(text) || text.startsWith("0000")) throw new ClixmlError(`${text} is no date between the years 1 and 9999`);
  return new PsDate(text);
}

function isList(value: CmdletValue): value is readonly CmdletValue[] {
  return Array.isArray(value);
}
