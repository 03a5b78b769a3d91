import assert from "node:assert/strict";
import { clockFrom, rateClock, systemClock } from "../../provider/engine/clock.ts";

describe("the clock that is asked for", () => {
  for (const text of [undefined, ""]) {
    it(`is the real one for ${JSON.stringify(text)}`, () => {
      assert.equal(clockFrom(text), systemClock);
      const before = Date.now();
      const shown = systemClock.now();
      assert.ok(before <= shown && shown <= Date.now());
    });
  }

  for (const text of ["60@1790000000000", "0.5@1790000000000", "1@0"]) {
    const [rate = Number.NaN, origin = Number.NaN] = text.split("@").map(Number);
    it(`${text} showed the real time at its origin and runs at its rate`, () => {
      const clock = clockFrom(text);
      const before = Date.now();
      const realMs = (clock.now() - origin) / rate + origin;
      assert.ok(before - 1 <= realMs && realMs <= Date.now() + 1, `${realMs} is not ${before}`);
    });
  }

  for (const text of ["60", "@1790000000000", "60@", "-1@0", "0@0", "0.0@0", "60@-5", "60@1.5", "1e3@0", "60@0 ", "fast@now"]) {
    it(`is refused for "${text}", with what was expected`, () => {
      const message = `EXCHANGE_CLOCK is "${text}"; expected <rate>@<milliseconds since 1970>, such as 60@1790000000000`;
      assert.throws(() => clockFrom(text), new Error(message));
    });
  }
});

describe("sleeping on a clock", () => {
  it("a hundred thousand times as fast lasts an hour of its time and hardly any of ours", async () => {
    const clock = rateClock(100_000, Date.now());
    const before = clock.now();
    await clock.sleep(3_600_000);
    // A timer may end, and a clock be read, a millisecond early.
    assert.ok(clock.now() - before >= 3_600_000 - 200_000);
  });

  for (const aborted of ["before", "while"] as const) {
    it(`ends with the signal's reason when it is aborted ${aborted} it sleeps`, async () => {
      const control = new AbortController();
      const reason = new Error("cancelled by the operator");
      if (aborted === "before") control.abort(reason);
      const slept = systemClock.sleep(3_600_000, control.signal);
      control.abort(reason);
      await assert.rejects(slept, (error) => error === reason);
    });
  }
});
