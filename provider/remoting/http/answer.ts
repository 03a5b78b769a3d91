// Reads one HTTP/1.1 answer out of the bytes of a connection, piece by piece: strict, bounded, and nothing but what an answer to a POST may be.
// Pure. Source: RFC 9112.
import { type HttpHead, HttpSyntaxError, readHead } from "./head.ts";
import { HttpHeaders } from "./headers.ts";

export interface WholeAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly bytes: Uint8Array;
  /** Whether the next request may go over the same connection. */
  readonly keepsAlive: boolean;
}

/** An answer with more bytes than allowed. */
export class HttpTooLargeError extends Error {
  override readonly name = "HttpTooLargeError";
}

/** As much as Node's own client takes for all headers. */
const MOST_HEAD_BYTES = 16_384;
/** The line before a chunk: its size, and extensions that nobody uses. */
const MOST_LINE_BYTES = 256;
/** Answers that only say that another one will come (1xx). */
const MOST_INTERIM = 8;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
const NOTHING = Buffer.alloc(0);

/** What the bytes that come next belong to. */
type Part =
  | { readonly kind: "head" }
  | { readonly kind: "body"; readonly left: number }
  | { readonly kind: "untilClose" }
  | { readonly kind: "chunkLine" }
  | { readonly kind: "chunk"; readonly left: number }
  | { readonly kind: "chunkEnd" }
  | { readonly kind: "trailer" };

/** For one answer. After it has thrown, the connection is of no use. */
export class AnswerReader {
  readonly #mostBytes: number;
  #part: Part = { kind: "head" };
  #unread: Buffer = NOTHING;
  #head: HttpHead | undefined;
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;
  #interim = 0;
  #trailerBytes = 0;
  #hasBegun = false;

  /** `mostBytes` counts the body alone. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Whether any byte of it has come. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /**
   * The answer, once it is whole. Bytes behind its end, which nobody asked for, forbid another request on that connection.
   * @throws {HttpSyntaxError | HttpTooLargeError}
   */
  push(bytes: Buffer): WholeAnswer | undefined {
    this.#hasBegun = true;
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    for (;;) {
      const next = this.#read(this.#part);
      if (next === "more") return undefined;
      if (next === "whole") return this.#whole(this.#unread.length === 0);
      this.#part = next;
    }
  }

  /** The connection was ended by the server: the answer, if that is how it says where it ends. */
  end(): WholeAnswer | undefined {
    return this.#part.kind === "untilClose" ? this.#whole(false) : undefined;
  }

  #read(part: Part): Part | "more" | "whole" {
    switch (part.kind) {
      case "head":
        return this.#readHead();
      case "body":
      case "chunk": {
        const left = part.left - this.#take(part.left);
        if (left > 0) return this.#unread.length === 0 ? this.#waiting({ ...part, left }) : { ...part, left };
        return part.kind === "body" ? "whole" : { kind: "chunkEnd" };
      }
      case "untilClose":
        this.#take(this.#unread.length);
        return "more";
      case "chunkLine":
        return this.#readChunkLine();
      case "chunkEnd": {
        const line = this.#line(MOST_LINE_BYTES);
        if (line !== undefined && line !== "") throw new HttpSyntaxError("a chunk that is longer than it says");
        return line === undefined ? "more" : { kind: "chunkLine" };
      }
      case "trailer":
        return this.#readTrailer();
    }
  }

  #waiting(part: Part): "more" {
    this.#part = part;
    return "more";
  }

  #readHead(): Part | "more" | "whole" {
    const end = this.#unread.indexOf("\r\n\r\n");
    if (end > MOST_HEAD_BYTES || (end === -1 && this.#unread.length > MOST_HEAD_BYTES))
      throw new HttpSyntaxError(`headers of more than ${MOST_HEAD_BYTES} bytes`);
    if (end === -1) return "more";
    const head = readHead(this.#unread.toString("latin1", 0, end));
    this.#unread = this.#unread.subarray(end + 4);
    const { status, body } = head;
    if (status < 200) {
      if (status === 101 || ++this.#interim > MOST_INTERIM) throw new HttpSyntaxError(`status ${status}, which was not asked for`);
      return { kind: "head" };
    }
    this.#head = head;
    if (body === "untilClose") return { kind: "untilClose" };
    if (body === "chunks") return { kind: "chunkLine" };
    if (body > this.#mostBytes) throw this.#tooLarge();
    return body === 0 ? "whole" : { kind: "body", left: body };
  }

  #readChunkLine(): Part | "more" {
    const line = this.#line(MOST_LINE_BYTES);
    if (line === undefined) return "more";
    const size = CHUNK_LINE.exec(line)?.[1];
    if (size === undefined) throw new HttpSyntaxError("a chunk without its size");
    const left = Number.parseInt(size, 16);
    if (this.#bodyBytes + left > this.#mostBytes) throw this.#tooLarge();
    return left === 0 ? { kind: "trailer" } : { kind: "chunk", left };
  }

  /** Headers behind a body of chunks mean nothing here. */
  #readTrailer(): Part | "more" | "whole" {
    const line = this.#line(MOST_HEAD_BYTES);
    if (line === undefined) return "more";
    if (line === "") return "whole";
    this.#trailerBytes += line.length;
    if (this.#trailerBytes > MOST_HEAD_BYTES || HttpHeaders.read(`\r\n${line}`) === undefined)
      throw new HttpSyntaxError("a trailer that is none");
    return { kind: "trailer" };
  }

  /** Up to the next end of a line, without it; nothing while it has not come. */
  #line(mostBytes: number): string | undefined {
    const end = this.#unread.indexOf("\r\n");
    if (end > mostBytes || (end === -1 && this.#unread.length > mostBytes))
      throw new HttpSyntaxError(`a line of more than ${mostBytes} bytes`);
    if (end === -1) return undefined;
    const line = this.#unread.toString("latin1", 0, end);
    this.#unread = this.#unread.subarray(end + 2);
    return line;
  }

  /** Takes up to `most` bytes for the body. */
  #take(most: number): number {
    const bytes = this.#unread.subarray(0, most);
    this.#unread = this.#unread.subarray(bytes.length);
    this.#bodyBytes += bytes.length;
    if (this.#bodyBytes > this.#mostBytes) throw this.#tooLarge();
    if (bytes.length > 0) this.#body.push(bytes);
    return bytes.length;
  }

  #whole(isClean: boolean): WholeAnswer {
    if (this.#head === undefined) throw new HttpSyntaxError("a body without a head");
    const { status, headers, keepsAlive } = this.#head;
    const [only = NOTHING] = this.#body;
    return { status, headers, bytes: this.#body.length <= 1 ? only : Buffer.concat(this.#body), keepsAlive: keepsAlive && isClean };
  }

  #tooLarge(): HttpTooLargeError {
    return new HttpTooLargeError(`more than ${this.#mostBytes} bytes in one answer`);
  }
}
