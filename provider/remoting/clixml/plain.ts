// The short way through CLIXML: one bare element without blanks, comments, character references or anything else that servers do not write,
// which is what PSRP carries. It refuses nothing: whatever it is not sure of is left to reader.ts. What it does read, it reads as that does.
// Source: [MS-PSRP] 2.2.5.
import { unescapeText } from "./escapes.ts";
import { plainListOf } from "./open-object.ts";
import { isPrimitive, primitiveOf } from "./primitives.ts";
import { Row } from "./row.ts";
import { copyOf, ownText } from "./texts.ts";
import { ClixmlError, type PsObject, type PsValue } from "./values.ts";

/** The value of a text that is one plain element; undefined for any other text. */
export function decodePlain(text: string): PsValue | undefined {
  if (NEVER_PLAIN.test(text)) return undefined;
  try {
    return new PlainReader(text).read();
  } catch (error) {
    if (error === NOT_PLAIN || error instanceof ClixmlError) return undefined;
    throw error;
  }
}

const NOT_PLAIN = new Error("not plain CLIXML");
/** What really comes is far less deep. */
const DEEPEST = 40;
const [SLASH, LESS, GREATER] = [0x2f, 0x3c, 0x3e];
/** Characters that an XML parser may see differently, and marks out of place. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const NEVER_PLAIN = /[\u0000-\u001f\u007f-\u009f\ud800-\uffff]|<[^<>]*<|>[^<>]*>/;
/** What stands between `<` and `>` where an element begins. Attributes other than N and RefId do not occur. */
const START = /^([A-Za-z0-9]+)(?: N="([^"]*)")?(?: RefId="([^"]*)")?(?: N="([^"]*)")? ?(\/?)$/;
const NO_TYPES: readonly string[] = [];
const NO_MEMBERS: ReadonlyMap<string, PsValue> = new Map();
const ENTITIES: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'" };
const BASE64 = /^[A-Za-z0-9+/=]*$/;

/** Fewer members take little room as it is; more would be slow to find one by one. Exchange's objects have up to 200. */
const [FEWEST_OF_A_ROW, MOST_OF_A_ROW] = [8, 250];

/** Lists of names by their first: objects of one type share those of their types and members. */
const knownLists = new Map<string, readonly string[]>();
const MOST_KNOWN_LISTS = 512;

/** A start tag. */
interface Tag {
  readonly tag: string;
  readonly name: string | undefined;
  readonly refId: string | undefined;
  readonly isEmpty: boolean;
}

/** By what they are written as: most come again in every object. */
const knownTags = new Map<string, Tag>();
const MOST_KNOWN_TAGS = 2_048;
const NO_TAG: Tag = { tag: "", name: undefined, refId: undefined, isEmpty: true };

class PlainReader {
  readonly #text: string;
  readonly #objects = new Map<string, PsValue>();
  readonly #typeNames = new Map<string, readonly string[]>();
  #at = 0;
  #depth = 0;
  /** The last start tag. */
  #last = NO_TAG;

  constructor(text: string) {
    this.#text = text;
  }

  read(): PsValue {
    this.#open();
    const value = this.#value();
    if (this.#at !== this.#text.length) throw NOT_PLAIN;
    return value;
  }

  /** The value whose start tag was just read. */
  #value(): PsValue {
    const { tag, refId, isEmpty } = this.#last;
    if (tag === "Obj") return this.#object(refId);
    if (tag === "Ref") {
      const value = isEmpty ? this.#objects.get(refId ?? "") : undefined;
      return value === undefined ? notPlain() : value;
    }
    return isPrimitive(tag) ? primitiveOf(tag, this.#content(tag)) : notPlain();
  }

  #object(refId: string | undefined): PsValue {
    // A Ref to an object that is still open is not for here, nor may it find an earlier one of that id.
    if (refId !== undefined) this.#objects.delete(refId);
    let typeNames = NO_TYPES;
    let text: string | undefined;
    let properties = NO_MEMBERS;
    let notes = NO_MEMBERS;
    let value: PsValue | undefined;
    let items: PsObject["items"];
    this.#inside("Obj", () => {
      const { tag, refId: id, isEmpty } = this.#last;
      if (tag === "TN" && typeNames === NO_TYPES) typeNames = this.#types(id);
      else if (tag === "TNRef" && typeNames === NO_TYPES && isEmpty) typeNames = this.#typeNames.get(id ?? "") ?? notPlain();
      else if (tag === "ToString" && text === undefined) text = unescapeText(this.#content(tag));
      else if (tag === "Props" && properties === NO_MEMBERS) properties = this.#members(tag);
      else if (tag === "MS" && notes === NO_MEMBERS) notes = this.#members(tag);
      else if ((tag === "LST" || tag === "IE" || tag === "QUE" || tag === "STK") && items === undefined)
        items = { container: tag, values: this.#list(tag) };
      else if (value === undefined) value = this.#value();
      else throw NOT_PLAIN;
    });
    const object: PsObject =
      text === undefined ? { kind: "object", typeNames, properties, notes } : { kind: "object", typeNames, text, properties, notes };
    const whole =
      value === undefined && items === undefined
        ? object
        : { ...object, ...(value === undefined ? {} : { value }), ...(items === undefined ? {} : { items }) };
    const result = plainListOf(whole) ?? whole;
    if (refId !== undefined) this.#objects.set(refId, result);
    return result;
  }

