// The CLIXML elements that hold text only, to values. Which of them become plain values and which stay tagged is decided in values.ts.
// Source: [MS-PSRP] 2.2.5.1.
import { unescapeText } from "./escapes.ts";
import { ClixmlError, PsDate, PsTagged, type PsValue, TAGGED_ELEMENTS } from "./values.ts";

const SPECIAL_DOUBLES: Readonly<Record<string, number>> = { INF: Infinity, "-INF": -Infinity, NaN: Number.NaN };
// No pattern here may try one character in two ways: a hostile text of that character would keep it busy for minutes.
const DOUBLE = /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const PRIMITIVES: ReadonlySet<string> = new Set([...TAGGED_ELEMENTS, "S", "Nil", "B", "I32", "I64", "Db", "BA", "DT"]);
/** No number of 64 bits has more digits; turning a million of them into a number would take long, and for nothing. */
const WHOLE = /^-?\d{1,20}$/;
const BASE64 = /^[A-Za-z0-9+/\s]*(=\s*){0,2}$/;

/** Whether a tag is an element that holds text only. */
export function isPrimitive(tag: string): boolean {
  return PRIMITIVES.has(tag);
}

/**
 * The value of a primitive element.
 * @throws {ClixmlError} without position when the text is none of that type
 */
export function primitiveOf(tag: string, text: string): PsValue {
  switch (tag) {
    case "S":
      return unescapeText(text);
    case "Nil":
      return null;
    case "B":
      return booleanOf(text);
    case "I32":
      return int32Of(text);
    case "I64":
      return int64Of(text);
    case "Db":
      return doubleOf(text);
    case "BA":
      return bytesOf(text);
    case "DT":
      return new PsDate(text);
    default:
      return new PsTagged(tag, unescapeText(text));
  }
}

function booleanOf(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new ClixmlError(`<B> holds "${shortened(text)}", not true or false`);
}

function int32Of(text: string): number {
  const value = Number(text);
  if (!WHOLE.test(text) || value !== (value | 0)) throw new ClixmlError(`<I32> holds "${shortened(text)}"`);
  return value | 0;
}

function int64Of(text: string): bigint {
  if (!WHOLE.test(text) || BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) throw new ClixmlError(`<I64> holds "${shortened(text)}"`);
  return BigInt(text);
}

function doubleOf(text: string): number {
  const special = SPECIAL_DOUBLES[text];
  if (special !== undefined) return special;
  if (!DOUBLE.test(text)) throw new ClixmlError(`<Db> holds "${shortened(text)}"`);
  return Number(text);
}

function bytesOf(text: string): Uint8Array {
  if (!BASE64.test(text)) throw new ClixmlError("<BA> holds something else than base64");
  return new Uint8Array(Buffer.from(text, "base64"));
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
