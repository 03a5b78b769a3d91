// XML texts as small trees, matched by namespace and local name: each side chooses other prefixes. And text to XML.
// Source: Namespaces in XML 1.0, third edition.
import { type Tag, XmlReader } from "./reader.ts";

export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** By local name, without declarations of namespaces. WS-Management has no two attributes that differ in namespace alone. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly inside, blanks included. */
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/** Namespaces by prefix, as they hold inside an element. */
type Scope = ReadonlyMap<string, string>;

const XML = "http://www.w3.org/XML/1998/namespace";
const XMLNS = "http://www.w3.org/2000/xmlns/";
const OUTERMOST: Scope = new Map([
  ["", ""],
  ["xml", XML],
]);
const MARKUP: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Elements inside each other; a message of WS-Management has eight or so. */
const MOST_DEPTH = 64;

/** The root element. @throws {XmlError} */
export function parseXml(text: string): XmlElement {
  const reader = new XmlReader(text.startsWith("\ufeff") ? text.slice(1) : text, MOST_DEPTH);
  const open: { readonly element: OpenElement; readonly scope: Scope }[] = [];
  let root: XmlElement | undefined;
  for (;;) {
    const around = open.at(-1);
    switch (reader.next()) {
      case "start": {
        const begun = begin(reader, around?.scope ?? OUTERMOST);
        around?.element.children.push(begun.element);
        root ??= begun.element;
        open.push(begun);
        break;
      }
      case "text":
        if (around !== undefined) around.element.text += reader.text;
        break;
      case "end":
        open.pop();
        break;
      case "done":
        return root ?? reader.fail("no element");
    }
  }
}

/** A start tag with its names taken apart. */
interface NamedTag {
  readonly prefix: string;
  readonly local: string;
  /** Namespaces by prefix, as declared. */
  readonly declared: ReadonlyMap<string, string>;
  readonly attributes: ReadonlyMap<string, string>;
  /** Of attributes, with their local names. */
  readonly prefixed: readonly { readonly prefix: string; readonly local: string }[];
}

/** For tags come again in every message: without this, 600 answers take twice the time to read. */
const namedTags = new WeakMap<Tag, NamedTag>();

function begin(reader: XmlReader, around: Scope): { readonly element: OpenElement; readonly scope: Scope } {
  const tag = namedTags.get(reader.tag) ?? named(reader);
  const { prefix, local, declared, attributes, prefixed } = tag;
  const scope = declared.size === 0 ? around : new Map([...around, ...declared]);
  if (prefixed.length > 0) {
    const expanded = new Set(prefixed.map((one) => `${namespaceOf(reader, scope, one.prefix)} ${one.local}`));
    if (expanded.size < prefixed.length) reader.fail("duplicate attribute.");
  }
  return { element: { namespace: namespaceOf(reader, scope, prefix), name: local, attributes, children: [], text: "" }, scope };
}

function named(reader: XmlReader): NamedTag {
  const declared = new Map<string, string>();
  const attributes = new Map<string, string>();
  const prefixed: { readonly prefix: string; readonly local: string }[] = [];
  for (const [written, value] of reader.tag.attributes) {
    const { prefix, local } = split(reader, written);
    if (written === "xmlns") declare(reader, declared, "", value.trim());
    else if (prefix === "xmlns") declare(reader, declared, local, value.trim());
    else {
      attributes.set(local, value);
      if (prefix !== "") prefixed.push({ prefix, local });
    }
  }
  const tag = { ...split(reader, reader.tag.name), declared, attributes, prefixed };
  namedTags.set(reader.tag, tag);
  return tag;
}

function declare(reader: XmlReader, declared: Map<string, string>, prefix: string, namespace: string): void {
  const isReserved = prefix === "xmlns" || namespace === XMLNS || (prefix === "xml") !== (namespace === XML);
  if (isReserved || (prefix !== "" && namespace === "")) reader.fail(`the prefix ${prefix} cannot stand for "${namespace}".`);
  declared.set(prefix, namespace);
}

function namespaceOf(reader: XmlReader, scope: Scope, prefix: string): string {
  return scope.get(prefix) ?? reader.fail(`unbound namespace prefix: "${prefix}".`);
}

function split(reader: XmlReader, written: string): { readonly prefix: string; readonly local: string } {
  const colon = written.indexOf(":");
  if (colon === -1) return { prefix: "", local: written };
  const [prefix, local] = [written.slice(0, colon), written.slice(colon + 1)];
  if (prefix === "" || local === "" || local.includes(":")) reader.fail(`malformed name: ${written}.`);
  return { prefix, local };
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, namespace: string, name: string): XmlElement | undefined {
  return element?.children.find((candidate) => candidate.name === name && candidate.namespace === namespace);
}

/** All children of that name. */
export function children(element: XmlElement | undefined, namespace: string, name: string): readonly XmlElement[] {
  return element?.children.filter((candidate) => candidate.name === name && candidate.namespace === namespace) ?? [];
}

/** The first element of that name at any depth, the element itself included, in document order. Any namespace when none is given. */
export function descendant(element: XmlElement | undefined, name: string, namespace?: string): XmlElement | undefined {
  if (element === undefined) return undefined;
  if (element.name === name && (namespace === undefined || element.namespace === namespace)) return element;
  for (const inner of element.children) {
    const found = descendant(inner, name, namespace);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Text of an element and all it contains. */
export function fullText(element: XmlElement): string {
  return element.text + element.children.map(fullText).join("");
}

/** Text for content or an attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => MARKUP[mark] ?? mark);
}
