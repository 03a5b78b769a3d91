// How a measurement is judged and shown.
import { deepEqual, equal } from "node:assert/strict";
import { keeps, median, sayFigure, table } from "../../bench/figures.ts";

describe("a figure of the benchmark", () => {
  const figure = { what: "our preview", target: 1.5, unit: " times" };

  it("keeps its target up to that very value, and says so", () => {
    equal(sayFigure({ ...figure, value: 1.5 }), "our preview: 1.50 times (target: at most 1.5 times): OK");
    equal(keeps({ ...figure, value: 1.5 }), true);
  });

  it("is over its target from there on, and says so", () => {
    equal(sayFigure({ ...figure, value: 1.51 }), "our preview: 1.51 times (target: at most 1.5 times): OVER");
    equal(keeps({ ...figure, value: 1.51 }), false);
  });

  it("is not kept by something that is no number", () => {
    equal(keeps({ ...figure, value: Number.NaN }), false);
  });

  it("is shown whole where it is a count", () => {
    equal(sayFigure({ what: "messages lost", value: 0, target: 0, unit: "" }), "messages lost: 0 (target: at most 0): OK");
  });
});

describe("the median", () => {
  it("is the middle one by size, whatever the order, and the list stays as it is", () => {
    const values = [900, 30, 100];
    equal(median(values), 100);
    deepEqual(values, [900, 30, 100]);
  });
});

describe("a table", () => {
  it("has its numbers one below the other", () => {
    equal(
      table([
        ["servers", "cmdlets"],
        [4, 34],
        [16, 130],
      ]),
      "servers  cmdlets\n4             34\n16           130",
    );
  });
});
