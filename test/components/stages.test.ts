// Who waits for whom: stages one after the other, chains side by side, and nothing lost where there is nothing to make.
import { deepEqual } from "node:assert/strict";
import { chainsOf, ordered, type Part, part, type Stage } from "../../provider/components/stages.ts";
import { ReadinessGate } from "../../provider/resources/index.ts";

function named(name: string): Part {
  return part(ReadinessGate, name, { name, state: "open" });
}

function waits(stages: readonly Stage[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(ordered(stages).map(({ part: { name }, after }) => [name, after.map((before) => before.name)]));
}

describe("the stages of a component", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map(named) as [Part, Part, Part, Part];

  it("wait for all that stands in the stage before", () => {
    deepEqual(waits([chainsOf([a, b]), chainsOf([c, d])]), { a: [], b: [], c: ["a", "b"], d: ["a", "b"] });
  });

  it("have chains that do not wait for each other, so that a server need not wait for the slowest other one", () => {
    const [a2, b2, end] = ["a2", "b2", "end"].map(named) as [Part, Part, Part];
    deepEqual(waits([chainsOf([a, b], [a2, b2]), chainsOf([end])]), { a: [], b: [], a2: ["a"], b2: ["b"], end: ["a2", "b2"] });
  });

  it("have chains of what there is, where one list is shorter", () => {
    deepEqual(waits([chainsOf([a, b], [c])]), { a: [], b: [], c: ["a"] });
  });

  it("without a part are passed over: what follows waits for what went before", () => {
    deepEqual(waits([chainsOf([a]), chainsOf([]), [[]], chainsOf([b])]), { a: [], b: ["a"] });
  });

  it("may have nothing at all", () => {
    deepEqual(waits([chainsOf(), chainsOf([])]), {});
  });
});
