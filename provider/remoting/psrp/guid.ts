// GUIDs as Windows lays them out in bytes: the first three groups little-endian, the last two as written.

/** All zeros: "no pool" or "no pipeline". */
export const NO_GUID = "00000000-0000-0000-0000-000000000000";

/** The 16 bytes of a GUID text in any case. @throws {RangeError} when it is none */
export function guidBytes(guid: string): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(guid)) throw new RangeError(`"${guid}" is not a GUID`);
  return swapped(Buffer.from(guid.replaceAll("-", ""), "hex"));
}

/** Upper-case text of the 16 bytes from `start` on. */
export function guidText(message: Uint8Array, start: number): string {
  const hex = swapped(Buffer.from(message.subarray(start, start + 16)))
    .toString("hex")
    .toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The same bytes, with the first three groups turned round. */
function swapped(octets: Buffer): Buffer {
  octets.subarray(0, 4).reverse();
  octets.subarray(4, 8).swap16();
  return octets;
}
