// GUIDs and short hashes that are the same in every run, made from a name: the lab asks nothing for chance.

/** A GUID in lower case, the same for the same name. */
export function guidOf(name: string): string {
  const digits = [0, 1, 2, 3].map((part) => hash(`${part} ${name}`)).join("");
  return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`, digits.slice(20, 32)].join("-");
}

/** Eight hexadecimal digits (FNV-1a, mixed once more). */
export function hash(text: string): string {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193) >>> 0;
  state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) >>> 0;
  return ((state ^ (state >>> 13)) >>> 0).toString(16).padStart(8, "0");
}
