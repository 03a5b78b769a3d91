// The last lines of a run of the tests.
import { deepEqual, throws } from "node:assert/strict";
import { type Outcome, outcomeFrom, outcomeLines, withCheck } from "../../setup/outcome.ts";

const fine: Outcome = { passed: 12, failed: 0, skipped: [], missing: [] };

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
});

describe("one more check beside the tests", () => {
  it("counts as passed or as failed", () => {
    deepEqual(withCheck(fine, true), { ...fine, passed: 13 });
    deepEqual(withCheck(fine, false), { ...fine, failed: 1 });
  });
});

describe("what the reporter hands over", () => {
  it("is read back whole", () => {
    const outcome = { passed: 1, failed: 2, skipped: ["a"], missing: ["b"] };
    deepEqual(outcomeFrom(JSON.stringify(outcome)), outcome);
  });

  for (const text of ["null", "{}", '{"passed":1,"failed":0,"skipped":[]}', '{"passed":"1","failed":0,"skipped":[],"missing":[]}']) {
    it(`is refused when it is ${text}`, () => {
      throws(() => outcomeFrom(text), { message: `the tests' outcome is "${text}"; expected passed, failed, skipped and missing` });
    });
  }
});
