// GUIDs as Windows lays them out in bytes: the first three groups little-endian, the last two as written.

/** All zeros: "no pool" or "no pipeline". */
export const NO_GUID = "00000000-0000-0000-0000-000000000000";

const GROUPS = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** 16 bytes of a GUID text in any case. @throws {RangeError} when it is none */
export function guidBytes(guid: string): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(guid)) throw new RangeError(`"${guid}" is not a GUID`);
  const written = Buffer.from(guid.replaceAll("-", ""), "hex");
  return Uint8Array.from(GROUPS, (from) => written[from] ?? 0);
}

/** Upper-case text of the first 16 bytes. */
export function guidText(bytes: Uint8Array): string {
  const hex = Buffer.from(Uint8Array.from(GROUPS, (from) => bytes[from] ?? 0))
    .toString("hex")
    .toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
