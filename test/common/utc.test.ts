import assert from "node:assert/strict";
import { sayUtc, sayUtcRange } from "../../provider/common/utc.ts";

describe("a moment where nobody's time zone is known", () => {
  it("is said to the minute, in UTC", () => assert.equal(sayUtc(Date.UTC(2026, 11, 5, 20, 0, 59)), "2026-12-05 20:00 UTC"));

  it("and a range names the zone once", () => {
    assert.equal(sayUtcRange(Date.UTC(2026, 11, 4, 18), Date.UTC(2026, 11, 5, 20, 1)), "2026-12-04 18:00 to 2026-12-05 20:01 UTC");
  });
});
