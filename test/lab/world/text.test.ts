import assert from "node:assert/strict";
import { exchangeTime, parseSpan, sizeText, spanText } from "../../../lab/world/text.ts";

describe("texts in Exchange's form", () => {
  it("times have twelve hours", () => {
    assert.equal(exchangeTime(Date.UTC(2021, 8, 28, 17, 20, 23)), "9/28/2021 5:20:23 PM");
    assert.equal(exchangeTime(Date.UTC(2026, 0, 2, 0, 4, 5)), "1/2/2026 12:04:05 AM");
  });

  it("sizes have a round number and the bytes", () => {
    assert.equal(sizeText(1_610_612_736), "1.5 GB (1,610,612,736 bytes)");
    assert.equal(sizeText(5_368_709_120), "5 GB (5,368,709,120 bytes)");
    assert.equal(sizeText(0), "0 B (0 bytes)");
  });

  it("spans can be read back, the infinite one too", () => {
    for (const [ms, text] of [
      [3_600_000, "01:00:00"],
      [864_000_000, "10.00:00:00"],
      [-1, "-00:00:00.0010000"],
    ] as const) {
      assert.equal(spanText(ms), text);
      assert.equal(parseSpan(text), ms);
    }
    assert.equal(parseSpan("soon"), undefined);
    assert.equal(parseSpan("25:00:00"), undefined);
  });
});
