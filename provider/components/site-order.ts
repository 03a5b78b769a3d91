// The order of a site pause: one way out, the other way back. Sources: the whole-site pause and its return, step by step.
import type { SiteParts } from "./site-parts.ts";
import { type Stage, stage } from "./stages.ts";
import type { Word } from "./word.ts";

/** Which parts follow which on the way to `word`. */
export function stagesTowards(word: Word, { gate, queue, mx, transport, databases }: SiteParts): readonly Stage[] {
  const all = {
    gate: stage("the gate", gate),
    queue: stage("the buffer", queue),
    mx: stage("the MX", mx),
    transport: stage("transport", transport),
    databases: stage("the databases", databases),
  };
  // Mail is sent elsewhere before anything here stops: buffer, then MX, then transport, then databases.
  if (word === "offline") return [all.gate, all.queue, all.mx, all.transport, all.databases];
  // Gates first, MX last: nobody is sent here before mail that waited has been delivered.
  return [all.gate, all.databases, all.transport, all.queue, all.mx];
}
