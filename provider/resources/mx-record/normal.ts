// What is normal for an MX set: its hosts, its TTL, and the remarks and whatever else its records bear, and our mark that forbids to take it for normal. Pure.
import { sayName } from "../../common/host-name.ts";
import { saySet } from "../../dns/sets.ts";
import type { Normal } from "../../engine/normal.ts";
import { typedNormal } from "../given-normal.ts";
import { normalTtlIn } from "./mark.ts";
import type { ActualMx } from "./observe.ts";
import { fullName, type MxRecordArgs, type MxRecorded } from "./shape.ts";
import { sayTtl } from "./words.ts";

type NormalMx = MxRecorded["normal"];

export const normal: Normal<MxRecordArgs, ActualMx, NormalMx> = {
  asked: { exchanges: undefined, ttlSeconds: undefined },
  given: ({ normal }, _actual, before) => (normal === undefined ? undefined : givenBack(normal, before)),
  // Where no mark can stand, a set that a killed run has left behind looks like one that is normal now: only the program renews what is recorded.
  read: (_args, actual, before) =>
    before !== undefined && (actual.exchanges.length === 0 || !actual.comments) ? before : normalIn(actual),
  say: ({ exchanges, ttlSeconds }) => `${saySet(exchanges)}, TTL ${sayTtl(ttlSeconds)}`,
  mark: (args, actual) =>
    actual.markedBy.length === 0
      ? undefined
      : {
          sign: `its MX bears the mark of a pause by ${actual.markedBy.join(", ")} (${saySet(actual.exchanges)})`,
          remedy: `Bring it back first, or give ${typedNormal(sayName(fullName(args)), lostOf(actual))}, with the mail hosts that it normally names.`,
        },
};

/** Remarks and what else records bear stay as they were, unless the program says them too. */
function givenBack(given: NonNullable<MxRecordArgs["normal"]>, before: NormalMx | undefined): NormalMx {
  const { exchanges, ttlSeconds, notes = before?.notes ?? {}, attributes = before?.attributes } = given;
  return { exchanges, ttlSeconds, notes, ...(attributes === undefined ? {} : { attributes }) };
}

function normalIn({ exchanges, ttlSeconds, notes, attributes }: ActualMx): NormalMx {
  return { exchanges, ttlSeconds, notes, ...(Object.keys(attributes).length === 0 ? {} : { attributes }) };
}

/** What our marks remember of a set that is normal: its TTL. Only a person knows its hosts. */
function lostOf({ notes, ttlSeconds }: ActualMx) {
  const [normalTtl = ttlSeconds] = Object.values(notes).flatMap((note) => normalTtlIn(note) ?? []);
  return { exchanges: [{ preference: 10, exchange: "…" }], ttlSeconds: normalTtl };
}
