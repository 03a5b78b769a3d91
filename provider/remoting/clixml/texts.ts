// Texts cut out of a message without keeping the message alive, and the same text once however often it comes: the rows of a long answer
// repeat most of what they say. A cut-out by `slice` would hold on to all of the message that it was cut from.

/** Longer ones hardly ever come twice. */
const LONGEST_SHARED = 512;
const SLOTS = 2_048;
const known: string[] = Array.from({ length: SLOTS }, () => "");
const scratch = Buffer.alloc(LONGEST_SHARED);

/**
 * The text between two positions of `source`; undefined when it is not plain: when it holds markup, control characters or surrogates,
 * which an XML parser may see differently. `&` is left to the caller.
 */
export function plainText(source: string, start: number, end: number): string | undefined {
  const length = end - start;
  let hash = length;
  let isAscii = true;
  for (let index = 0; index < length; index++) {
    const code = source.charCodeAt(start + index);
    if (code < 0x20 || code === 0x3c || code === 0x3e || code >= 0xd800 || (code > 0x7e && code < 0xa0)) return undefined;
    if (code > 0x7e) isAscii = false;
    hash = (Math.imul(hash, 31) + code) | 0;
    if (index < LONGEST_SHARED) scratch[index] = code;
  }
  if (!isAscii || length > LONGEST_SHARED) return Buffer.from(source.slice(start, end), "utf8").toString("utf8");
  const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
  const candidate = known[slot];
  if (candidate?.length === length && source.startsWith(candidate, start)) return candidate;
  const text = scratch.toString("latin1", 0, length);
  known[slot] = text;
  return text;
}
