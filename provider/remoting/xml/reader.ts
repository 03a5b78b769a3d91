// Reads XML a tag or a text at a time, and refuses what is not well-formed; document types it refuses always, and entities beyond XML's own five.
// Ours for its speed: with saxes in its place 20,000 objects take twice the time and memory. Names are not resolved here (tree.ts).
// Source: XML 1.0, fifth edition.

/** A start tag, with its name and its attributes as written but for entities. The same one for all that are written alike. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly isEmpty: boolean;
}

/** A text that is not XML, or XML that is refused. `line` and `column` count from 1, where reading stopped; both 0 where it is no matter of place. */
export class XmlError extends Error {
  override readonly name = "XmlError";
  readonly line: number;
  readonly column: number;
  constructor(what: string, line = 0, column = 0) {
    super(what);
    this.line = line;
    this.column = column;
  }
}

const [BANG, SLASH, LESS, GREATER, QUESTION] = [0x21, 0x2f, 0x3c, 0x3e, 0x3f];
// biome-ignore lint/suspicious/noControlCharactersInRegex: no XML may have them
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/u;
const START_CHARACTERS =
  ":A-Z_a-z\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}";
const NAME = `[${START_CHARACTERS}][-.0-9\\xb7\\u0300-\\u036f\\u203f\\u2040${START_CHARACTERS}]*`;
const VALUE = `"[^"<]*"|'[^'<]*'`;
const START = new RegExp(`^<(${NAME})((?:[ \\t\\n]+${NAME}[ \\t\\n]*=[ \\t\\n]*(?:${VALUE}))*)[ \\t\\n]*(/?)>$`, "u");
const ATTRIBUTE = new RegExp(`(${NAME})[ \\t\\n]*=[ \\t\\n]*(${VALUE})`, "gu");
const INSTRUCTION = new RegExp(`^<\\?(?!xml[?\\s])${NAME}(?:[ \\t\\n][^]*)?\\?>$`, "iu");
const DECLARATION =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(["'])1\.\d+\1(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(["'])[A-Za-z][\w.-]*\2)?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(["'])(?:yes|no)\3)?[ \t\n]*\?>/;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
  ["&apos;", "'"],
]);
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** By what they are written as, for most tags come again and again: without this, 20,000 objects take nearly three times as long to read. */
const knownTags = new Map<string, Tag>();
const MOST_KNOWN_TAGS = 2_048;
const LONGEST_KNOWN_TAG = 512;

export class XmlReader {
  readonly #text: string;
  readonly #mostDepth: number;
  /** Names of the elements that have not ended. */
  readonly #open: string[] = [];
  readonly #mayHaveStrayEnd: boolean;
  #at = 0;
  #hasRoot = false;
  #tag: Tag = { name: "", attributes: NO_ATTRIBUTES, isEmpty: true };
  #content = "";
  #endIsDue = false;

