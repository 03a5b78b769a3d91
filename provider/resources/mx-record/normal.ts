// What is normal for an MX set: its hosts, its TTL, and the remarks and whatever else its records bear, and our mark that forbids to take it for normal. Pure.
import { saySet } from "../../dns/sets.ts";
import type { Normal } from "../../engine/normal.ts";
import type { ActualMx } from "./observe.ts";
import type { MxRecordArgs, MxRecorded } from "./shape.ts";
import { sayTtl } from "./words.ts";

type NormalMx = MxRecorded["normal"];

export const normal: Normal<MxRecordArgs, ActualMx, NormalMx> = {
  asked: { exchanges: undefined, ttlSeconds: undefined },
  given: ({ normal }, _actual, before) => (normal === undefined ? undefined : { ...before, ...normal, notes: before?.notes ?? {} }),
  // Where no mark can stand, a set that a killed run has left behind looks like one that is normal now: only the program renews what is recorded.
  read: (_args, actual, before) =>
    before !== undefined && (actual.exchanges.length === 0 || !actual.comments) ? before : normalIn(actual),
  say: ({ exchanges, ttlSeconds }) => `${saySet(exchanges)}, TTL ${sayTtl(ttlSeconds)}`,
  mark: (_args, actual) =>
    actual.markedBy.length === 0
      ? undefined
      : {
          sign: `its MX bears the mark of a pause by ${actual.markedBy.join(", ")} (${saySet(actual.exchanges)})`,
          remedy: "Bring it back first, or give `normal: { exchanges: […], ttlSeconds: … }`.",
        },
};

function normalIn({ exchanges, ttlSeconds, notes, attributes }: ActualMx): NormalMx {
  return { exchanges, ttlSeconds, notes, ...(Object.keys(attributes).length === 0 ? {} : { attributes }) };
}
