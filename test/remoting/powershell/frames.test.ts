import { deepEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { FrameError, FrameReader } from "../../../provider/remoting/powershell/frames.ts";

const MARK = "0123456789abcdef0123456789abcdef";

function frame(kind: string, clixml: string, { length = 0, mark = MARK } = {}): string {
  const base64 = Buffer.from(clixml, "utf8").toString("base64");
  return `\n<${mark} ${kind} ${base64.length + length}>${base64}</${mark}>\n`;
}

const OBJECT = { kind: "object", clixml: "<S>Zürich – €</S>" };
const END = { kind: "end", clixml: "<Nil />" };
const BOTH = frame("object", OBJECT.clixml) + frame("end", END.clixml);

describe("frames in what a PowerShell writes", () => {
  const rows: readonly { readonly title: string; readonly text: string }[] = [
    { title: "alone", text: BOTH },
    { title: "between line ends of Windows", text: BOTH.replaceAll("\n", "\r\n") },
    { title: "between escape sequences", text: BOTH.replaceAll("\n", "\u001b[?1h\u001b[?1l") },
    { title: "after text that ends as a mark begins", text: `WARNING: <${MARK.slice(0, -1)}${BOTH}` },
    { title: "after a frame of another request", text: frame("end", "<S>late</S>", { mark: MARK.replace("0", "1") }) + BOTH },
    { title: "after a megabyte of anything", text: "<".repeat(1_048_576) + BOTH },
  ];
  for (const { title, text } of rows)
    it(`are found: ${title}`, () => {
      deepEqual(new FrameReader(MARK).push(text), [OBJECT, END]);
    });

  it("are found wherever the pieces are cut", () => {
    const anyCuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        const reader = new FrameReader(MARK);
        const text = `junk <${MARK.slice(0, 8)}\r\n${BOTH}`;
        const found = [];
        for (let at = 0, piece = 0; at < text.length; piece += 1) {
          const size = cuts[piece % cuts.length] ?? 1;
          found.push(...reader.push(text.slice(at, at + size)));
          at += size;
        }
        deepEqual(found, [OBJECT, END]);
      }),
      { numRuns: 200 },
    );
  });

  it("are found one character at a time", () => {
    const reader = new FrameReader(MARK);
    deepEqual(
      [...BOTH].flatMap((piece) => reader.push(piece)),
      [OBJECT, END],
    );
  });

  it("that are not complete are not given", () => {
    deepEqual(new FrameReader(MARK).push(frame("end", END.clixml).slice(0, -3)), []);
  });

  it("may be empty", () => {
    deepEqual(new FrameReader(MARK).push(frame("object", "")), [{ kind: "object", clixml: "" }]);
  });

  const refused: readonly { readonly title: string; readonly text: string; readonly says: string }[] = [
    { title: "the mark alone", text: `<${MARK}>`, says: "a frame begins with something else than kind and length" },
    { title: "a kind that there is none of", text: frame("error", ""), says: "a frame begins with something else than kind and length" },
    {
      title: "no length",
      text: `<${MARK} end ${"x".repeat(30)}`,
      says: "a frame begins with something else than kind and length",
    },
    { title: "a gigabyte", text: `<${MARK} end 1000000000>`, says: "a frame of 1000000000 characters; 104857600 at most" },
    {
      title: "a length that is too small",
      text: frame("end", "<Nil />", { length: -4 }),
      says: "a frame does not end after the 8 characters that it announces",
    },
    {
      title: "a length that is too large",
      text: `${frame("end", "<Nil />", { length: 4 })}${"x".repeat(40)}`,
      says: "a frame does not end after the 16 characters that it announces",
    },
    { title: "other letters than base64's", text: `<${MARK} end 4>ab-_</${MARK}>`, says: "a frame holds something else than base64" },
    { title: "base64 that is cut", text: `<${MARK} end 3>abc</${MARK}>`, says: "a frame holds something else than base64" },
  ];
  for (const { title, text, says } of refused)
    it(`are refused: ${title}`, () => {
      throws(() => new FrameReader(MARK).push(text), new FrameError(says));
    });
});
