// An outcome's envelope as text, and that text as an HTTP response: as a Windows server writes both, or oddly where a script says so.
// The oddities are what clients met or must be ready for: prefixes of other servers, a front end that compresses or cuts into chunks.
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { envelope } from "./answers.ts";
import type { Oddity, Outcome } from "./outcome.ts";
import { faultBody } from "./soap-faults.ts";

export interface Sealed {
  readonly contentType: string;
  readonly body: Buffer;
}

const NOBODY = "uuid:00000000-0000-0000-0000-000000000000";
/** Pieces that a chunked answer comes in: odd, so that some end inside a character or a tag. */
const CHUNK_BYTES = 997;
const RENAMED = /^(s|a|x|w|rsp|p|f):/;

/** The envelope of an answer or a fault; `messageId` is the one of the request. */
export function soapText(outcome: Extract<Outcome, { kind: "answer" | "fault" }>, messageId: string): string {
  const relatesTo = outcome.oddity === "wrongRelatesTo" ? NOBODY : messageId;
  const text =
    outcome.kind === "answer"
      ? envelope(outcome.action, relatesTo, outcome.body)
      : envelope(outcome.fault.action, relatesTo, faultBody(outcome.fault));
  if (outcome.oddity === "byteOrderMark") return `\ufeff${text}`;
  return outcome.oddity === "otherPrefixes" ? withOtherPrefixes(text) : text;
}

/** Resolves to true when all of it was handed to the network, false when the connection broke before. */
export async function write(response: ServerResponse, status: number, sealed: Sealed, oddity?: Oddity): Promise<boolean> {
  const finished = new Promise<boolean>((resolve) => {
    response.once("finish", () => resolve(true));
    response.once("close", () => resolve(response.writableFinished));
  });
  const body = oddity === "compressed" ? gzipSync(sealed.body) : sealed.body;
  const type = oddity === "wrongContentType" ? "text/plain" : sealed.contentType;
  const encoding = oddity === "compressed" ? { "Content-Encoding": "gzip" } : {};
  if (oddity === "chunked") {
    response.writeHead(status, { "Content-Type": type });
    for (let at = 0; at < body.length; at += CHUNK_BYTES) response.write(body.subarray(at, at + CHUNK_BYTES));
    response.end();
    return finished;
  }
  response.writeHead(status, { "Content-Type": type, "Content-Length": body.length, ...encoding });
  if (oddity === "cutInBody") response.write(body.subarray(0, body.length >> 1), () => response.socket?.destroy());
  else response.end(body);
  return finished;
}

/** The same document with other prefixes, and every start tag's attributes in the opposite order. */
export function withOtherPrefixes(xml: string): string {
  const renamed = (name: string) => (RENAMED.test(name) ? `o-${name}` : name.replace(/^xmlns:(?=(s|a|x|w|rsp|p|f)$)/, "xmlns:o-"));
  const tag = (_whole: string, slash: string, name: string, attributes: string, end: string) => {
    const pairs = [...attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(
      ([, key = "", value = ""]) => ` ${renamed(key)}="${renamed(value)}"`,
    );
    return `<${slash}${renamed(name)}${pairs.reverse().join("")}${end}>`;
  };
  const tags = xml.replace(/<(\/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"]*")*)\s*(\/?)>/g, tag);
  // A subcode is a name with a prefix, too.
  return tags.replace(/(?<=<o-s:Value>)(\w+:\w+)/g, (name) => renamed(name));
}
