import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { property } from "../../../provider/remoting/clixml/read.ts";
import { Row } from "../../../provider/remoting/clixml/row.ts";
import { isPsObject, type PsObject } from "../../../provider/remoting/clixml/values.ts";

const LETTERS = [..."ABCDEFGHIJ"];

function rowOf(first: string, names = LETTERS): PsObject {
  const members = names.map((name, index) => `<S N="${name}">${index === 0 ? first : name.toLowerCase()}</S>`);
  const [object] = decodeClixml(`<Obj RefId="0"><Props>${members.join("")}</Props></Obj>`);
  ok(isPsObject(object));
  return object;
}

describe("an object with many members", () => {
  const { properties } = rowOf("first");
  const pairs = LETTERS.map((name, index) => [name, index === 0 ? "first" : name.toLowerCase()]);

  it("holds them as a Map does", () => {
    ok(properties instanceof Row);
    const map = new Map(properties);
    deepEqual([...properties], pairs);
    deepEqual([...properties.entries()], [...map.entries()]);
    deepEqual([...properties.keys()], [...map.keys()]);
    deepEqual([...properties.values()], [...map.values()]);
    deepEqual(
      [properties.size, properties.has("B"), properties.has("b"), properties.get("B"), properties.get("b")],
      [10, true, false, "b", undefined],
    );
    const told: unknown[] = [];
    properties.forEach((value, name, whole) => void told.push([name, value, whole === properties]));
    deepEqual(
      told,
      pairs.map((pair) => [...pair, true]),
    );
  });

  it("shares their names with others of its kind, and is equal to one that says the same alone", () => {
    const [one, other] = [rowOf("first").properties, rowOf("second").properties];
    ok(one instanceof Row && other instanceof Row);
    equal(other.names, one.names);
    deepEqual(one, properties);
    notDeepEqual(other, one);
  });

  it("is found by name in any case, and written as it came", () => {
    equal(property(rowOf("first"), "b"), "b");
    const xml = `<Obj RefId="0"><Props>${pairs.map(([name, text]) => `<S N="${name}">${text}</S>`).join("")}</Props></Obj>`;
    equal(encodeClixml(rowOf("first")), xml);
  });

  it("of which one comes twice has the last of the two, as any object", () => {
    deepEqual([...rowOf("first", [...LETTERS, "A"]).properties][0], ["A", "a"]);
  });
});
