// The headers of one HTTP answer: all of them checked, those that are wanted looked up. Pure. Source: RFC 9112 section 5.

/** A text that is no header fields. */
const FIELDS = /^(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*)*$/;

/** The headers that mean something to a client of WSMan. */
const PATTERNS = {
  connection: /\r\nconnection:([^\r]*)/gi,
  "content-length": /\r\ncontent-length:([^\r]*)/gi,
  "content-type": /\r\ncontent-type:([^\r]*)/gi,
  "keep-alive": /\r\nkeep-alive:([^\r]*)/gi,
  "set-cookie": /\r\nset-cookie:([^\r]*)/gi,
  "transfer-encoding": /\r\ntransfer-encoding:([^\r]*)/gi,
  "www-authenticate": /\r\nwww-authenticate:([^\r]*)/gi,
} as const;
type HeaderName = keyof typeof PATTERNS;

export class HttpHeaders {
  readonly #fields: string;
  /** Those that were looked up. */
  readonly #values = new Map<HeaderName, readonly string[]>();

  private constructor(fields: string) {
    this.#fields = fields;
  }

  /** `fields` as they stand in an answer, each behind the end of the line before it; nothing when there is one that is none. */
  static read(fields: string): HttpHeaders | undefined {
    return FIELDS.test(fields) ? new HttpHeaders(fields) : undefined;
  }

  /** Its values, without blanks around them, as often as it came. */
  all(name: HeaderName): readonly string[] {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const values = Array.from(this.#fields.matchAll(PATTERNS[name]), ([, value = ""]) => value.trim());
    this.#values.set(name, values);
    return values;
  }
}
