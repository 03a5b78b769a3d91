// Our reading of XML against that of saxes, which reads the whole of it: the same tree, or both refuse.
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { XmlError } from "../../../provider/remoting/xml/reader.ts";
import { parseXml, type XmlElement } from "../../../provider/remoting/xml/tree.ts";
import { requireJudge, sharedFolder } from "../../support/judges.ts";

const MESSAGE =
  '<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="urn:a" xmlns:rsp="urn:rsp"><s:Header>\n' +
  "<a:Action s:mustUnderstand='true'>urn:a/Response</a:Action><a:RelatesTo>uuid:A1</a:RelatesTo></s:Header><s:Body><rsp:ReceiveResponse>" +
  '<rsp:Stream Name="stdout" CommandId="C">AAAA+/==</rsp:Stream>\n <rsp:Stream xmlns="urn:d" xmlns:rsp="urn:other" End="true"/><plain  a="ü&#10;>"  />' +
  '<rsp:CommandState CommandId="C" State="urn/Done"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse></s:Body></s:Envelope>';

/** What a reader of XML can trip over. */
const PIECES = [
  ...[..."<>&\"'/ =!-?;#:\t\r\n\u0000\u000b\u007f\u0085\ufffe\ufeff\u2028", "/>", "text", "s:", "ü", "\ud83d\ude00", "\r\n"],
  ...["&lt;", "&#10;", "&#xD;", "&#0;", "&#xD800;", "&x;", "&amp", "]]>", "<!---->", "<!-- a -- b -->", "<!--a--->", "<![CDATA[x]]>"],
  ...["<![CDATA[&<\r\n]]>", "<?p ?>", "<?p?>", "<?p a?b?>", "<?xml ?>", "<??>", '<?xml version="1.0"?>', "<b>", "</b>", "</b >", "<b/ >"],
  ...[
    "< b>",
    "<1/>",
    "<s:s:b/>",
    "<:b/>",
    "<b:/>",
    "<xml:b/>",
    "<xmlns:b/>",
    "<q:b/>",
    "<a:b/>",
    "</s:Body>",
    '<b c=">"d=""/>',
    "<b c='\"'/>",
  ],
  ...[' xmlns=""', ' xmlns="urn:n"', ' xmlns:s=""', ' xmlns:s="urn:n"', ' xmlns:q=" urn:q "', ' xmlns:xml="urn:x"', ' xmlns:xmlns="urn:x"'],
  ...[
    ' xmlns:q="http://www.w3.org/XML/1998/namespace"',
    ' xmlns:q="http://www.w3.org/2000/xmlns/"',
    ' xmlns:xml="http://www.w3.org/XML/1998/namespace"',
  ],
  ...[
    ' Name="again"',
    ' a:Name="again"',
    ' q:b="c"',
    " b='c'",
    ' b="<"',
    ' b=">"',
    ' b="\t"',
    ' s:xmlns="urn:n"',
    ' xml:b="c"',
    " b=c",
    " b",
  ],
];

