import assert from "node:assert/strict";
import { LogTimes } from "../../../lab/world/log-times.ts";

const minute = 60_000;

describe("the times of logs", () => {
  it("are even before the lab began, and after that as they were noted", () => {
    const times = new LogTimes(100, 0, minute);
    times.note(101, 30_000);
    times.note(101, 40_000);
    times.note(110, 50_000);
    assert.deepEqual(
      [-2 * minute, -1, 0, 29_999, 30_000, 49_999, 60_000].map((ms) => times.newestAt(ms)),
      [98, 99, 100, 100, 101, 101, 110],
    );
  });
});
