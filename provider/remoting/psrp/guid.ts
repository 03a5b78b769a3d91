// GUIDs as Windows lays them out in bytes: the first three groups little-endian, the last two as written.

/** All zeros: "no pool" or "no pipeline". */
export const NO_GUID = "00000000-0000-0000-0000-000000000000";

const GROUPS = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
/** What stands before each byte as it is written. */
const DASHES = GROUPS.map((_, index) => ([4, 6, 8, 10].includes(index) ? "-" : ""));
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, "0"));

/** 16 bytes of a GUID text in any case. @throws {RangeError} when it is none */
export function guidBytes(guid: string): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(guid)) throw new RangeError(`"${guid}" is not a GUID`);
  const written = Buffer.from(guid.replaceAll("-", ""), "hex");
  const bytes = new Uint8Array(16);
  for (const [at, from] of GROUPS.entries()) bytes[at] = written[from] ?? 0;
  return bytes;
}

/** Upper-case text of the first 16 bytes. */
export function guidText(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < 16; index++) text += `${DASHES[index]}${HEX[bytes[GROUPS[index] ?? 0] ?? 0]}`;
  return text;
}