/** What saxes makes of a text: the tree, or nothing where it refuses. */
function judged(text: string): XmlElement | undefined {
  const parser = new SaxesParser({ xmlns: true });
  const open: (XmlElement & { children: XmlElement[]; text: string })[] = [];
  let root: XmlElement | undefined;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("a document type");
  });
  parser.on("opentag", ({ uri, local, attributes }) => {
    const own = Object.values(attributes).filter(({ prefix, name }) => prefix !== "xmlns" && name !== "xmlns");
    const attributeMap = new Map(own.map((attribute) => [attribute.local, attribute.value]));
    const element = { namespace: uri, name: local, attributes: attributeMap, children: [], text: "" };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (part: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => open.pop());
  try {
    parser.write(text.replace(/^\ufeff/, "")).close();
    return root;
  } catch {
    return undefined;
  }
}

function parsed(text: string): XmlElement | undefined {
  try {
    return parseXml(text);
  } catch (error) {
    ok(error instanceof XmlError, String(error));
    return undefined;
  }
}

/** Whether it is read, as saxes reads it; what one refuses, the other does. */
function reads(text: string): boolean {
  const tree = parsed(text);
  deepEqual(tree, judged(text), JSON.stringify(text));
  return tree !== undefined;
}

describe("XML", () => {
  it("is read as saxes reads it, and refused where it refuses, whatever is put in, taken out or doubled", () => {
    ok(reads(MESSAGE));
    let read = 0;
    const change = fc.record({
      at: fc.nat(MESSAGE.length),
      cut: fc.oneof(fc.constant(0), fc.nat(12)),
      piece: fc.constantFrom("", ...PIECES),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const text = changes.reduce((sum, { at, cut, piece }) => sum.slice(0, at) + piece + sum.slice(at + cut), MESSAGE);
        if (reads(text.toWellFormed())) read += 1; // saxes lets half a surrogate pair pass
      }),
      { numRuns: 8_000 },
    );
    ok(read > 200, `${read} were read`);
  });

  it("of all that was recorded is read as saxes reads it", function () {
    const folder = sharedFolder();
    requireJudge(this, "recordings", folder !== undefined);
    const files = globSync(path.join(folder ?? "", "recordings/wsman/**/*.{yml,xml}"));
    const texts = files.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/<(\w+):Envelope\b[\s\S]*?<\/\1:Envelope>/g)].map(([text]) => text),
    );
    const read = texts.filter(reads).length;
    ok(texts.length > 300 && read / texts.length > 0.9, `${read} of ${texts.length}`);
  });

  for (const [what, text, says] of [
    ["a document type", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /^a document type is not accepted$/],
    ["elements nested without end", "<a>".repeat(50_000), /^nested deeper than 64 elements$/],
    ["half a surrogate pair", "<a>\ud800</a>", /^disallowed character\.$/],
    ["nothing", "", /^document must contain a root element\.$/],
    ["two elements", "<a/><b/>", /^documents may contain only one root\.$/],
    ["text around the element", "<a/>x", /^text data outside of root node\.$/],
    ["an element that does not end", "<a><b/>", /^unclosed tag: a$/],
    ["an end tag of another", "<a></b>", /^unexpected close tag, a was due\.$/],
    ["a prefix that nothing declares", "<q:a/>", /^unbound namespace prefix: "q"\.$/],
  ] as const)
    it(`is refused for ${what}`, () => throws(() => parseXml(text), { name: "XmlError", message: says }));

  it("may be nested as deeply as a message is, and have more elements side by side than a function takes arguments", () => {
    ok(reads("<a>".repeat(64) + "</a>".repeat(64)));
    equal(parseXml(`<a>${'<b c="d">e</b>'.repeat(150_000)}</a>`).children.length, 150_000);
  });

  it("means in each scope what it means there, however often the same tags were met in others", () => {
    const inside = (uri: string) =>
      `<a xmlns="${uri}" xmlns:p="${uri}/p"><b/><p:b/><p:b c="d"/><c xmlns="urn:c"><b/><p:b c="d"/></c><b/></a>`;
    for (const uri of ["urn:1", "urn:2", "urn:1"]) ok(reads(inside(uri)));
    for (let index = 0; index < 3_000; index += 1) ok(reads(`<a${index} xmlns="urn:${index}"><b/></a${index}>`));
  });

  it("takes no longer than its length allows where it is made to be slow", () => {
    for (const text of [
      `<a${" ".repeat(100_000)}`,
      `<a${' b="'.repeat(20_000)}`,
      `<a${' b="c"'.repeat(20_000)}`,
      `<a b="${">".repeat(200_000)}`,
      `<a>${"&".repeat(200_000)}`,
      `<a${" ".repeat(200_000)}>`,
    ])
      equal(parsed(text), undefined);
  }).timeout(10_000);
});
