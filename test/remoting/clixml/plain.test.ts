// The short way through CLIXML against the XML parser: what it reads, it reads alike; what it is not sure of, it leaves.
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { decodePlain } from "../../../provider/remoting/clixml/plain.ts";
import { readClixml } from "../../../provider/remoting/clixml/reader.ts";
import { ClixmlError, isPsObject, PsDate, PsTagged, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import { comparable } from "../../support/comparable.ts";

/** What the XML parser makes of a text; undefined when it refuses. */
function parsed(xml: string): PsValue[] | undefined {
  try {
    return readClixml(xml);
  } catch (error) {
    ok(error instanceof ClixmlError);
    return undefined;
  }
}

/** That the short way read nothing else than the parser did. True when it read anything. */
function agrees(xml: string): boolean {
  const plain = decodePlain(xml);
  if (plain === undefined) return false;
  deepEqual(comparable([plain]), comparable(parsed(xml) ?? "refused"), xml);
  return true;
}

const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("_x0041_", "a & b < c > d", "]]>", "\u0085\u2028\ufeff", "\ud800", "x".repeat(600), "ä".repeat(20), "&#65;", "&lt;"),
);
const primitive: fc.Arbitrary<PsValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.uint8Array(),
  anyText,
  anyText.map((text) => new PsDate(text)),
  anyText.map((text) => new PsTagged("G", text)),
);
const { value: anyValue } = fc.letrec<{ value: PsValue }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, primitive, fc.array(tie("value"), { maxLength: 3 }), anyObject(tie("value"))),
}));

function anyObject(value: fc.Arbitrary<PsValue>): fc.Arbitrary<PsValue> {
  const members = fc.option(fc.dictionary(anyText, value, { maxKeys: 12 }), { nil: undefined });
  return fc
    .record({
      typeNames: fc.array(anyText, { maxLength: 3 }),
      text: fc.option(anyText, { nil: undefined }),
      properties: members,
      notes: members,
      value: fc.option(primitive, { nil: undefined }),
      items: fc.option(fc.array(value, { maxLength: 3 }), { nil: undefined }),
      entries: fc.option(fc.array(fc.tuple(primitive, value), { maxLength: 2 }), { nil: undefined }),
    })
    .map(psObject);
}

/** Pieces that make one XML of another, or none. */
const PIECES = [
  ..."<>&\"'/ =!-?;#\t\r\n\u0000\u0085\ud800\ufffe",
  ...'<S>a</S>|<!-- c -->|<![CDATA[c]]>|<?p i?>|&amp;|&#65;|&x;|]]>| N="b"| RefId="0"|<Ref RefId="0" />|<Ref RefId="1"/>'.split("|"),
  ...'<TNRef RefId="0" />|<Obj RefId="0">|</Obj>|<LST>|</LST>|<Props>|</Props>|<Nil />|<I32>1.5</I32>|<BA N="SerializationData">?</BA>|xml:'.split(
    "|",
  ),
];

describe("the short way through CLIXML", () => {
  it("reads any value as the XML parser does, or leaves it", () => {
    fc.assert(fc.property(anyValue, (value) => void agrees(encodeClixml(value))));
  });

  it("reads no text otherwise that was cut, repeated or had something put in", () => {
    const cut = fc.record({ at: fc.nat(), drop: fc.nat({ max: 6 }), piece: fc.constantFrom("", ...PIECES) });
    fc.assert(
      fc.property(anyValue, fc.array(cut, { minLength: 1, maxLength: 3 }), (value, cuts) => {
        const whole = encodeClixml(value);
        const mangled = cuts.reduce((xml, { at, drop, piece }) => {
          const start = at % (xml.length + 1);
          return xml.slice(0, start) + piece + xml.slice(start + drop);
        }, whole);
        agrees(mangled);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is taken by what servers write: rows with properties of every kind, lists, enums, references, blobs", () => {
    const types = '<TN RefId="0"><T>Deserialized.A`1[[B]]</T><T>System.Object</T></TN>';
    for (const xml of [
      "<S>a &amp; b &lt; &quot;c&quot; _x000A_ ü</S>",
      '<Obj RefId="0"><Props><Nil N="a" /><B N="b">true</B><S N="c_x0020_" /></Props></Obj>',
      `<Obj RefId="0">${types}<ToString>Friday</ToString><I32>5</I32></Obj>`,
      `<Obj RefId="0">${types}<MS><Obj N="a" RefId="1"><TNRef RefId="0" /><IE><S>x</S><S>y</S></IE></Obj><Ref N="b" RefId="1" /></MS></Obj>`,
      '<Obj RefId="0"><MS><BA N="SerializationData">AAEAAAD=</BA><S N="Other">o</S></MS></Obj>',
      '<Obj N="a" RefId="0"><TN RefId="0"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN><LST><S>a</S></LST></Obj>',
    ])
      ok(agrees(xml), xml);
  });

  for (const [what, xml] of [
    ["nothing", ""],
    ["a document", "<Objs><S>a</S></Objs>"],
    ["two values", "<S>a</S><S>b</S>"],
    ["what is cut off", '<Obj RefId="0"><Props>'],
    ["blanks between elements", "<Obj>\n<S>a</S></Obj>"],
    ["a document type", '<!DOCTYPE a [<!ENTITY b "c">]><S>&b;</S>'],
    ["an entity of none of XML's own", "<S>&nbsp;</S>"],
    ["an ampersand alone", "<S>a & b</S>"],
    ["a CDATA section", "<S><![CDATA[a]]></S>"],
    ["the end of a CDATA section", "<S>]]></S>"],
    ["a comment", "<S>a<!-- b --></S>"],
    ["a control character", "<S>\u0001</S>"],
    ["half a surrogate pair", "<S>\ud800</S>"],
    ["a number that is none", "<I32>1.5</I32>"],
    ["an attribute twice", '<S N="a" N="b">c</S>'],
    [
      "a reference into an object that is still open, of the id of an earlier one",
      '<Obj><LST><Obj RefId="1" /><Obj RefId="1"><LST><Ref RefId="1" /></LST></Obj></LST></Obj>',
    ],
    ["a reference to nowhere", '<Obj RefId="0"><MS><Ref N="a" RefId="9" /></MS></Obj>'],
    ["a blob that is none", '<Obj><MS><BA N="SerializationData">?</BA></MS></Obj>'],
    ["more levels than anyone sends", `${"<Obj><LST>".repeat(60)}${"</LST></Obj>".repeat(60)}`],
  ] as const)
    it(`leaves ${what}`, () => equal(decodePlain(xml), undefined));

  it("keeps texts apart that are alike in length, however many there are", () => {
    for (let number = 0; number < 10_000; number++) {
      const text = `a text of its own ${String(number).padStart(6, "0")}`;
      equal(decodePlain(`<S>${text}</S>`), text);
    }
  });

  it("gives objects of one type one list of type names", () => {
    const [one, other] = ["one", "two"].map((text) => {
      const value = decodePlain(`<Obj><TN><T>A</T><T>B</T></TN><MS><S N="x">${text}</S></MS></Obj>`);
      ok(isPsObject(value));
      return value.typeNames;
    });
    deepEqual(one, ["A", "B"]);
    equal(one, other);
  });
});
