import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { decodeClixml, decodeClixmlBytes } from "../../../provider/remoting/clixml/decode.ts";
import { property } from "../../../provider/remoting/clixml/read.ts";
import { ClixmlError, isPsObject, PsDate, type PsObject, PsTagged } from "../../../provider/remoting/clixml/values.ts";

/** The only value of a text, as an object. */
function objectIn(xml: string): PsObject {
  const [value] = decodeClixml(xml);
  ok(isPsObject(value));
  return value;
}

function refuses(xml: string, message: string): void {
  throws(
    () => decodeClixml(xml),
    (error: unknown) => {
      ok(error instanceof ClixmlError, String(error));
      equal(error.message, message);
      return true;
    },
  );
}

describe("decoding CLIXML", () => {
  for (const [xml, value] of [
    ["<S>a</S>", "a"],
    ["<S></S>", ""],
    ["<S />", ""],
    ["<S>  two  </S>", "  two  "],
    ["<S>a &lt; b &amp;&#x41;</S>", "a < b &A"],
    ["<S>_x000A__x000D_</S>", "\n\r"],
    ["<S>_x005F_x0041_</S>", "_x0041_"],
    ["<S>_X0041_</S>", "A"],
    ["<S>_xD83D__xDE00_</S>", "\u{1f600}"],
    ["<S>_x41_ _x004G_</S>", "_x41_ _x004G_"],
    ["<Nil />", null],
    ["<B>true</B>", true],
    ["<B>false</B>", false],
    ["<I32>-2147483648</I32>", -2147483648],
    ["<I64>9223372036854775807</I64>", 9223372036854775807n],
    ["<Db>0.5</Db>", 0.5],
    ["<Db>-INF</Db>", -Infinity],
    ["<Db>NaN</Db>", Number.NaN],
    ["<Db>5E-324</Db>", 5e-324],
    ["<BA>AQI=</BA>", Uint8Array.of(1, 2)],
    ["<DT>2026-03-01T08:30:15.123+01:00</DT>", new PsDate("2026-03-01T08:30:15.123+01:00")],
    ["<C>65</C>", new PsTagged("C", "65")],
    ["<U64>18446744073709551615</U64>", new PsTagged("U64", "18446744073709551615")],
    ["<TS>-PT1M30S</TS>", new PsTagged("TS", "-PT1M30S")],
  ] as const) {
    it(`reads ${xml}`, () => deepEqual(decodeClixml(xml), [value]));
  }

  it("reads a document with several values, one without any, and an empty text", () => {
    deepEqual(decodeClixml('\ufeff<?xml version="1.0" encoding="utf-16"?><Objs Version="1.1.0.1">\n  <S>a</S>\n  <Nil />\n</Objs>'), [
      "a",
      null,
    ]);
    deepEqual(decodeClixml('<Objs Version="1.1.0.1" />'), []);
    deepEqual(decodeClixml(""), []);
  });

  it("reads all parts of an object", () => {
    const object = objectIn(
      '<Obj RefId="0"><TN RefId="0"><T>A</T><T>System.Object</T></TN><ToString>a_x000A_</ToString><I32>5</I32>' +
        '<Props><S N="Na_x005F_xme">p</S></Props><MS><S N="Note">n</S></MS></Obj>',
    );
    deepEqual(object, {
      kind: "object",
      typeNames: ["A", "System.Object"],
      text: "a\n",
      value: 5,
      properties: new Map([["Na_xme", "p"]]),
      notes: new Map([["Note", "n"]]),
    });
  });

  it("shares type names by TNRef and objects by Ref, in number spaces of their own", () => {
    const xml =
      '<Obj RefId="7"><TN RefId="7"><T>Outer</T></TN><Props>' +
      '<Obj N="Identity" RefId="1"><TNRef RefId="7" /><ToString>i</ToString></Obj><Ref N="Id" RefId="1" /></Props></Obj>';
    const object = objectIn(xml);
    const identity = property(object, "Identity");
    equal(property(object, "Id"), identity);
    deepEqual(isPsObject(identity) && identity.typeNames, ["Outer"]);
  });

  it("lets an object refer to the object that it is in", () => {
    const object = objectIn('<Obj RefId="0"><Props><Ref N="Next" RefId="0" /></Props></Obj>');
    equal(property(object, "Next"), object);
  });

  it("forgets Refs from one text to the next", () => {
    decodeClixml('<Obj RefId="5" />');
    refuses('<Ref RefId="5" />', 'CLIXML line 1, column 18: Ref names RefId "5", which no earlier Obj has');
  });

  for (const container of ["LST", "IE", "QUE", "STK"] as const) {
    it(`reads the items of ${container}`, () => {
      deepEqual(objectIn(`<Obj RefId="0"><${container}><S>a</S><Nil /></${container}></Obj>`).items, { container, values: ["a", null] });
    });
  }

  it("makes a plain list of Object[], and of nothing else with items", () => {
    const types = "<TN><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN>";
    deepEqual(decodeClixml(`<Obj RefId="0">${types}<LST><S>a</S></LST></Obj>`), [["a"]]);
    deepEqual(objectIn(`<Obj RefId="0">${types}<LST><S>a</S></LST><MS><S N="Tag">t</S></MS></Obj>`).items?.values, ["a"]);
    deepEqual(objectIn('<Obj RefId="0"><TN><T>System.Int32[]</T></TN><LST><I32>1</I32></LST></Obj>').items?.values, [1]);
  });

  it("reads a dictionary in order, with keys of any type", () => {
    const xml = '<Obj RefId="0"><DCT><En><I32 N="Key">1</I32><Nil N="Value" /></En><En><S N="Key">b</S><S N="Value">c</S></En></DCT></Obj>';
    deepEqual(objectIn(xml).entries, [
      [1, null],
      ["b", "c"],
    ]);
  });

  it("reads an object inside an object without a name as its value", () => {
    const inner = objectIn('<Obj RefId="0"><Obj RefId="1"><ToString>in</ToString></Obj></Obj>').value;
    equal(isPsObject(inner) && inner.text, "in");
  });

  it("reads a progress record in its short form", () => {
    const progress = objectIn(
      "<PR><AV>Moving DB01</AV><AI>3</AI><S>op</S><PI>-1</PI><PC>40</PC><T>Processing</T><SR>6</SR><SD>4 of 10</SD></PR>",
    );
    deepEqual(
      [progress.notes.get("Activity"), progress.notes.get("CurrentOperation"), progress.notes.get("PercentComplete")],
      ["Moving DB01", "op", "40"],
    );
  });

  it("drops serialization blobs without reading them, and only where they are notes", () => {
    const object = objectIn('<Obj RefId="0"><MS><BA N="SerializationData">not base64!</BA><S N="Other">o</S></MS></Obj>');
    deepEqual([...object.notes], [["Other", "o"]]);
  });

  it("reads bytes in UTF-16 of either order and in UTF-8, with a mark or without", () => {
    const text = "<S>ä\u20ac</S>";
    const little = Buffer.from(`\ufeff${text}`, "utf16le");
    for (const bytes of [little, Buffer.from(little).swap16(), Buffer.from(text), Buffer.from(`\ufeff${text}`)])
      deepEqual(decodeClixmlBytes(bytes), ["ä\u20ac"]);
  });

  it("refuses bytes that are no text", () => {
    throws(() => decodeClixmlBytes(Uint8Array.of(0x3c, 0xff)), { name: "ClixmlError", message: "the bytes are not UTF-8" });
  });

  for (const [what, xml, message] of [
    ["an element that CLIXML does not have", "<Objs><X /></Objs>", "CLIXML line 1, column 12: <X> is not an element of CLIXML here"],
    ["a document type", '<!DOCTYPE a [<!ENTITY b "c">]><S>&b;</S>', "CLIXML line 1, column 31: a document type is not accepted"],
    ["an entity that XML does not have", "<S>&nbsp;</S>", "CLIXML line 1, column 10: undefined entity."],
    ["an attribute twice", '<S N="a" N="b">c</S>', "CLIXML line 1, column 1: duplicate attribute: N."],
    ["a text that ends early", "<Objs>\n<S>a</S>", "CLIXML line 2, column 9: unclosed tag: Objs"],
    ["a number that is none", "<I32>1.5</I32>", 'CLIXML line 1, column 15: <I32> holds "1.5"'],
    ["a number beyond 32 bits", "<I32>2147483648</I32>", 'CLIXML line 1, column 22: <I32> holds "2147483648"'],
    ["a number beyond 64 bits", "<I64>9223372036854775808</I64>", 'CLIXML line 1, column 31: <I64> holds "9223372036854775808"'],
    ["a double that is none", "<Db>1,5</Db>", 'CLIXML line 1, column 13: <Db> holds "1,5"'],
    ["a boolean that is none", "<B>yes</B>", 'CLIXML line 1, column 11: <B> holds "yes", not true or false'],
    ["bytes that are not base64", "<BA>?</BA>", "CLIXML line 1, column 11: <BA> holds something else than base64"],
    [
      "type names that nobody gave",
      '<Obj><TNRef RefId="9" /></Obj>',
      'CLIXML line 1, column 25: TNRef names RefId "9", which no earlier TN has',
    ],
    ["a property without a name", "<Obj><MS><S>a</S></MS></Obj>", "CLIXML line 1, column 13: <S> is a property without a name"],
    [
      "an entry without a value",
      '<Obj><DCT><En><S N="Key">a</S></En></DCT></Obj>',
      "CLIXML line 1, column 36: <En> needs one Key and one Value",
    ],
    ["text between elements", "<Objs>hello</Objs>", 'CLIXML line 1, column 12: text where only elements belong: "hello"'],
    ["an element inside a text", "<S><B>true</B></S>", "CLIXML line 1, column 7: <B> inside an element that holds text only"],
  ] as const) {
    it(`refuses ${what} and says where`, () => refuses(xml, message));
  }

  it("refuses what is nested without end, and takes what is nested a little less", () => {
    const nested = (depth: number) => "<Obj><LST>".repeat(depth) + "</LST></Obj>".repeat(depth);
    throws(() => decodeClixml(nested(5_000)), { name: "ClixmlError", message: /nested deeper than 200 elements$/ });
    equal(decodeClixml(nested(99)).length, 1);
  });
});
