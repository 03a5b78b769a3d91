// An outcome's envelope as text, and that text as an HTTP response: as a Windows server writes both, or oddly where a script says so.
// The oddities are what clients met or must be ready for: prefixes of other servers, a front end that compresses or cuts into chunks.
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { envelope } from "./answers.ts";
import type { Oddity, Outcome } from "./outcome.ts";
import { faultBody } from "./soap-faults.ts";

type HttpHeaders = Readonly<Record<string, string>>;

const NOBODY = "uuid:00000000-0000-0000-0000-000000000000";
/** Pieces that a chunked answer comes in: odd, so that some end inside a character or a tag. */
const CHUNK_BYTES = 997;
/** Copying more would cost more than a second write. */
const MOST_JOINED_BYTES = 16_384;
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

/** Hands an answer to the network. `headers`: those that do not depend on how long it is. */
export function write(response: ServerResponse, status: number, headers: HttpHeaders, body: string | Buffer, oddity?: Oddity): void {
  if (oddity === "chunked") {
    const bytes = bytesOf(body);
    response.writeHead(status, headers);
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) response.write(bytes.subarray(at, at + CHUNK_BYTES));
    response.end();
  } else if (oddity === "cutInBody") {
    const bytes = bytesOf(body);
    response.writeHead(status, { ...headers, "Content-Length": bytes.length });
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.destroy());
  } else if (oddity === "compressed") writeWhole(response, status, { ...headers, "Content-Encoding": "gzip" }, gzipSync(body));
  else if (oddity === "wrongContentType") writeWhole(response, status, { ...headers, "Content-Type": "text/plain" }, body);
  else writeWhole(response, status, headers, body);
}

/** A short body goes in one write with its headers: node:http joins them with a text, and in Latin-1 bytes stay what they are. */
function writeWhole(response: ServerResponse, status: number, headers: HttpHeaders, body: string | Buffer): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...headers, "Content-Length": length });
  if (length > MOST_JOINED_BYTES) response.end(bytesOf(body));
  else if (typeof body === "string") response.end(body, "utf8");
  else response.end(body.toString("latin1"), "latin1");
}

function bytesOf(body: string | Buffer): Buffer {
  return typeof body === "string" ? Buffer.from(body, "utf8") : body;
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
