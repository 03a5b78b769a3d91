// How far two clocks are apart, as far as that can be known from an answer that took a while.
import { deepEqual } from "node:assert/strict";
import { differenceOf, sayClock } from "../../provider/check/clocks.ts";

const noon = Date.UTC(2026, 11, 5, 12);
const apart =
  "Set both by the same time source (chronyc sources here, w32tm /query /status there): Kerberos lets nobody in who is more than 5 minutes off.";

describe("the clock of another machine", () => {
  const rows = [
    { when: "shows our second", shown: 0, took: 200, mark: "ok", says: "Clock of ex01 agrees with this machine's" },
    {
      when: "may be right, for the answer took long",
      shown: 30_000,
      took: 40_000,
      mark: "ok",
      says: "Clock of ex01 agrees with this machine's",
    },
    {
      when: "is ahead by less than matters",
      shown: 31_000,
      took: 1_000,
      mark: "ok",
      says: "Clock of ex01 is 30 s ahead of this machine's",
    },
    {
      when: "is ahead by more",
      shown: 400_000,
      took: 1_000,
      mark: "FAILED",
      says: `Clock of ex01 is 7 min ahead of this machine's; expected at most 60 s. ${apart}`,
    },
    {
      when: "is behind by more",
      shown: -120_000,
      took: 1_000,
      mark: "FAILED",
      says: `Clock of ex01 is 119 s behind this machine's; expected at most 60 s. ${apart}`,
    },
  ];
  for (const { when, shown, took, mark, says } of rows)
    it(when, () => {
      deepEqual(sayClock("ex01", differenceOf(noon + shown, noon, noon + took)), { mark, text: says });
    });
});
