// When the MX may change was told; where that holds no longer, it is said with its reason.
import { deepEqual } from "node:assert/strict";
import { renewed } from "../../../provider/engine/normal.ts";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import type { MxRecordArgs } from "../../../provider/resources/mx-record/shape.ts";
import { actualMx, answer, mail, mxRecorded, online, prepared, servers } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const [ns1, ns2] = servers;
const low = (server: string) => answer(server, [mail], 300);
const moment = { nowMs: eveningMs, sayInstant: (ms: number) => `T+${(ms - eveningMs) / 1_000}` };

const rows: readonly (readonly [
  what: string,
  args: MxRecordArgs,
  actual: Partial<ActualMx>,
  lowSinceMs: number | undefined,
  why: string | undefined,
])[] = [
  ["holds still", prepared, { ttlSeconds: 300 }, eveningMs, undefined],
  ["was not told yet", prepared, { ttlSeconds: 300, answers: [low(ns1), answer(ns2, [mail], 3600)] }, undefined, undefined],
  [
    "a name server answers the old TTL again",
    prepared,
    { ttlSeconds: 300, answers: [low(ns1), answer(ns2, [mail], 3600)] },
    eveningMs,
    `${ns2} answers TTL 3,600 s again`,
  ],
  [
    "somebody has set the old TTL again",
    prepared,
    { ttlSeconds: 3600, answers: [low(ns1), low(ns2)] },
    eveningMs,
    "its TTL is 3,600 s again",
  ],
  ["the site is home, where the old TTL belongs", online, { ttlSeconds: 3600, answers: [low(ns1), low(ns2)] }, eveningMs, undefined],
];

describe("when an MX may change, as it was told", () => {
  for (const [what, args, actual, lowSinceMs, why] of rows)
    it(`${why === undefined ? "is no news" : "is news"}: ${what}`, () => {
      const before = mxRecorded({ ttlSeconds: 3600 }, lowSinceMs === undefined ? {} : { lowSinceMs });
      const seen = actualMx(actual);
      const now = renewed(resource, args, seen, before, eveningMs, "atRest");
      deepEqual(
        resource.news?.(args, seen, before, now, moment),
        why === undefined
          ? []
          : [
              `The MX of contoso.com may not change on T+3600, as was said: ${why}. The old TTL must run out anew, from when every name server answers the low one.`,
            ],
      );
    });
});
