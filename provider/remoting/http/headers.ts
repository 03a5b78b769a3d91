// The headers of one HTTP answer: all of them checked, those that are wanted looked up. Pure. Source: RFC 9112 section 5.

/** A text that is no header fields. */
const FIELDS = /^(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*)*$/;

const NAMES = [
  "connection",
  "content-length",
  "content-type",
  "keep-alive",
  "set-cookie",
  "transfer-encoding",
  "www-authenticate",
] as const;

/** The headers that mean something to a client of WSMan. */
export type HeaderName = (typeof NAMES)[number];

const PATTERNS = new Map(NAMES.map((name) => [name, new RegExp(`\\r\\n${name}:([^\\r]*)`, "gi")]));
const NONE: readonly string[] = [];

export class HttpHeaders {
  readonly #fields: string;

  private constructor(fields: string) {
    this.#fields = fields;
  }

  /** `fields` as they stand in an answer, each behind the end of the line before it; nothing when there is one that is none. */
  static read(fields: string): HttpHeaders | undefined {
    return FIELDS.test(fields) ? new HttpHeaders(fields) : undefined;
  }

  /** Its values, without blanks around them, as often as it came. */
  all(name: HeaderName): readonly string[] {
    const pattern = PATTERNS.get(name);
    if (pattern === undefined) return NONE;
    pattern.lastIndex = 0;
    let values = NONE;
    for (let match = pattern.exec(this.#fields); match !== null; match = pattern.exec(this.#fields))
      values = [...values, (match[1] ?? "").trim()];
    return values;
  }
}
