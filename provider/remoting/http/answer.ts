// Reads one HTTP/1.1 answer out of the bytes of a connection, piece by piece: strict, bounded, and nothing but what an answer to a POST may be. What is
// not clear is refused, for whoever reads an answer's end wrongly takes the rest for the next answer. Pure. Source: RFC 9112.

export interface WholeAnswer {
  readonly status: number;
  /** By lower-case name, without blanks around them, as often as each came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly bytes: Uint8Array;
  /** Whether the next request may go over the same connection. */
  readonly keepsAlive: boolean;
}

/** Bytes that are no HTTP answer. */
export class HttpSyntaxError extends Error {
  override readonly name = "HttpSyntaxError";
}

/** An answer with more bytes than allowed. */
export class HttpTooLargeError extends Error {
  override readonly name = "HttpTooLargeError";
}

/** As much as Node's own client takes for all headers. */
const MOST_HEAD_BYTES = 16_384;
/** The line before a chunk: its size, and extensions that nobody uses. */
const MOST_CHUNK_LINE_BYTES = 256;
/** Answers that only say that another one will come (1xx). */
const MOST_INTERIM = 8;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
/** Elements of a header that is a list. */
const CLOSE = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const KEEP_ALIVE = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i;

interface Head extends Omit<WholeAnswer, "bytes"> {
  /** How the end of the body is known: by its number of bytes, by that of each chunk, or by the connection's end. */
  readonly body: number | "chunks" | "untilClose";
}

/** For one answer. After it has thrown, the connection is of no use. */
export class AnswerReader {
  readonly #mostBytes: number;
  #parts: Buffer[] = [];
  #length = 0;
  /** Bytes before which nothing new can be said. */
  #due = 0;
  #head: Head | undefined;
  #interim = 0;

  /** `mostBytes` counts the body alone. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Whether any byte of it has come. */
  get hasBegun(): boolean {
    return this.#length > 0 || this.#head !== undefined;
  }

  /**
   * The answer, once it is whole. Bytes behind its end, which nobody asked for, forbid another request on that connection.
   * @throws {HttpSyntaxError | HttpTooLargeError}
   */
  push(bytes: Buffer): WholeAnswer | undefined {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length < this.#due) return undefined;
    let unread = this.#parts.length === 1 ? bytes : Buffer.concat(this.#parts);
    while (this.#head === undefined) {
      const end = unread.indexOf("\r\n\r\n");
      if (end > MOST_HEAD_BYTES || (end === -1 && unread.length > MOST_HEAD_BYTES))
        throw new HttpSyntaxError(`headers of more than ${MOST_HEAD_BYTES} bytes`);
      if (end === -1) return this.#waitFor(unread);
      this.#take(headIn(unread.toString("latin1", 0, end)));
      unread = unread.subarray(end + 4);
    }
    return this.#bodyIn(this.#head, unread);
  }

