// One reading for all who ask the same thing.
import assert from "node:assert/strict";
import { Readings } from "../../provider/common/readings.ts";

/** A reading that ends when told to, and how often it was begun. */
function reading() {
  const begun: { end(value: string): void; fail(error: Error): void }[] = [];
  const read = () =>
    new Promise<string>((resolve, reject) => {
      begun.push({ end: resolve, fail: reject });
    });
  const last = () => begun.at(-1) ?? assert.fail("nothing was read");
  return { begun, read, last };
}

function keep() {
  const clock = { nowMs: 1_000_000 };
  return { readings: new Readings(() => clock.nowMs), clock };
}

describe("a shared reading", () => {
  it("is one for all who ask while it is under way, however fresh they want it", async () => {
    const { readings } = keep();
    const { begun, read, last } = reading();
    const askers = [readings.shared("key", 0, read), readings.shared("key", 0, read), readings.shared("key", 60_000, read)];
    last().end("one");
    assert.deepEqual([await Promise.all(askers), begun.length], [["one", "one", "one"], 1]);
  });

  it("is not shared with who asks something else", async () => {
    const { readings } = keep();
    const both = [readings.shared("one", 0, async () => "one"), readings.shared("other", 0, async () => "other")];
    assert.deepEqual(await Promise.all(both), ["one", "other"]);
  });

  for (const [passedMs, maxAgeMs, again] of [
    [0, 0, true],
    [0, 1, false],
    [9_999, 10_000, false],
    [10_000, 10_000, true],
  ] as const) {
    it(`of ${passedMs} ms ago is ${again ? "read again" : "good"} where it may be ${maxAgeMs} ms old`, async () => {
      const { readings, clock } = keep();
      await readings.shared("key", 0, async () => "before");
      clock.nowMs += passedMs;
      assert.equal(await readings.shared("key", maxAgeMs, async () => "now"), again ? "now" : "before");
    });
  }

  it("is as old as its beginning", async () => {
    const { readings, clock } = keep();
    const { read, last } = reading();
    const slow = readings.shared("key", 0, read);
    clock.nowMs += 5_000;
    last().end("slow");
    await slow;
    assert.equal(await readings.shared("key", 5_000, async () => "now"), "now");
  });

  it("is forgotten when the site was changed", async () => {
    const { readings } = keep();
    await readings.shared("key", 0, async () => "before");
    readings.forget();
    assert.equal(await readings.shared("key", 60_000, async () => "now"), "now");
  });

  it("begun before the site was changed is not for who asks afterwards, nor kept when it ends", async () => {
    const { readings } = keep();
    const { read, last } = reading();
    const before = readings.shared("key", 0, read);
    readings.forget();
    assert.equal(await readings.shared("key", 0, async () => "now"), "now");
    last().end("before");
    assert.equal(await before, "before");
    assert.equal(await readings.shared("key", 60_000, async () => "again"), "now");
  });

  it("that fails, fails for all who wait for it, and is not kept", async () => {
    const { readings } = keep();
    const { read, last } = reading();
    const askers = [readings.shared("key", 0, read), readings.shared("key", 0, read)];
    last().fail(new Error("no answer"));
    const outcomes = await Promise.allSettled(askers);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(await readings.shared("key", 60_000, async () => "now"), "now");
  });

  it("that fails late does not take a newer one with it", async () => {
    const { readings } = keep();
    const { read, last } = reading();
    const before = readings.shared("key", 0, read);
    readings.forget();
    await readings.shared("key", 0, async () => "now");
    last().fail(new Error("late"));
    await assert.rejects(before, { message: "late" });
    assert.equal(await readings.shared("key", 60_000, async () => "again"), "now");
  });

  it("is kept where what was changed cannot have changed it", async () => {
    const { readings } = keep();
    await readings.shared("services ex01", 0, async () => "before");
    await readings.shared("databases", 0, async () => "before");
    readings.forget("services ");
    const again = ["services ex01", "databases"].map((key) => readings.shared(key, 60_000, async () => "now"));
    assert.deepEqual(await Promise.all(again), ["before", "now"]);
  });
});
