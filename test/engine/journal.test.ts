import assert from "node:assert/strict";
import { type JournalEntry, noted } from "../../provider/engine/journal.ts";

const atMs = Date.UTC(2026, 11, 5, 20, 14, 9, 999);

describe("the journal", () => {
  it("gets its newest line last, with the time in UTC to the second", () => {
    const first = noted([], atMs, "suspend MSExchangeTransport on ex01");
    assert.deepEqual(first, [{ at: "2026-12-05T20:14:09Z", what: "suspend MSExchangeTransport on ex01" }]);
    assert.deepEqual(noted(first, atMs + 1, "dismount DB01"), [...first, { at: "2026-12-05T20:14:10Z", what: "dismount DB01" }]);
    assert.equal(first.length, 1, "what was given is left as it was");
  });

  it("keeps a hundred lines, and lets the oldest go", () => {
    const many = Array.from({ length: 250 }, (_, index) => `step ${index}`);
    const journal = many.reduce<readonly JournalEntry[]>((lines, what) => noted(lines, atMs, what), []);
    assert.deepEqual(
      journal.map(({ what }) => what),
      many.slice(150),
    );
  });
});
