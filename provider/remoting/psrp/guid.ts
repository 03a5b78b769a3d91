// GUIDs as Windows lays them out in bytes: the first three groups little-endian, the last two as written.
import { Latest } from "../latest.ts";

/** All zeros: "no pool" or "no pipeline". */
export const NO_GUID = "00000000-0000-0000-0000-000000000000";

const BYTES = 16;
/** Each message has two, and in a session few are new. */
const [texts, bytes] = [new Latest(8, textOf), new Latest(8, bytesOf)];

/** The bytes of a GUID text in any case: 16, not to be changed. @throws {RangeError} when it is none */
export function guidBytes(guid: string): Uint8Array {
  return bytes.of(guid);
}

/** Upper-case text of the 16 bytes from `start` on. */
export function guidText(message: Buffer, start: number): string {
  return texts.of(message.toString("latin1", start, start + BYTES));
}

function bytesOf(guid: string): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(guid)) throw new RangeError(`"${guid}" is not a GUID`);
  return swapped(Buffer.from(guid.replaceAll("-", ""), "hex"));
}

function textOf(octets: string): string {
  const hex = swapped(Buffer.from(octets, "latin1")).toString("hex").toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The same bytes, with the first three groups turned round. */
function swapped(octets: Buffer): Buffer {
  octets.subarray(0, 4).reverse();
  octets.subarray(4, 8).swap16();
  return octets;
}
