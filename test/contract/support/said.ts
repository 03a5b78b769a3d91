// A value in one plain form, whoever holds it: what is asked of the client, what arrived at the server, what came back. Kind and content
// both count, so a number that became text is seen. Order of a hashtable's entries does not: it has none.
import { isPsList, isPsObject, PsDate, PsTagged, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import type { CmdletValue } from "../../../provider/remoting/transport.ts";

/** `["S", text]`, `["I", digits]`, `["F", the eight bytes of a double]`, `["B", boolean]`, `["N"]`, `["BA", hex]`, `["L", items]`, `["D", entries]`, `["DT", text]`. */
export type Said = readonly [string, ...unknown[]];

/** What a caller gave. Whole numbers up to 2^53 - 1 are whole, all others are doubles. */
export function saidOf(value: CmdletValue): Said {
  if (value instanceof Date) return ["DT", value.toISOString()];
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return plain(value);
  if (isList(value)) return ["L", value.map(saidOf)];
  return table(Object.entries(value).map(([key, item]) => [["S", key], saidOf(item)]));
}

/** What stands in CLIXML. */
export function saidInClixml(value: PsValue): Said {
  if (isPsList(value)) return ["L", value.map(saidInClixml)];
  if (value instanceof PsDate) return ["DT", value.text];
  if (value instanceof PsTagged) return [value.tag, value.text];
  if (!isPsObject(value)) return plain(value);
  if (value.entries !== undefined) return table(value.entries.map(([key, item]) => [saidInClixml(key), saidInClixml(item)]));
  if (value.items !== undefined) return ["L", value.items.values.map(saidInClixml)];
  return value.value === undefined ? ["object", value] : saidInClixml(value.value);
}

function plain(value: string | number | bigint | boolean | Uint8Array | null): Said {
  if (value === null) return ["N"];
  if (value instanceof Uint8Array) return ["BA", Buffer.from(value).toString("hex")];
  if (typeof value === "string") return ["S", value];
  if (typeof value === "boolean") return ["B", value];
  if (typeof value === "bigint" || (Number.isSafeInteger(value) && !Object.is(value, -0))) return ["I", String(value)];
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return ["F", bytes.toString("hex")];
}

function table(entries: readonly (readonly [Said, Said])[]): Said {
  return ["D", entries.toSorted(([one], [other]) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))];
}

function isList(value: CmdletValue): value is readonly CmdletValue[] {
  return Array.isArray(value);
}
