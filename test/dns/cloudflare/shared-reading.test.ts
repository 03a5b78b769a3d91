import assert from "node:assert/strict";
import { type SharedReading, sharedReading } from "../../../provider/dns/cloudflare/shared-reading.ts";

describe("a shared reading", () => {
  let nowMs = 0;
  let begun: PromiseWithResolvers<string>[] = [];
  let reading: SharedReading<string>;

  beforeEach(() => {
    nowMs = 0;
    begun = [];
    const readNow = () => {
      const next = Promise.withResolvers<string>();
      begun.push(next);
      return next.promise;
    };
    reading = sharedReading(readNow, 1_000, { now: () => nowMs });
  });

  it("is asked for once while it is under way, however long that takes", async () => {
    const first = reading.read();
    nowMs = 5_000;
    const second = reading.read();
    begun[0]?.resolve("one");
    assert.deepEqual([await first, await second, begun.length], ["one", "one", 1]);
  });

  it("is as old as its request, not as its answer", async () => {
    const first = reading.read();
    nowMs = 1_000;
    begun[0]?.resolve("one");
    await first;
    void reading.read();
    assert.equal(begun.length, 2);
  });

  it("is not shared with those who ask after it was dropped, even while it is under way", async () => {
    const before = reading.read();
    reading.drop();
    const after = reading.read();
    begun[1]?.resolve("two");
    begun[0]?.resolve("one");
    assert.deepEqual([await before, await after, await reading.read(), begun.length], ["one", "two", "two", 2]);
  });

  it("does not forget a later one when it fails", async () => {
    const before = reading.read();
    reading.drop();
    const after = reading.read();
    begun[1]?.resolve("two");
    begun[0]?.reject(new Error("broken"));
    await assert.rejects(before, new Error("broken"));
    assert.deepEqual([await after, await reading.read(), begun.length], ["two", "two", 2]);
  });
});
