import { deepEqual, equal, notEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { parsePlainXml } from "../../../provider/remoting/wsman/plain-xml.ts";
import { parseAnyXml } from "../../../provider/remoting/wsman/xml.ts";

const ANSWER =
  '<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="urn:a" xmlns:rsp="urn:rsp"><s:Header>' +
  "<a:Action>urn:a/Response</a:Action><a:RelatesTo>uuid:A1</a:RelatesTo></s:Header><s:Body><rsp:ReceiveResponse>" +
  '<rsp:Stream Name="stdout" CommandId="C">AAAA+/==</rsp:Stream>\n <rsp:Stream xmlns="urn:d" xmlns:rsp="urn:other" End="true"/><plain  a="ü&#10;"  />' +
  '<rsp:CommandState CommandId="C" State="urn/Done"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse></s:Body></s:Envelope>';
const PLAIN = ANSWER.replace("&#10;", "");

/** Pieces that a reader of XML can trip over. */
const PIECES = [
  "<",
  ">",
  "/",
  '"',
  "'",
  "&",
  "&amp;",
  "&#10;",
  "]]>",
  "<!-- -->",
  "<![CDATA[x]]>",
  "<?p ?>",
  "<!DOCTYPE a>",
  " ",
  "\n",
  "\r",
  "\t",
  "=",
  ":",
  "a:",
  "\u0000",
  "\u000b",
  "\ufffe",
  "\ud800",
  "\ud83d\ude00",
  "\u0085",
  "\ue000",
  "ü",
  ' xmlns=""',
  ' xmlns="urn:n"',
  ' xmlns:s=""',
  ' xmlns:xml="urn:x"',
  ' xmlns:xmlns="urn:x"',
  ' xmlns:q="http://www.w3.org/2000/xmlns/"',
  ' xmlns:q=" urn:q "',
  ' Name="again"',
  ' a:Name="again"',
  ' q:b="c"',
  "<b>",
  "</b>",
  "<b/>",
  "<q:b/>",
  "<a:b/>",
  "</s:Body>",
  "<1/>",
  "< b>",
  "</b >",
  "<b/ >",
  "text",
  "\ufeff",
] as const;

describe("the short way through XML", () => {
  it("reads what WSMan servers write", () => {
    notEqual(parsePlainXml(PLAIN), undefined);
    deepEqual(parsePlainXml(PLAIN), parseAnyXml(PLAIN));
  });

  for (const [what, text] of [
    ["an entity", "<a>&amp;</a>"],
    ["a comment", "<a><!-- --></a>"],
    ["a CDATA section", "<a><![CDATA[x]]></a>"],
    ["a document type", "<!DOCTYPE a><a/>"],
    ["an XML declaration", '<?xml version="1.0"?><a/>'],
    ["a carriage return", "<a>\r\n</a>"],
    ["a control character", "<a>\u0001</a>"],
    ["a surrogate", "<a>\ud800</a>"],
    ["the end of a CDATA section", "<a>]]></a>"],
    ["an attribute in single quotes", "<a b='c'/>"],
    ["an attribute twice", '<a b="c" b="d"/>'],
    ["a prefix that nothing declares", "<q:a/>"],
    ["an attribute's prefix that nothing declares", '<a q:b="c"/>'],
    ["an end tag of another element", "<a></b>"],
    ["an element that does not end", "<a>"],
    ["two roots", "<a/><b/>"],
    ["text around the root", "<a/>x"],
    ["nothing", ""],
    ["elements without end inside each other", "<a>".repeat(40) + "</a>".repeat(40)],
  ] as const)
    it(`leaves ${what} to the parser`, () => equal(parsePlainXml(text), undefined));

  it("reads nothing otherwise than the parser, whatever is put in, taken out or doubled", () => {
    let read = 0;
    const change = fc.record({
      at: fc.nat(PLAIN.length),
      cut: fc.oneof(fc.constant(0), fc.nat(12)),
      piece: fc.constantFrom("", ...PIECES),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const text = changes.reduce((sum, { at, cut, piece }) => sum.slice(0, at) + piece + sum.slice(at + cut), PLAIN);
        const plain = parsePlainXml(text);
        if (plain === undefined) return;
        read += 1;
        deepEqual(plain, parseAnyXml(text));
      }),
      { numRuns: 6_000 },
    );
    notEqual(read, 0);
  });

  it("reads a tag in the scope where it stands, however often it was read in others", () => {
    const inside = (uri: string) => `<a xmlns="${uri}" xmlns:p="${uri}/p"><b/><p:b/><p:b c="d"/><p:b c="d"/></a>`;
    for (const uri of ["urn:1", "urn:2", "urn:1"]) deepEqual(parsePlainXml(inside(uri)), parseAnyXml(inside(uri)));
    equal(parsePlainXml("<a><p:b/></a>"), undefined);
  });

  it("reads more elements side by side than a function takes arguments, and more tags than it keeps in mind", () => {
    const many = `<a>${'<b c="d">e</b>'.repeat(150_000)}</a>`;
    equal(parsePlainXml(many)?.children.length, 150_000);
    for (let index = 0; index < 1_000; index += 1) {
      const text = `<a${index} xmlns="urn:${index}"><b/></a${index}>`;
      deepEqual(parsePlainXml(text), parseAnyXml(text));
    }
  });

  it("takes no longer than its length allows for texts that are made to be slow", () => {
    for (const text of [`<a${" ".repeat(100_000)}`, `<a${' b="'.repeat(20_000)}`, `<a${' b="c"'.repeat(20_000)}`, "<a>".repeat(50_000)]) {
      equal(parsePlainXml(text), undefined);
      throws(() => parseAnyXml(text));
    }
  }).timeout(10_000);
});
