// The last lines of a run of the tests.
import { deepEqual, throws } from "node:assert/strict";
import { type Outcome, outcomeFrom, outcomeLines, slowestOf, withCheck, withOutcome } from "../../setup/outcome.ts";

const fine: Outcome = { passed: 12, failed: 0, skipped: [], missing: [], slowest: [] };

describe("the last lines of a run", () => {
  it("are the counts alone where all is well", () => {
    deepEqual(outcomeLines(fine), ["12 passed, 0 failed, 0 skipped"]);
  });

  it("name what was skipped and which judges were missing before the counts", () => {
    const skipped = ["BIND answers a signed update", "BIND refuses an unsigned one"];
    deepEqual(outcomeLines({ ...fine, failed: 1, skipped, missing: ["named (Debian bind9)"] }), [
      "skipped: BIND answers a signed update",
      "skipped: BIND refuses an unsigned one",
      "missing judge: named (Debian bind9)",
      "12 passed, 1 failed, 2 skipped",
    ]);
  });

  it("begin with the tests that took longest", () => {
    const slowest: Outcome["slowest"] = [
      ["test/a.test.ts: a run is killed", 101_340],
      ["test/b.test.ts: a row", 1_260],
    ];
    deepEqual(outcomeLines({ ...fine, slowest }), [
      "Slowest tests:",
      "  101.3 s  test/a.test.ts: a run is killed",
      "    1.3 s  test/b.test.ts: a row",
      "12 passed, 0 failed, 0 skipped",
    ]);
  });
});

describe("the slowest tests", () => {
  it("are the twenty slowest, slowest first, without those of less than a second", () => {
    const tests = Array.from({ length: 30 }, (_, index): [string, number] => [`test ${index}`, index * 100]);
    deepEqual(
      slowestOf(tests).map(([title]) => title),
      Array.from({ length: 20 }, (_, index) => `test ${29 - index}`),
    );
    deepEqual(slowestOf([["quick", 999]]), []);
  });

  it("are those of all parts of a run together", () => {
    const [one, other]: Outcome[] = [
      {
        ...fine,
        slowest: [
          ["a", 3_000],
          ["b", 1_000],
        ],
      },
      { ...fine, missing: ["named"], slowest: [["c", 2_000]] },
    ];
    const both: Outcome = {
      ...fine,
      passed: 24,
      missing: ["named"],
      slowest: [
        ["a", 3_000],
        ["c", 2_000],
        ["b", 1_000],
      ],
    };
    deepEqual(one && other && withOutcome(one, other), both);
  });
});

describe("one more check beside the tests", () => {
  it("counts as passed or as failed", () => {
    deepEqual(withCheck(fine, true), { ...fine, passed: 13 });
    deepEqual(withCheck(fine, false), { ...fine, failed: 1 });
  });
});

describe("what the reporter hands over", () => {
  it("is read back whole", () => {
    const outcome: Outcome = { passed: 1, failed: 2, skipped: ["a"], missing: ["b"], slowest: [["c", 1_500]] };
    deepEqual(outcomeFrom(JSON.stringify(outcome)), outcome);
  });

  for (const text of [
    "null",
    "{}",
    '{"passed":1,"failed":0,"skipped":[],"missing":[]}',
    '{"passed":"1","failed":0,"skipped":[],"missing":[],"slowest":[]}',
  ]) {
    it(`is refused when it is ${text}`, () => {
      throws(() => outcomeFrom(text), { name: "ZodError" });
    });
  }
});
