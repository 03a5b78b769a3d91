// The short way through a request against the XML parser: it reads the same tree, or leaves the text alone.
import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { parsePlainXml } from "../../../../lab/serve/wsman/plain-xml.ts";
import { parseAnyXml, type XmlElement, XmlError } from "../../../../lab/serve/wsman/xml.ts";
import { requireJudge, sharedFolder } from "../../../support/judges.ts";
import { conversation } from "../../../support/wsman-fuzz.ts";
import { Dice, mutated } from "../../../support/wsman-mutations.ts";

const REQUEST =
  '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="urn:a" xmlns:rsp="urn:rsp"><s:Header>\n' +
  '<a:Action s:mustUnderstand="true">urn:a/Send</a:Action><a:Locale xml:lang="en-US" s:mustUnderstand="false" /></s:Header><s:Body>' +
  '<rsp:Send><rsp:Stream Name="stdin" CommandId="D9E159AD-76FF-49B5-A936-69C4B346279F">AAAA+/==</rsp:Stream>one' +
  '<rsp:Stream xmlns="urn:d" xmlns:rsp="urn:other" End="true"/><plain q="a=\'b\'">\ttwo</plain></rsp:Send></s:Body></s:Envelope>';

/** What a reader of XML can trip over. */
const ODD = [
  ...[
    "<",
    ">",
    "/",
    "/>",
    '"',
    "'",
    "=",
    ":",
    " ",
    "\n",
    "\r",
    "\t",
    "text",
    "s:",
    "\ufeff",
    "\u0000",
    "\u007f",
    "\u0085",
    "\ufffe",
    "\ud800",
    "é",
  ],
  ...[
    "&",
    "&lt;",
    "&#10;",
    "]]>",
    "<!---->",
    "<![CDATA[x]]>",
    "<?p ?>",
    "<!DOCTYPE a>",
    "<b>",
    "</b>",
    "</b >",
    "<b/ >",
    "< b>",
    "<1/>",
    "<s:s:b/>",
  ],
  ...[' xmlns=""', ' xmlns="urn:n"', ' xmlns:s=""', ' xmlns:s="urn:n"', ' xmlns:q=" urn:q "', ' xmlns:xml="urn:x"', ' xmlns:xmlns="urn:x"'],
  ...[' xmlns:q="http://www.w3.org/XML/1998/namespace"', ' xmlns:q="http://www.w3.org/2000/xmlns/"', "<xml:b/>", "<xmlns:b/>", "<q:b/>"],
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

describe("the short way through a request", () => {
  it("reads what clients write", () => {
    notEqual(plain(REQUEST), undefined);
    same(REQUEST);
  });

  it("reads nothing otherwise than the parser, wherever something odd is put, cut out or doubled", () => {
    const change = fc.record({ at: fc.nat(REQUEST.length), cut: fc.oneof(fc.constant(0), fc.nat(12)), put: fc.constantFrom("", ...ODD) });
    let read = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const text = changes.reduce((sum, { at, cut, put }) => sum.slice(0, at) + put + sum.slice(at + cut), REQUEST);
        if (same(text)) read += 1;
      }),
      { numRuns: 6_000 },
    );
    ok(read > 100, `${read} were read`);
  });

  it("reads right and spoilt conversations as the parser does, and all that are right", () => {
    const dice = new Dice(20_261_121);
    let read = 0;
    for (let round = 0; round < 40; round += 1)
      for (const text of conversation(dice)) {
        ok(same(text), text);
        const spoilt = mutated(text, dice).bytes.toString("utf8");
        if (same(spoilt)) read += 1;
      }
    ok(read > 100, `${read} were read`);
  });

  it("reads what real clients were recorded to send as the parser does, and nearly all of it at all", function () {
    const folder = sharedFolder();
    requireJudge(this, "recordings", folder !== undefined);
    const texts = globSync(path.join(folder ?? "", "recordings/wsman/**/*.{yml,xml}")).flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/<(\w+):Envelope\b[\s\S]*?<\/\1:Envelope>/g)].map(([text]) => text),
    );
    const read = texts.filter(same).length;
    ok(texts.length > 300 && read / texts.length > 0.9, `${read} of ${texts.length}`);
  });

  it("reads a tag in the scope where it stands, whatever it meant in others", () => {
    const text = (uri: string) => `<a xmlns="${uri}" xmlns:p="${uri}/p"><b/><p:b/><p:b c="d"/><c><p:b c="d"/></c></a>`;
    for (const uri of ["urn:1", "urn:2", "urn:1"]) ok(same(text(uri)));
    equal(plain("<a><p:b/></a>"), undefined);
    // The same tags after each other, the last of them in one scope and then in the other.
    for (const text of ['<a xmlns="urn:1"><c xmlns="urn:2"><b/><d/></c></a>', '<a xmlns="urn:1"><c xmlns="urn:2"><b/></c><d/></a>'])
      for (const _time of [1, 2]) ok(same(text));
  });

  it("reads as well when it has met more tags than it remembers, between requests and in the middle of one", () => {
    for (let index = 0; index < 1_200; index += 1) ok(same(`<a${index} xmlns="urn:${index}"><b${index}/></a${index}>`));
    const many = Array.from({ length: 1_200 }, (_, index) => `<c${index} d="e">f</c${index}>`).join("");
    ok(same(`<a xmlns="urn:a">${many}${many}</a>`));
  });

  for (const [what, text] of [
    ["33 elements inside each other", "<a>".repeat(33) + "</a>".repeat(33)],
    ["a tag of more than 2,000 characters", `<a b="${"c".repeat(2_000)}"></a>`],
    ["more than 50 namespaces", `<a ${Array.from({ length: 51 }, (_, index) => `xmlns:a${index}="urn:a"`).join(" ")}></a>`],
    ["an XML declaration", '<?xml version="1.0"?><a></a>'],
    ["an attribute twice", '<a b="c" b="d"></a>'],
    ["two of one local name", '<a xmlns:p="urn:p" b="c" p:b="d"></a>'],
    ["a carriage return", "<a>\r</a>"],
    ["an entity", "<a>&amp;</a>"],
    ["what is not ASCII", "<a>é</a>"],
    ["text after the end", "<a></a>\n"],
    ["two roots", "<a></a><b></b>"],
    ["nothing", ""],
  ] as const)
    it(`leaves ${what} to the parser`, () => equal(plain(text), undefined));

  it("reads elements that are nested as deeply as a request may be", () => {
    ok(same("<a>".repeat(32) + "</a>".repeat(32)));
  });

  it("takes no longer than its length allows for texts that are made to be slow", () => {
    for (const text of [`<a${" ".repeat(100_000)}`, `<a${' b="'.repeat(20_000)}`, `<a${' b="c"'.repeat(20_000)}`, "<a>".repeat(50_000)]) {
      equal(plain(text), undefined);
      throws(() => parseAnyXml(text), XmlError);
    }
  }).timeout(10_000);
});

function plain(text: string): XmlElement | undefined {
  return parsePlainXml(text);
}

/** Whether the short way reads a text. What it reads, the parser must not refuse, nor read otherwise. */
function same(text: string): boolean {
  const read = plain(text);
  if (read !== undefined) deepEqual(read, parseAnyXml(text));
  return read !== undefined;
}