  /** The connection was ended by the server: the answer, if that is how it says where it ends. */
  end(): WholeAnswer | undefined {
    if (this.#head?.body !== "untilClose") return undefined;
    return { ...this.#head, bytes: Buffer.concat(this.#parts), keepsAlive: false };
  }

  #take(head: Head): void {
    if (head.status >= 200) this.#head = head;
    else if (head.status === 101 || ++this.#interim > MOST_INTERIM)
      throw new HttpSyntaxError(`status ${head.status}, which was not asked for`);
  }

  #bodyIn(head: Head, unread: Buffer): WholeAnswer | undefined {
    if (head.body === "chunks") {
      const joined = joinedChunks(unread, this.#mostBytes);
      return joined === undefined ? this.#waitFor(unread) : whole(head, joined.bytes, joined.end === unread.length);
    }
    const length = head.body === "untilClose" ? unread.length : head.body;
    if (length > this.#mostBytes) throw tooLarge(this.#mostBytes);
    if (head.body === "untilClose") return this.#waitFor(unread);
    if (unread.length < length) return this.#waitFor(unread, length);
    return whole(head, unread.subarray(0, length), unread.length === length);
  }

  #waitFor(unread: Buffer, due = 0): undefined {
    this.#parts = [unread];
    this.#length = unread.length;
    this.#due = due;
  }
}

function whole({ keepsAlive, ...head }: Head, bytes: Uint8Array, isClean: boolean): WholeAnswer {
  return { ...head, bytes, keepsAlive: keepsAlive && isClean };
}

/** `text` is all that stands before the empty line. */
function headIn(text: string): Head {
  const [first = "", ...fields] = text.split("\r\n");
  const [, minor, code] = STATUS_LINE.exec(first) ?? [];
  if (code === undefined) throw new HttpSyntaxError("no HTTP/1.1 status line");
  const headers = new Map<string, string[]>();
  for (const field of fields) {
    const [, name, value = ""] = FIELD.exec(field) ?? [];
    if (name === undefined) throw new HttpSyntaxError("a header that is none");
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value.trim()]);
  }
  const status = Number(code);
  const connection = headers.get("connection") ?? [];
  const keepsAlive = minor === "1" ? !connection.some((value) => CLOSE.test(value)) : connection.some((value) => KEEP_ALIVE.test(value));
  return { status, headers, keepsAlive, body: bodyOf(status, headers, minor === "1") };
}

/** Source: RFC 9112 6.3; what it lets a client guess is refused. */
function bodyOf(status: number, headers: WholeAnswer["headers"], mayBeChunked: boolean): Head["body"] {
  const encodings = headers.get("transfer-encoding") ?? [];
  const lengths = headers.get("content-length") ?? [];
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

/** The body out of its chunks and where they end; nothing while they have not. Headers behind them mean nothing here. */
function joinedChunks(bytes: Buffer, mostBytes: number): { readonly bytes: Buffer; readonly end: number } | undefined {
  const parts: Buffer[] = [];
  let length = 0;
  for (let at = 0; ; ) {
    const line = lineAt(bytes, at, MOST_CHUNK_LINE_BYTES);
    if (line === undefined) return undefined;
    const size = Number.parseInt(CHUNK_LINE.exec(line)?.[1] ?? "", 16);
    if (Number.isNaN(size)) throw new HttpSyntaxError("a chunk without its size");
    at += line.length + 2;
    if (size === 0) {
      const end = endOfTrailer(bytes, at);
      return end === undefined ? undefined : { bytes: Buffer.concat(parts), end };
    }
    length += size;
    if (length > mostBytes) throw tooLarge(mostBytes);
    if (bytes.length >= at + size + 2 && bytes.toString("latin1", at + size, at + size + 2) !== "\r\n")
      throw new HttpSyntaxError("a chunk that is longer than it says");
    parts.push(bytes.subarray(at, at + size));
    at += size + 2;
    if (at > bytes.length) return undefined;
  }
}

function endOfTrailer(bytes: Buffer, start: number): number | undefined {
  for (let at = start; ; ) {
    const line = lineAt(bytes, at, MOST_HEAD_BYTES);
    if (line === undefined) return undefined;
    at += line.length + 2;
    if (line === "") return at;
    if (at - start > MOST_HEAD_BYTES || !FIELD.test(line)) throw new HttpSyntaxError("a trailer that is none");
  }
}

/** Up to the next end of a line, without it; nothing while it has not come. */
function lineAt(bytes: Buffer, at: number, mostBytes: number): string | undefined {
  const end = bytes.indexOf("\r\n", at);
  if ((end === -1 ? bytes.length : end) - at > mostBytes) throw new HttpSyntaxError(`a line of more than ${mostBytes} bytes`);
  return end === -1 ? undefined : bytes.toString("latin1", at, end);
}

function tooLarge(mostBytes: number): HttpTooLargeError {
  return new HttpTooLargeError(`more than ${mostBytes} bytes in one answer`);
}
