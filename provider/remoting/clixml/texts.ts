// Texts cut out of a message without keeping the message alive, and the same text once however often it comes: the rows of a long answer
// repeat most of what they say. A cut-out by `slice` holds on to all of the message that it was cut from.

/** Longer ones hardly ever come twice. */
const LONGEST_SHARED = 512;
const MOST_SHARED = 2_048;
const shared = new Map<string, string>();

/** The same text, held in memory by itself; once for all that are alike, if it is short. It has no half of a surrogate pair. */
export function ownText(part: string): string {
  if (part.length > LONGEST_SHARED) return copyOf(part);
  const known = shared.get(part);
  if (known !== undefined) return known;
  if (shared.size >= MOST_SHARED) shared.clear();
  const own = copyOf(part);
  shared.set(own, own);
  return own;
}

/** The same text, held in memory by itself. It has no half of a surrogate pair. */
export function copyOf(part: string): string {
  return Buffer.from(part, "utf8").toString("utf8");
}
