// The head of one HTTP/1.1 answer: its status, its headers, and how its body ends. What is not clear is refused, for whoever reads an answer's end
// wrongly takes the rest for the next answer. Pure. Source: RFC 9112.
import { Latest } from "../latest.ts";
import { HttpHeaders } from "./headers.ts";

export interface HttpHead {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Whether the server means to keep the connection. */
  readonly keepsAlive: boolean;
  /** How the end of the body is known: by its number of bytes, by that of each chunk, or by the connection's end. */
  readonly body: number | "chunks" | "untilClose";
}

/** Bytes that are no HTTP answer. */
export class HttpSyntaxError extends Error {
  override readonly name = "HttpSyntaxError";
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
/** Elements of a header that is a list. */
const CLOSE = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const KEEP_ALIVE = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i;

/** Of the answers that a server gives within a second the heads are the same, for the date is. */
const heads = new Latest(8, headIn);

/** `text` is all that stands before the empty line. @throws {HttpSyntaxError} */
export function readHead(text: string): HttpHead {
  return heads.of(text);
}

function headIn(text: string): HttpHead {
  const end = text.indexOf("\r\n");
  const [, minor, code] = STATUS_LINE.exec(end === -1 ? text : text.slice(0, end)) ?? [];
  if (code === undefined) throw new HttpSyntaxError("no HTTP/1.1 status line");
  const status = Number(code);
  const headers = HttpHeaders.read(end === -1 ? "" : text.slice(end));
  if (headers === undefined) throw new HttpSyntaxError("a header that is none");
  const connection = headers.all("connection");
  const keepsAlive = minor === "1" ? !connection.some((value) => CLOSE.test(value)) : connection.some((value) => KEEP_ALIVE.test(value));
  return { status, headers, keepsAlive, body: bodyOf(status, headers, minor === "1") };
}

/** Source: RFC 9112 6.3; what it lets a client guess is refused. */
function bodyOf(status: number, headers: HttpHeaders, mayBeChunked: boolean): HttpHead["body"] {
  const encodings = headers.all("transfer-encoding");
  const lengths = headers.all("content-length");
  if (encodings.length > 0) {
    if (lengths.length > 0 || !mayBeChunked) throw new HttpSyntaxError("a length that is given in two ways");
    if (encodings.length > 1 || encodings[0]?.toLowerCase() !== "chunked")
      throw new HttpSyntaxError("a transfer encoding other than chunked");
    return "chunks";
  }
  if (status === 204 || status === 304) return 0;
  const [length] = lengths;
  if (length === undefined) return "untilClose";
  if (lengths.some((other) => other !== length) || !/^\d{1,15}$/.test(length)) throw new HttpSyntaxError("a length that is no number");
  return Number(length);
}