  #types(refId: string | undefined): readonly string[] {
    const names: string[] = [];
    this.#inside("TN", () => {
      if (this.#last.tag !== "T") throw NOT_PLAIN;
      names.push(unescapeText(this.#content("T")));
    });
    const shared = sharedList(names);
    if (refId !== undefined) this.#typeNames.set(refId, shared);
    return shared;
  }

  #members(tag: "Props" | "MS"): ReadonlyMap<string, PsValue> {
    if (this.#last.isEmpty) return NO_MEMBERS;
    const names: string[] = [];
    const values: PsValue[] = [];
    this.#inside(tag, () => {
      const { tag: kind, name } = this.#last;
      if (name === undefined) throw NOT_PLAIN;
      if (kind === "BA" && name === "SerializationData") return this.#skipBase64();
      names.push(unescapeText(name));
      values.push(this.#value());
    });
    const isRow = names.length >= FEWEST_OF_A_ROW && names.length <= MOST_OF_A_ROW && new Set(names).size === names.length;
    return isRow ? new Row(sharedList(names), values.slice()) : new Map(names.map((name, index) => [name, values[index] ?? null]));
  }

  #list(tag: string): readonly PsValue[] {
    const values: PsValue[] = [];
    this.#inside(tag, () => values.push(this.#value()));
    return values.slice(); // without the room that push leaves for more
  }

  /** Calls `child` after each start tag inside the element `tag`, whose own start tag was just read, and reads its end tag. */
  #inside(tag: string, child: () => void): void {
    if (this.#last.isEmpty) return;
    if (++this.#depth > DEEPEST) throw NOT_PLAIN;
    while (!this.#closes(tag)) {
      this.#open();
      child();
    }
    this.#depth--;
  }

  /** The text of an element that holds text only, with XML's escapes undone and CLIXML's left. */
  #content(tag: string): string {
    if (this.#last.isEmpty) return "";
    const start = this.#at;
    this.#at = this.#text.indexOf("<", start);
    return this.#closes(tag) ? textOf(this.#text.slice(start, this.#at - tag.length - 3)) : notPlain();
  }

  #skipBase64(): void {
    if (this.#last.isEmpty) return;
    const end = this.#text.indexOf("<", this.#at);
    if (!BASE64.test(this.#text.slice(this.#at, end))) throw NOT_PLAIN;
    this.#at = end;
    if (!this.#closes("BA")) throw NOT_PLAIN;
  }

  /** Reads `</tag>` if it stands here. */
  #closes(tag: string): boolean {
    const nameAt = this.#at + 2;
    const end = nameAt + tag.length;
    const is =
      this.#text.charCodeAt(this.#at + 1) === SLASH && this.#text.charCodeAt(end) === GREATER && this.#text.startsWith(tag, nameAt);
    if (is) this.#at = end + 1;
    return is;
  }

  /** Reads a start tag. */
  #open(): void {
    const end = this.#text.indexOf(">", this.#at);
    if (end === -1 || this.#text.charCodeAt(this.#at) !== LESS) throw NOT_PLAIN;
    this.#last = tagOf(this.#text.slice(this.#at + 1, end));
    this.#at = end + 1;
  }
}

function tagOf(written: string): Tag {
  const known = knownTags.get(written);
  if (known !== undefined) return known;
  const own = copyOf(written);
  const [, tag, before, refId, behind, slash] = START.exec(own) ?? [];
  if (tag === undefined || (behind !== undefined && (before !== undefined || refId === undefined))) throw NOT_PLAIN;
  const [name, id] = [before ?? behind, refId].map((value) => (value === undefined ? undefined : textOf(value)));
  if (knownTags.size >= MOST_KNOWN_TAGS) knownTags.clear();
  const read: Tag = { tag, name, refId: id, isEmpty: slash === "/" };
  knownTags.set(own, read);
  return read;
}

/** Text out of a message, with XML's escapes undone. */
function textOf(written: string): string {
  const text = ownText(written);
  return text.includes("&") ? withoutEntities(text) : text;
}

function withoutEntities(text: string): string {
  return text.replace(/&[^;]*;?/g, (entity) => ENTITIES[entity] ?? notPlain());
}

function sharedList(names: readonly string[]): readonly string[] {
  const first = names[0] ?? "";
  const known = knownLists.get(first);
  if (known?.length === names.length && known.every((name, index) => name === names[index])) return known;
  if (knownLists.size >= MOST_KNOWN_LISTS) knownLists.clear();
  const list = names.slice(); // without the room that push leaves for more
  knownLists.set(first, list);
  return list;
}

function notPlain(): never {
  throw NOT_PLAIN;
}
