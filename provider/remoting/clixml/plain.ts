// The short way through CLIXML: one bare element without blanks, comments, character references or anything else that servers do not write,
// which is what PSRP carries. It refuses nothing: whatever it is not sure of is left to reader.ts. What it does read, it reads as that does.
// Source: [MS-PSRP] 2.2.5.
import { unescapeText } from "./escapes.ts";
import { plainListOf } from "./open-object.ts";
import { isPrimitive, primitiveOf } from "./primitives.ts";
import { Row } from "./row.ts";
import { plainText } from "./texts.ts";
import { ClixmlError, type PsObject, type PsValue } from "./values.ts";

/** The value of a text that is one plain element; undefined for any other text. */
export function decodePlain(text: string): PsValue | undefined {
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
const [SLASH, LESS, GREATER, BLANK] = [0x2f, 0x3c, 0x3e, 0x20];
const NO_TYPES: readonly string[] = [];
const NO_MEMBERS: ReadonlyMap<string, PsValue> = new Map();
const ENTITIES: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'" };
const BASE64 = /^[A-Za-z0-9+/=]*$/;

/** Fewer members take little room as it is; more would be slow to find one by one. Exchange's objects have up to 200. */
const [FEWEST_OF_A_ROW, MOST_OF_A_ROW] = [8, 250];

/** Lists of names by their first: objects of one type share those of their types and members. */
const knownLists = new Map<string, readonly string[]>();
const MOST_KNOWN_LISTS = 512;

class PlainReader {
  readonly #text: string;
  readonly #objects = new Map<string, PsValue>();
  readonly #typeNames = new Map<string, readonly string[]>();
  #at = 0;
  #depth = 0;
  // What the last start tag said.
  #tag = "";
  #name: string | undefined;
  #refId: string | undefined;
  #isEmpty = false;

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
    const [tag, refId] = [this.#tag, this.#refId];
    if (tag === "Obj") return this.#object(refId);
    if (tag === "Ref") {
      const value = this.#isEmpty ? this.#objects.get(refId ?? "") : undefined;
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
      const [tag, id] = [this.#tag, this.#refId];
      if (tag === "TN" && typeNames === NO_TYPES) typeNames = this.#types(id);
      else if (tag === "TNRef" && typeNames === NO_TYPES && this.#isEmpty) typeNames = this.#typeNames.get(id ?? "") ?? notPlain();
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
      if (this.#tag !== "T") throw NOT_PLAIN;
      names.push(unescapeText(this.#content("T")));
    });
    const shared = sharedList(names);
    if (refId !== undefined) this.#typeNames.set(refId, shared);
    return shared;
  }

  #members(tag: "Props" | "MS"): ReadonlyMap<string, PsValue> {
    if (this.#isEmpty) return NO_MEMBERS;
    const names: string[] = [];
    const values: PsValue[] = [];
    this.#inside(tag, () => {
      const name = this.#name;
      if (name === undefined) throw NOT_PLAIN;
      if (this.#tag === "BA" && name === "SerializationData") return this.#skipBase64();
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
    if (this.#isEmpty) return;
    if (++this.#depth > DEEPEST) throw NOT_PLAIN;
    while (!this.#closes(tag)) {
      this.#open();
      child();
    }
    this.#depth--;
  }

  /** The text of an element that holds text only, with XML's escapes undone and CLIXML's left. */
  #content(tag: string): string {
    if (this.#isEmpty) return "";
    const text = this.#until("<");
    return this.#closes(tag) ? text : notPlain();
  }

  #skipBase64(): void {
    if (this.#isEmpty) return;
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

  /** Reads a start tag. Attributes other than N and RefId do not occur. */
  #open(): void {
    const text = this.#text;
    if (text.charCodeAt(this.#at) !== LESS) throw NOT_PLAIN;
    let end = this.#at + 1;
    while (isLetterOrDigit(text.charCodeAt(end))) end++;
    this.#tag = text.slice(this.#at + 1, end);
    this.#at = end;
    this.#name = this.#attribute('N="');
    this.#refId = this.#attribute('RefId="');
    if (this.#name === undefined && this.#refId !== undefined) this.#name = this.#attribute('N="');
    if (text.charCodeAt(this.#at) === BLANK && text.charCodeAt(this.#at + 1) === SLASH) this.#at++;
    this.#isEmpty = text.charCodeAt(this.#at) === SLASH;
    if (this.#isEmpty) this.#at++;
    if (text.charCodeAt(this.#at) !== GREATER) throw NOT_PLAIN;
    this.#at++;
  }

  #attribute(start: string): string | undefined {
    if (this.#text.charCodeAt(this.#at) !== BLANK || !this.#text.startsWith(start, this.#at + 1)) return undefined;
    this.#at += 1 + start.length;
    const value = this.#until('"');
    this.#at++;
    return value;
  }

  #until(stop: string): string {
    const end = this.#text.indexOf(stop, this.#at);
    const text = end === -1 ? undefined : plainText(this.#text, this.#at, end);
    if (text === undefined) throw NOT_PLAIN;
    this.#at = end;
    return text.includes("&") ? withoutEntities(text) : text;
  }
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

function isLetterOrDigit(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39);
}

function notPlain(): never {
  throw NOT_PLAIN;
}
