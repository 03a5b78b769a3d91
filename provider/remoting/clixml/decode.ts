// Reads CLIXML: an `<Objs>` document or one bare element, as PSRP sends it. What nearly every message is made of goes the short way (plain.ts),
// everything else, and everything that is wrong, through an XML parser (reader.ts), which alone decides what is refused.
import { decodePlain } from "./plain.ts";
import { readClixml } from "./reader.ts";
import { ClixmlError, type PsValue } from "./values.ts";

/**
 * The values of a CLIXML text, in order; none for an empty text, an empty `<Objs>` (how `$null` output looks on the wire).
 * `Object[]` becomes a plain list; everything else that is an Obj stays a `PsObject`. The same object named twice is the same value twice.
 * @throws {ClixmlError} with line and column
 */
export function decodeClixml(xml: string): PsValue[] {
  const text = xml.startsWith("\ufeff") ? xml.slice(1) : xml;
  const plain = decodePlain(text);
  if (plain !== undefined) return [plain];
  return text.trim() === "" ? [] : readClixml(text);
}

/**
 * As `decodeClixml`, from a file's bytes: UTF-16 when a byte order mark says so, else UTF-8.
 * @throws {ClixmlError} also when the bytes are no text
 */
export function decodeClixmlBytes(bytes: Uint8Array): PsValue[] {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    return decodeClixml(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) throw new ClixmlError(`the bytes are not ${encoding.toUpperCase()}`);
    throw error;
  }
}
