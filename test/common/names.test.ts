// Names as a person types them and as they are.
import assert from "node:assert/strict";
import { asSpelled, isNamed, namedTwice, namesOfNothing, sameName } from "../../provider/common/names.ts";

describe("names", () => {
  it("are the same in any case, and not otherwise", () => {
    assert.deepEqual([sameName("DB01", "db01"), sameName("Größe", "GRÖSSE"), sameName("DB01", "DB1")], [true, false, false]);
    assert.deepEqual([isNamed(["DB01", "DB02"], "db02"), isNamed([], "db02")], [true, false]);
  });

  it("that nothing bears are told as they were typed", () =>
    assert.deepEqual(namesOfNothing(["db01", "Db09", "EX01"], ["DB01", "ex02"]), ["Db09", "EX01"]));

  it("are spelled as what bears them", () => assert.deepEqual(asSpelled(["db02", "x"], ["DB01", "DB02"]), ["DB02", "x"]));

  it("are given twice where only the case differs", () => {
    assert.deepEqual([namedTwice(["ex01", "ex02", "EX01"]), namedTwice(["ex01", "ex02"]), namedTwice([])], ["EX01", undefined, undefined]);
  });
});
