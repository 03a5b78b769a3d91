import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { AnswerReader, HttpSyntaxError, HttpTooLargeError } from "../../../provider/remoting/http/answer.ts";

const MOST_BYTES = 1_000;
const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** What comes of a text that arrives in pieces of the given sizes (the last one for all that is left), and is ended then. */
function outcome(text: string, sizes: readonly number[] = []): unknown {
  const reader = new AnswerReader(MOST_BYTES);
  const bytes = Buffer.from(text, "latin1");
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    if (at >= bytes.length) break;
    const answer = reader.push(bytes.subarray(at, at + size));
    at += size;
    // Whatever had not come by then is behind its end.
    if (answer !== undefined) return shown({ ...answer, keepsAlive: answer.keepsAlive && at >= bytes.length });
  }
  const ended = reader.end();
  return ended === undefined ? "not whole" : shown(ended);
}

function shown({ status, bytes, keepsAlive }: { readonly status: number; readonly bytes: Uint8Array; readonly keepsAlive: boolean }) {
  return { status, body: Buffer.from(bytes).toString("latin1"), keepsAlive };
}

const WHOLE: readonly (readonly [string, string, unknown])[] = [
  ["a length", `${OK}Content-Length: 4\r\n\r\nfine`, { status: 200, body: "fine", keepsAlive: true }],
  ["the same length twice", `${OK}Content-Length: 4\r\ncontent-length: 4\r\n\r\nfine`, { status: 200, body: "fine", keepsAlive: true }],
  ["no bytes", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", { status: 401, body: "", keepsAlive: true }],
  ["a status without words", "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", { status: 200, body: "a", keepsAlive: true }],
  ["no content", "HTTP/1.1 204 No Content\r\n\r\n", { status: 204, body: "", keepsAlive: true }],
  ["chunks", `${CHUNKED}2\r\nfi\r\n2;a=b\r\nne\r\n0\r\n\r\n`, { status: 200, body: "fine", keepsAlive: true }],
  ["chunks and a trailer", `${CHUNKED}4\r\nfine\r\n00\r\nA: b\r\n\r\n`, { status: 200, body: "fine", keepsAlive: true }],
  ["the connection's end", `${OK}\r\nfine`, { status: 200, body: "fine", keepsAlive: false }],
  ["a word before", `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 1\r\n\r\na`, { status: 200, body: "a", keepsAlive: true }],
  ["the wish to close", `${OK}Connection: x, Close\r\nContent-Length: 1\r\n\r\na`, { status: 200, body: "a", keepsAlive: false }],
  ["an older version", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", { status: 200, body: "a", keepsAlive: false }],
  [
    "an older version that stays",
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na",
    { status: 200, body: "a", keepsAlive: true },
  ],
  ["garbage behind it", `${OK}Content-Length: 1\r\n\r\naHTTP`, { status: 200, body: "a", keepsAlive: false }],
  ["an end that is missing", `${OK}Content-Length: 5\r\n\r\nfine`, "not whole"],
  ["chunks whose end is missing", `${CHUNKED}4\r\nfine\r\n`, "not whole"],
  ["headers whose end is missing", `${OK}Content-Length: 5\r\n`, "not whole"],
];

const REFUSED: readonly (readonly [string, string])[] = [
  ["another protocol", "SSH-2.0-OpenSSH\r\n\r\n"],
  ["a version of its own", "HTTP/2.0 200 OK\r\n\r\n"],
  ["a status that is none", "HTTP/1.1 99 What\r\n\r\n"],
  ["two lengths", `${OK}Content-Length: 4\r\nContent-Length: 5\r\n\r\nfine`],
  ["two lengths in one header", `${OK}Content-Length: 4, 4\r\n\r\nfine`],
  ["a negative length", `${OK}Content-Length: -4\r\n\r\n`],
  ["a length in another notation", `${OK}Content-Length: 0x4\r\n\r\nfine`],
  ["a length and chunks", `${OK}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n`],
  ["another encoding", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`],
  ["an encoding twice", `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ["chunks of an older version", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["a blank before a header's colon", `${OK}Content-Length : 4\r\n\r\nfine`],
  ["a header that goes on in the next line", `${OK}A: b\r\n c\r\n\r\n`],
  ["a header without a name", `${OK}: b\r\n\r\n`],
  ["a control character in a header", `${OK}A: b\u0000\r\n\r\n`],
  ["a bare line feed", `${OK}A: b\nContent-Length: 4\r\n\r\nfine`],
  ["a chunk that is longer than it says", `${CHUNKED}2\r\nfine\r\n0\r\n\r\n`],
  ["a chunk without a size", `${CHUNKED}\r\nfine\r\n`],
  ["a chunk of a size that is no number", `${CHUNKED}4 4\r\nfine\r\n`],
  ["a chunk's size without end", CHUNKED + "0".repeat(300)],
  ["a trailer that is none", `${CHUNKED}0\r\nA\r\n\r\n`],
  ["trailers without end", `${CHUNKED}0\r\n${"A: b\r\n".repeat(5_000)}`],
  ["headers without end", OK + "A: b\r\n".repeat(5_000)],
  ["a header without end", `${OK}A: ${"b".repeat(20_000)}`],
  ["another protocol from here on", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
  ["words before the answer without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(20)],
];

describe("the reader of an HTTP answer", () => {
  for (const [what, text, expected] of WHOLE)
    it(`reads ${what}, in one piece as in many`, () => {
      deepEqual(outcome(text), expected);
      deepEqual(outcome(text, Array(text.length).fill(1)), expected);
    });

  for (const [what, text] of REFUSED)
    it(`refuses ${what}, in one piece as in many`, () => {
      throws(() => outcome(text), HttpSyntaxError);
      throws(() => outcome(text, Array(text.length).fill(7)), HttpSyntaxError);
    });

  it("refuses more bytes than allowed, however they are announced", () => {
    for (const head of [`${OK}Content-Length: 1001\r\n\r\n`, `${CHUNKED}3e9\r\n`, `${OK}\r\n${"a".repeat(1_001)}`])
      throws(() => outcome(head), new HttpTooLargeError("more than 1000 bytes in one answer"));
    throws(() => outcome(`${CHUNKED}${`64\r\n${"a".repeat(100)}\r\n`.repeat(11)}`), HttpTooLargeError);
  });

  it("has a header whatever its case, as often as it came, without the blanks around it", () => {
    const fields = "Set-Cookie: a=b; c\r\nX-Set-Cookie: x\r\nSET-COOKIE:\td=\xe4 \r\nX: Set-Cookie: y\r\nset-cookie:\r\nContent-Length: 0";
    const answer = new AnswerReader(MOST_BYTES).push(Buffer.from(`${OK}${fields}\r\n\r\n`, "latin1"));
    deepEqual(answer?.headers.get("set-cookie") ?? [], ["a=b; c", "d=\xe4", ""]);
    deepEqual(answer?.headers.get("connection") ?? [], []);
  });

  it("comes to the same for spoilt answers, in whatever pieces they arrive: an answer, none yet, or a refusal", () => {
    const pieces = [
      "\r\n",
      "\r",
      "\n",
      ":",
      " ",
      "0",
      "4",
      "ffffffff",
      "\0",
      "\xff",
      "Content-Length: 1\r\n",
      "Transfer-Encoding: chunked\r\n",
      OK,
      ";",
      "\r\n\r\n",
    ];
    const change = fc.record({ at: fc.nat(120), cut: fc.nat(6), piece: fc.constantFrom("", ...pieces) });
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(...WHOLE.map(([, text]) => text)),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
        (text, changes, sizes) => {
          const spoilt = changes.reduce((sum, { at, cut, piece }) => sum.slice(0, at) + piece + sum.slice(at + cut), text);
          const [whole, pieced] = [settled(() => outcome(spoilt)), settled(() => outcome(spoilt, sizes))];
          deepEqual(pieced, whole);
          seen.add(typeof whole === "string" ? whole : "an answer");
        },
      ),
      { numRuns: 20_000 },
    );
    deepEqual([...seen].sort(), ["an answer", "not whole", "refused"]);
  }).timeout(20_000);
});

function settled(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    ok(error instanceof HttpSyntaxError || error instanceof HttpTooLargeError, String(error));
    equal(error.stack === undefined, false);
    return "refused";
  }
}
