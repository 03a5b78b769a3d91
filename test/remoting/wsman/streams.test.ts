// Answers read with their streams taken out first, against the same answers read whole.
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { parseWithStreams } from "../../../provider/remoting/wsman/streams.ts";
import { parseXml, type XmlElement, XmlError } from "../../../provider/remoting/wsman/xml.ts";

function outcome(parse: (text: string) => XmlElement, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    ok(error instanceof XmlError);
    return error.message;
  }
}

function same(text: string): void {
  deepEqual(outcome(parseWithStreams, text), outcome(parseXml, text), text);
}

const payload = (seed: number) => Buffer.alloc(60 + (seed % 90), seed % 256).toString("base64");
const streamOf = (content: string, more = "") => `<r:Stream Name="stdout" CommandId="C"${more}>${content}</r:Stream>`;
const answer = (content: string) =>
  `<s:Envelope xmlns:s="urn:s" xmlns:r="urn:r"><s:Header><a>b</a></s:Header><s:Body><r:ReceiveResponse>${content}<r:CommandState State="Done"/></r:ReceiveResponse></s:Body></s:Envelope>`;

describe("an answer with streams", () => {
  it("has all of them, in order and in their place", () => {
    const root = parseWithStreams(answer(`<r:First/>${[1, 2, 3].map((seed) => streamOf(payload(seed))).join("")}`));
    const response = root.children[1]?.children[0];
    deepEqual(
      response?.children.map(({ name, text }) => [name, text]),
      [
        ["First", ""],
        ["Stream", payload(1)],
        ["Stream", payload(2)],
        ["Stream", payload(3)],
        ["CommandState", ""],
      ],
    );
    equal(response?.children[2]?.attributes.get("CommandId"), "C");
    equal(response?.children[2]?.namespace, "urn:r");
  });

  const two = streamOf(payload(1)) + streamOf(payload(2));
  for (const [what, content] of [
    ["none", ""],
    ["short ones", streamOf("AAAA") + streamOf("")],
    ["several kinds", two + streamOf(payload(3), ' End="true"') + streamOf(payload(4))],
    ["blanks between them", `${streamOf(payload(1))}\n${streamOf(payload(2))}`],
    ["one that is not base64", two + streamOf("a b") + streamOf(payload(4))],
    ["one that is not closed", `${two}<r:Stream Name="stdout" CommandId="C">${payload(3)}`],
    ["one with an element inside", two + streamOf(`${payload(3)}<a/>`)],
    ["another namespace", two.replaceAll("r:", "q:")],
    ["an attribute twice", two.replaceAll("<r:Stream ", '<r:Stream Name="other" ')],
    ["an entity before them", `<!DOCTYPE a>${two}`],
    ["them in a comment", `<!-- ${two} -->`],
    ["them in a comment and outside", `<!-- ${two} -->${two}`],
    ["them in a CDATA section", `<r:Stream><![CDATA[${two}]]></r:Stream>`],
    ["them in a processing instruction", `<?p ${two}?>`],
    ["them in an attribute", `<a b='${two}'/>`],
    ["an element that says what a mark says", `<a>\ue000</a>${two}`],
    ["an element that says it by its number", `<a>&#xE000;</a><r:Stream>&#57344;</r:Stream>${two}`],
  ] as const)
    it(`is read as a whole one is, with ${what}`, () => same(answer(content)));

  it("is refused when there is more than one root, as a whole one is", () => same(streamOf(payload(1)).repeat(2)));

  it("takes more of them than a function takes arguments", () => {
    const root = parseWithStreams(answer(streamOf(payload(1)).repeat(150_000)));
    equal(root.children[1]?.children[0]?.children.length, 150_001);
  });

  it("is read as a whole one is, however it is mangled", () => {
    const pieces = [
      "",
      "<",
      ">",
      "&",
      "&#65;",
      '"',
      "/",
      "]]>",
      "<!--",
      "-->",
      "<![CDATA[",
      "\ue000",
      "</r:Stream>",
      "<r:Stream>",
      "\u0001",
      " ",
    ];
    const cut = fc.record({ at: fc.nat(), drop: fc.nat({ max: 8 }), piece: fc.constantFrom(...pieces) });
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 255 }), { maxLength: 3 }), fc.array(cut, { maxLength: 3 }), (seeds, cuts) => {
        const whole = answer(seeds.map((seed) => streamOf(payload(seed))).join(""));
        const mangled = cuts.reduce((text, { at, drop, piece }) => {
          const start = at % (text.length + 1);
          return text.slice(0, start) + piece + text.slice(start + drop);
        }, whole);
        same(mangled);
      }),
      { numRuns: 1_000 },
    );
  });
});
