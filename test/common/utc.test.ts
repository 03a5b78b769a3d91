// A moment as people read it. That it is said in the site's own zone: progress.test.ts has the rows.
import assert from "node:assert/strict";
import { sayInstant, sayRange, sayUtcRange } from "../../provider/common/utc.ts";

describe("a moment", () => {
  const [friday, saturday] = [Date.UTC(2026, 11, 4, 18), Date.UTC(2026, 11, 5, 20, 1, 59)];

  it("is said in UTC alone where no time zone is known", () => assert.equal(sayInstant(friday), "Fri 4 Dec 18:00 UTC"));

  it("and another one make a range", () => {
    assert.equal(sayRange(friday, saturday), "Fri 4 Dec 18:00 UTC to Sat 5 Dec 20:01 UTC");
    assert.equal(
      sayRange(friday, saturday, "Europe/Berlin"),
      "Fri 4 Dec 18:00 UTC (19:00 in Berlin) to Sat 5 Dec 20:01 UTC (21:01 in Berlin)",
    );
  });

  it("of a pause that is told of years later has its year", () => {
    assert.equal(sayUtcRange(friday, saturday), "2026-12-04 18:00 to 2026-12-05 20:01 UTC");
  });
});
