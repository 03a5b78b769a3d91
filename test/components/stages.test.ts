// Who waits for whom: stages one after the other, chains side by side, and nothing lost where there is nothing to make.
import { deepEqual } from "node:assert/strict";
import { ordered, type Part, part, type Stage, stage } from "../../provider/components/stages.ts";
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
    deepEqual(waits([stage("x", [a, b]), stage("x", [c, d])]), { a: [], b: [], c: ["a", "b"], d: ["a", "b"] });
  });

  it("have chains that do not wait for each other, so that a server need not wait for the slowest other one", () => {
    const [a2, b2, end] = ["a2", "b2", "end"].map(named) as [Part, Part, Part];
    deepEqual(waits([stage("x", [a, b], [a2, b2]), stage("x", [end])]), { a: [], b: [], a2: ["a"], b2: ["b"], end: ["a2", "b2"] });
  });

  it("have chains of what there is, where one list is shorter", () => {
    deepEqual(waits([stage("x", [a, b], [c])]), { a: [], b: [], c: ["a"] });
  });

  it("without a part are passed over: what follows waits for what went before", () => {
    deepEqual(waits([stage("x", [a]), stage("x", []), { called: "x", chains: [[]] }, stage("x", [b])]), { a: [], b: ["a"] });
  });

  it("tell each part where it comes, among those that have parts", () => {
    const place = (number: number, parts: number) => ({ stages: ["the buffer", "transport"], stage: number, parts });
    deepEqual(
      ordered([stage("the buffer", [a]), stage("the MX", []), stage("transport", [b, c], [d])]).map(({ part: { name }, place }) => [
        name,
        place,
      ]),
      [
        ["a", place(1, 1)],
        ["b", place(2, 3)],
        ["d", place(2, 3)],
        ["c", place(2, 3)],
      ],
    );
  });

  it("may have nothing at all", () => {
    deepEqual(waits([stage("x"), stage("x", [])]), {});
  });
});
