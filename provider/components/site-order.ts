// The order of a site pause: one way out, the other way back. Sources: the whole-site pause and its return, step by step.
import type { SiteParts } from "./site-parts.ts";
import { chainsOf, type Stage } from "./stages.ts";
import type { Word } from "./word.ts";

/** Which parts follow which on the way to `word`. */
export function stagesTowards(word: Word, { gate, queue, mx, transport, databases }: SiteParts): readonly Stage[] {
  // Mail is sent elsewhere before anything here stops: buffer, then MX, then transport, then databases.
  if (word === "offline") return [chainsOf(gate), chainsOf(queue), chainsOf(mx), chainsOf(transport), chainsOf(databases)];
  // Gates first, MX last: nobody is sent here before mail that waited has been delivered.
  return [chainsOf(gate), chainsOf(databases), chainsOf(transport), chainsOf(queue), chainsOf(mx)];
}