  /** Of a text without a byte order mark. @throws {XmlError} */
  constructor(text: string, mostDepth: number) {
    this.#text = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
    this.#mostDepth = mostDepth;
    this.#mayHaveStrayEnd = text.includes("]]>");
    const illegal = ILLEGAL.exec(this.#text);
    if (illegal !== null) this.#failAt(illegal.index, "disallowed character.");
    this.#at = DECLARATION.exec(this.#text)?.[0].length ?? 0;
  }

  /** The last start tag. */
  get tag(): Tag {
    return this.#tag;
  }

  /** The last text, which may be a part of what stands between two tags. */
  get text(): string {
    return this.#content;
  }

  /** Moves on. An empty element has a start and an end. @throws {XmlError} */
  next(): "start" | "end" | "text" | "done" {
    if (this.#endIsDue) return this.#end();
    while (this.#at < this.#text.length) {
      if (this.#text.charCodeAt(this.#at) !== LESS) {
        if (this.#readText()) return "text";
        continue;
      }
      const mark = this.#text.charCodeAt(this.#at + 1);
      if (mark === SLASH) return this.#readEnd();
      if (mark === BANG) {
        if (this.#readMarked()) return "text";
      } else if (mark === QUESTION) this.#readInstruction();
      else return this.#readStart();
    }
    if (this.#open.length > 0) this.fail(`unclosed tag: ${this.#open.at(-1)}`);
    if (!this.#hasRoot) this.fail("document must contain a root element.");
    return "done";
  }

  /** @throws {XmlError} saying where reading is */
  fail(what: string): never {
    return this.#failAt(this.#at, what);
  }

  #failAt(at: number, what: string): never {
    const before = this.#text.slice(0, at);
    throw new XmlError(what, before.split("\n").length, at - before.lastIndexOf("\n"));
  }

  #end(): "end" {
    this.#endIsDue = false;
    this.#open.pop();
    return "end";
  }

  #readStart(): "start" {
    const nearest = this.#text.indexOf(">", this.#at) + 1;
    const known = knownTags.get(this.#text.slice(this.#at, nearest));
    const end = known === undefined ? this.#endOfTag() : nearest;
    const tag = known ?? this.#tagIn(this.#text.slice(this.#at, end));
    this.#at = end;
    if (this.#open.length === 0 && this.#hasRoot) this.fail("documents may contain only one root.");
    if (this.#open.length >= this.#mostDepth) this.fail(`nested deeper than ${this.#mostDepth} elements`);
    this.#hasRoot = true;
    this.#open.push(tag.name);
    this.#tag = tag;
    this.#endIsDue = tag.isEmpty;
    return "start";
  }

  /** Behind the first `>` that stands in no quotes. */
  #endOfTag(): number {
    const marks = /["'>]/g;
    marks.lastIndex = this.#at;
    for (let mark = marks.exec(this.#text); mark !== null; mark = marks.exec(this.#text)) {
      if (mark[0] === ">") return marks.lastIndex;
      marks.lastIndex = this.#text.indexOf(mark[0], marks.lastIndex) + 1;
      if (marks.lastIndex === 0) break;
    }
    return this.#failAt(this.#text.length, "unclosed tag");
  }

  #tagIn(text: string): Tag {
    const written = ownCopy(text);
    const [, name, attributes = "", slash] = START.exec(written) ?? [];
    if (name === undefined) return this.#failAt(this.#at + written.length, "disallowed character in a tag.");
    const tag = { name, attributes: this.#attributesIn(attributes), isEmpty: slash === "/" };
    if (written.length > LONGEST_KNOWN_TAG) return tag;
    if (knownTags.size >= MOST_KNOWN_TAGS) knownTags.clear();
    knownTags.set(written, tag);
    return tag;
  }

  #attributesIn(written: string): ReadonlyMap<string, string> {
    if (written === "") return NO_ATTRIBUTES;
    const found = new Map<string, string>();
    for (const [, name = "", value = ""] of written.matchAll(ATTRIBUTE)) {
      if (found.has(name)) this.fail(`duplicate attribute: ${name}.`);
      found.set(name, this.#decoded(value.slice(1, -1).replace(/[\t\n]/g, " ")));
    }
    return found;
  }

  #readEnd(): "end" {
    const name = this.#open.at(-1) ?? this.fail("unmatched closing tag");
    const end = this.#at + 2 + name.length;
    if (!this.#text.startsWith(name, this.#at + 2)) this.fail(`unexpected close tag, ${name} was due.`);
    this.#at = end;
    if (this.#text.charCodeAt(end) !== GREATER) {
      const blanks = /^[ \t\n]*>/.exec(this.#text.slice(end, end + 1_024))?.[0] ?? this.fail(`unexpected close tag, ${name} was due.`);
      this.#at += blanks.length - 1;
    }
    this.#at += 1;
    return this.#end();
  }

  /** Up to the next mark. False outside of the root, where only blanks may stand. */
  #readText(): boolean {
    const start = this.#at;
    const mark = this.#text.indexOf("<", start);
    this.#at = mark === -1 ? this.#text.length : mark;
    const written = this.#text.slice(start, this.#at);
    if (this.#open.length === 0) {
      if (/[^ \t\n]/.test(written)) this.fail("text data outside of root node.");
      return false;
    }
    if (this.#mayHaveStrayEnd && written.includes("]]>")) this.fail('the string "]]>" is disallowed in char data.');
    this.#content = written.includes("&") ? this.#decodedFrom(start, written) : written;
    return true;
  }

  /** A comment is passed over (false), CDATA is text. */
  #readMarked(): boolean {
    if (this.#text.startsWith("<!--", this.#at)) {
      const end = this.#after("--", this.#at + 4);
      if (this.#text.charCodeAt(end) !== GREATER) this.#failAt(end, "malformed comment.");
      this.#at = end + 1;
      return false;
    }
    if (this.#text.startsWith("<![CDATA[", this.#at) && this.#open.length > 0) {
      const end = this.#after("]]>", this.#at + 9);
      this.#content = this.#text.slice(this.#at + 9, end - 3);
      this.#at = end;
      return true;
    }
    if (!this.#text.startsWith("<!DOCTYPE", this.#at)) this.fail("disallowed character.");
    const end = /^[^[>]*(?:\[[^\]]*\][^>]*)?>/.exec(this.#text.slice(this.#at));
    return this.#failAt(this.#at + (end?.[0].length ?? 0), "a document type is not accepted");
  }

  #readInstruction(): void {
    const end = this.#after("?>", this.#at + 2);
    if (!INSTRUCTION.test(this.#text.slice(this.#at, end))) this.#failAt(end, "malformed processing instruction.");
    this.#at = end;
  }

  #after(mark: string, from: number): number {
    const found = this.#text.indexOf(mark, from);
    return found === -1 ? this.#failAt(this.#text.length, "unexpected end.") : found + mark.length;
  }

  /** Text from `start`, with what is wrong in it found at its place. */
  #decodedFrom(start: number, written: string): string {
    return written.replace(/&[^;&\s]*;?/g, (entity, offset: number) => {
      return decoded(entity) ?? this.#failAt(start + offset + entity.length, "undefined entity.");
    });
  }

  #decoded(written: string): string {
    return written.includes("&") ? this.#decodedFrom(this.#at, written) : written;
  }
}

/** The same text, held in memory by itself: a part that was cut out holds on to all of what it was cut from. */
export function ownCopy(part: string): string {
  return Buffer.from(part, "utf8").toString("utf8");
}

function decoded(entity: string): string | undefined {
  const [, hex, digits] = /^&#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}));$/.exec(entity) ?? [];
  if (hex === undefined && digits === undefined) return ENTITIES.get(entity);
  const code = hex === undefined ? Number(digits) : Number.parseInt(hex, 16);
  if (code === 0 || code > 0x10_ffff) return undefined;
  const character = String.fromCodePoint(code);
  return ILLEGAL.test(character) ? undefined : character;
}
