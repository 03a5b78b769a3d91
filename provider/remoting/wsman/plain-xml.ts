// The short way through an XML text: elements, attributes in double quotes and text, without entities, comments, CDATA or anything else that
// WSMan servers do not write. It refuses nothing: whatever it is not sure of is left to xml.ts, and what it does read, it reads as that does.
// A server writes the same tags again and again: each is looked into once. Source: XML 1.0 and Namespaces in XML 1.0.
import { copyOf } from "../clixml/texts.ts";
import type { XmlElement } from "./xml.ts";

/** Characters that XML gives a meaning, or refuses, and all that would have to be looked at twice. */
const NOT_PLAIN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no XML may have them, and the parser says so
  /[&\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]|<[!?]|\]\]>/;
/** What stands between `<` and `>` where an element begins. */
const START =
  /^((?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*))((?:[ \t\n]+(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*="[^"<\t\n]*")*)[ \t\n]*(\/?)$/;
const ATTRIBUTE = /(?:([\w.-]+):)?([\w.-]+)="([^"]*)"/g;
const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
const DEEPEST = 32;
const NONE: ReadonlyMap<string, string> = new Map();
/** Tags that are kept in mind, at most: a server has some twenty. */
const MOST_TAGS = 500;

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/** A start tag, as it reads in one scope. */
interface Tag {
  /** All between `<` and `>`. */
  readonly written: string;
  /** As written, prefix included. */
  readonly name: string;
  readonly namespace: string;
  readonly local: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** What holds inside. */
  readonly scope: Scope;
  readonly isEmpty: boolean;
}

/** Declarations of namespaces that hold inside an element. */
interface Scope {
  readonly namespaces: ReadonlyMap<string, string>;
  /** Tags that were read in it, by what they are written as. */
  readonly tags: Map<string, Tag>;
  /** The last one that is not among them: streams of one answer begin alike. */
  latest?: Tag;
}

interface Attributes {
  readonly values: ReadonlyMap<string, string>;
  readonly scope: Scope;
}

const OUTERMOST: Scope = {
  namespaces: new Map([
    ["", ""],
    ["xml", XML_NAMESPACE],
  ]),
  tags: new Map(),
};
let keptTags = 0;

/** The root element of a text that is plain; undefined for any other. */
export function parsePlainXml(text: string): XmlElement | undefined {
  if (NOT_PLAIN.test(text)) return undefined;
  const open: { readonly element: OpenElement; readonly tag: Tag }[] = [];
  let root: XmlElement | undefined;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(">", at);
    if (end === -1 || text[at] !== "<") return undefined;
    if (text[at + 1] === "/") {
      if (open.pop()?.tag.name !== text.slice(at + 2, end)) return undefined;
    } else {
      const around = open.at(-1);
      if ((around === undefined && root !== undefined) || open.length >= DEEPEST) return undefined;
      const tag = tagIn(around?.tag.scope ?? OUTERMOST, text.slice(at + 1, end));
      if (tag === undefined) return undefined;
      const element: OpenElement = { namespace: tag.namespace, name: tag.local, attributes: tag.attributes, children: [], text: "" };
      around?.element.children.push(element);
      root ??= element;
      if (!tag.isEmpty) open.push({ element, tag });
    }
    const next = text.indexOf("<", end);
    at = next === -1 ? text.length : next;
    if (at === end + 1) continue;
    const parent = open.at(-1);
    if (parent === undefined) return undefined;
    parent.element.text += text.slice(end + 1, at);
  }
  return open.length === 0 ? root : undefined;
}

/** Tags with attributes of their own, such as a command's id, are mostly not met again in another answer. */
function tagIn(scope: Scope, written: string): Tag | undefined {
  const known = scope.latest?.written === written ? scope.latest : scope.tags.get(written);
  if (known !== undefined) return known;
  const tag = read(copyOf(written), scope);
  if (tag === undefined) return undefined;
  if ((tag.attributes.size > 0 && tag.scope === scope) || keptTags >= MOST_TAGS) {
    scope.latest = tag;
  } else {
    scope.tags.set(tag.written, tag);
    keptTags += 1;
  }
  return tag;
}

function read(written: string, around: Scope): Tag | undefined {
  const [, name, prefix = "", local, attributesWritten = "", slash] = START.exec(written) ?? [];
  if (name === undefined || local === undefined) return undefined;
  const attributes = attributesOf(attributesWritten, around);
  const namespace = attributes?.scope.namespaces.get(prefix);
  if (attributes === undefined || namespace === undefined) return undefined;
  return { written, name, namespace, local, attributes: attributes.values, scope: attributes.scope, isEmpty: slash === "/" };
}

/** Attributes by local name, declarations of namespaces among them, as xml.ts gives them. */
function attributesOf(written: string, around: Scope): Attributes | undefined {
  if (written === "") return { values: NONE, scope: around };
  const values = new Map<string, string>();
  const prefixes: string[] = [];
  const declared: [string, string][] = [];
  for (const [, prefix = "", local = "", value = ""] of written.matchAll(ATTRIBUTE)) {
    // Two of one local name would be a question of namespaces, and a default namespace that of how it is listed.
    if (values.has(local) || (prefix === "" && local === "xmlns" && value === "")) return undefined;
    if (prefix === "xmlns" || (prefix === "" && local === "xmlns")) {
      if (
        /^xml/.test(prefix === "" ? "" : local) ||
        !/^\S+$/.test(value) ||
        value.startsWith("http://www.w3.org/XML/") ||
        value.startsWith("http://www.w3.org/2000/xmlns")
      )
        return undefined;
      declared.push([prefix === "" ? "" : local, value]);
    } else if (prefix !== "") prefixes.push(prefix);
    values.set(local, value);
  }
  const scope = declared.length === 0 ? around : { namespaces: new Map([...around.namespaces, ...declared]), tags: new Map<string, Tag>() };
  return prefixes.every((prefix) => scope.namespaces.has(prefix)) ? { values, scope } : undefined;
}
