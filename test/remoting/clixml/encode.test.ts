import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { hashtable, psEnum, psObject } from "../../../provider/remoting/clixml/build.ts";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { encodeClixml, encodeClixmlDocument } from "../../../provider/remoting/clixml/encode.ts";
import { PsDate, PsTagged, type PsValue, TAGGED_ELEMENTS } from "../../../provider/remoting/clixml/values.ts";

describe("encoding CLIXML", () => {
  for (const [value, xml] of [
    ['a & b <c> "d"', "<S>a &amp; b &lt;c&gt; &quot;d&quot;</S>"],
    ["\r\n", "<S>_x000D__x000A_</S>"],
    ["\u{1f600}", "<S>_xD83D__xDE00_</S>"],
    ["_x0041_ _X _y x_", "<S>_x005F_x0041_ _x005F_X _y x_</S>"],
    ["\u007f\u0085\ufffe", "<S>_x007F__x0085__xFFFE_</S>"],
    ["ä€", "<S>ä€</S>"],
    [5, "<I32>5</I32>"],
    [-2147483648, "<I32>-2147483648</I32>"],
    [2147483648, "<I64>2147483648</I64>"],
    [0.5, "<Db>0.5</Db>"],
    [1e300, "<Db>1E+300</Db>"],
    [-0, "<Db>-0</Db>"],
    [Infinity, "<Db>INF</Db>"],
    [Number.NaN, "<Db>NaN</Db>"],
    [5n, "<I64>5</I64>"],
    [true, "<B>true</B>"],
    [null, "<Nil />"],
    [Uint8Array.of(1, 2), "<BA>AQI=</BA>"],
    [new PsDate("2026-03-01T08:30:00Z"), "<DT>2026-03-01T08:30:00Z</DT>"],
    [new PsTagged("Version", "2.3"), "<Version>2.3</Version>"],
    [[], '<Obj RefId="0"><TN RefId="0"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN><LST /></Obj>'],
    [
      hashtable({ Add: "a" }),
      '<Obj RefId="0"><TN RefId="0"><T>System.Collections.Hashtable</T><T>System.Object</T></TN><DCT><En><S N="Key">Add</S><S N="Value">a</S></En></DCT></Obj>',
    ],
    [
      psEnum("System.DayOfWeek", "Friday", 5),
      '<Obj RefId="0"><TN RefId="0"><T>System.DayOfWeek</T><T>System.Enum</T><T>System.ValueType</T><T>System.Object</T></TN><ToString>Friday</ToString><I32>5</I32></Obj>',
    ],
    [psObject({ notes: { 'a "b"_x': 1 } }), '<Obj RefId="0"><MS><I32 N="a &quot;b&quot;_x005F_x">1</I32></MS></Obj>'],
  ] as readonly (readonly [PsValue, string])[]) {
    it(`writes ${xml}`, () => equal(encodeClixml(value), xml));
  }

  it("counts RefIds and type names anew for every text, and names an object twice by Ref", () => {
    const inner = psObject({ typeNames: ["T"] });
    const expected =
      '<Obj RefId="0"><MS><Obj N="a" RefId="1"><TN RefId="0"><T>T</T></TN></Obj><Ref N="b" RefId="1" /><Obj N="c" RefId="2"><TNRef RefId="0" /></Obj></MS></Obj>';
    const outer = psObject({ notes: { a: inner, b: inner, c: psObject({ typeNames: ["T"] }) } });
    equal(encodeClixml(outer), expected);
    equal(encodeClixml(outer), expected);
  });

  it("writes an object that refers to itself", () => {
    const properties = new Map<string, PsValue>();
    const object = { ...psObject({}), properties };
    properties.set("Next", object);
    equal(encodeClixml(object), '<Obj RefId="0"><Props><Ref N="Next" RefId="0" /></Props></Obj>');
  });

  it("writes documents, empty ones too", () => {
    equal(encodeClixmlDocument([]), '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"></Objs>');
    deepEqual(decodeClixml(encodeClixmlDocument(["a", null, ["b"]])), ["a", null, ["b"]]);
  });

  it("refuses a tag that CLIXML does not have, 65 bits, and nesting without end", () => {
    throws(() => encodeClixml(new PsTagged("X><Y", "a")), { name: "ClixmlError", message: "CLIXML has no element <X><Y>" });
    throws(() => encodeClixml(2n ** 63n), { name: "ClixmlError", message: "9223372036854775808 does not fit 64 bits" });
    let nested: PsValue = [];
    for (let depth = 0; depth < 10_000; depth++) nested = [nested];
    throws(() => encodeClixml(nested), { name: "ClixmlError", message: "a value is nested deeper than 100 objects" });
  });

  it("of anything that can be said is decoded to the same", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        deepEqual(decodeClixml(encodeClixml(value)), [value]);
      }),
      { numRuns: 300 },
    );
  });

  it("of the deepest nesting that is written is read again", () => {
    let nested: PsValue = "core";
    for (let depth = 0; depth < 99; depth++) nested = [nested];
    deepEqual(decodeClixml(encodeClixml(nested)), [nested]);
  });

  it("of a whole number beyond 32 bits comes back as a bigint, which is the same number", () => {
    deepEqual(decodeClixml(encodeClixml(5_000_000_000)), [5_000_000_000n]);
  });
});

/** Texts with lone surrogates, controls, markup and what looks like an escape. */
const awkwardText = fc
  .array(
    fc.oneof(
      fc.string(),
      fc.constantFrom("_x0041_", "_x", "_X005f_", "_x005F_", "\r\n", " ", "<&>\"'", "]]>"),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

const anyNumber = fc.oneof(
  fc.integer(),
  fc.double().filter((number) => !Number.isSafeInteger(number) || number === (number | 0)),
);

const primitive: fc.Arbitrary<PsValue> = fc.oneof(
  awkwardText,
  anyNumber,
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 20 }),
  fc.date({ noInvalidDate: true }).map((date) => new PsDate(date.toISOString())),
  fc.tuple(fc.constantFrom(...TAGGED_ELEMENTS), awkwardText).map(([tag, text]) => new PsTagged(tag, text)),
);

const { value: anyValue } = fc.letrec<{ value: PsValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    primitive,
    fc.array(tie("value"), { maxLength: 4 }),
    objectOf(tie("value")),
  ),
}));

function objectOf(value: fc.Arbitrary<PsValue>): fc.Arbitrary<PsValue> {
  const members = fc.array(fc.tuple(awkwardText, value), { maxLength: 3 });
  const optional = <Part>(part: fc.Arbitrary<Part>) => fc.option(part, { nil: undefined });
  return fc
    .record(
      {
        typeNames: fc.array(awkwardText, { maxLength: 3 }),
        text: optional(awkwardText),
        properties: members,
        notes: members,
        value: optional(primitive),
        items: optional(
          fc.record(
            {
              container: fc.constantFrom("LST" as const, "IE" as const, "QUE" as const, "STK" as const),
              values: fc.array(value, { maxLength: 3 }),
            },
            { noNullPrototype: true },
          ),
        ),
        entries: optional(fc.array(fc.tuple(value, value), { maxLength: 3 })),
      },
      { noNullPrototype: true },
    )
    .map(({ properties, notes, ...parts }) => ({ ...psObject(parts), properties: new Map(properties), notes: new Map(notes) }));
}
