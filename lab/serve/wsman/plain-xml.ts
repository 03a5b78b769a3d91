// The short way through a request: printable ASCII, elements, attributes in double quotes, text. It refuses nothing: whatever it is not sure of is
// left to the parser of xml.ts, and what it does read, it reads as that does. Clients repeat their tags in every request: each is looked into
// once in the scope where it stands, and then found by how it is written. Source: XML 1.0, Namespaces in XML 1.0.
import type { XmlElement } from "./xml.ts";

/** The declarations that hold where a tag stands, and the tags that were read there. */
interface Scope {
  readonly namespaces: ReadonlyMap<string, string>;
  readonly tags: Map<string, Tag>;
}

/** What a start tag says. */
interface Tag {
  readonly written: string;
  readonly around: Scope;
  readonly namespace: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** How its end tag is written; undefined where it needs none. */
  readonly end: string | undefined;
  /** What holds inside. */
  readonly inside: Scope;
  /** What came after it the last time. */
  next?: Tag;
}

interface OpenElement {
  readonly element: XmlElement & { readonly children: XmlElement[]; text: string };
  readonly end: string;
  readonly scope: Scope;
}

/** Text may have no mark that XML gives a meaning; `>` has one after `]]`. */
const TEXT = /^[\t\n\x20-%'-;=?-~]*$/;
const NAME = "[A-Za-z_][A-Za-z0-9_.-]*";
const START_TAG = new RegExp(`^<(?:(${NAME}):)?(${NAME})((?: (?:${NAME}:)?${NAME}="[ !#-%'-;=?-~]*")*) ?(/?)>$`);
const ATTRIBUTE = new RegExp(`(?:(${NAME}):)?(${NAME})="([^"]*)"`, "g");
/** What a prefix may be declared for: not what is reserved for `xml` and `xmlns`, and nothing that would have to be trimmed. */
const NAMESPACE = /^(?!http:\/\/www\.w3\.org\/(?:XML\/1998\/namespace|2000\/xmlns\/)$)[^ ]+$/;
/** Part of an id: those of commands are in tags. */
const ID = /[0-9A-F]{4}-[0-9A-F]{4}-/i;
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** Far more than clients write. A tag and a scope are remembered, and a hostile client would have them be many and long. */
const MOST = { depth: 32, tagLength: 2_000, namespaces: 50, tags: 500 };

let outermost = withoutTags();
let rememberedTags = 0;

/** The root element of a text that is plain; undefined for any other. */
export function parsePlainXml(text: string): XmlElement | undefined {
  if (rememberedTags === MOST.tags) {
    outermost = withoutTags();
    rememberedTags = 0;
  }
  const open: OpenElement[] = [];
  let before: Tag | undefined;
  for (let at = 0; ; ) {
    const parent = open.at(-1);
    if (parent !== undefined && text.startsWith(parent.end, at)) {
      at += parent.end.length;
      open.pop();
      if (open.length === 0) return at === text.length ? parent.element : undefined;
    } else {
      const tag = tagAt(text, at, parent?.scope ?? outermost, before);
      if (tag === undefined || open.length === MOST.depth) return undefined;
      const element = { namespace: tag.namespace, name: tag.name, attributes: tag.attributes, children: [], text: "" };
      parent?.element.children.push(element);
      if (tag.end !== undefined) open.push({ element, end: tag.end, scope: tag.inside });
      at += tag.written.length;
      before = tag;
    }
    const end = text.indexOf("<", at);
    const inside = open.at(-1);
    if (end === -1 || inside === undefined) return undefined;
    if (at === end) continue;
    const part = text.slice(at, end);
    if (!TEXT.test(part)) return undefined;
    inside.element.text += part;
    at = end;
  }
}

/** The start tag at a place: mostly the one that came after `before` the last time, too. */
function tagAt(text: string, at: number, scope: Scope, before: Tag | undefined): Tag | undefined {
  const next = before?.next;
  if (next?.around === scope && text.startsWith(next.written, at)) return next;
  const written = text.slice(at, text.indexOf(">", at) + 1);
  const known = scope.tags.get(written) ?? remember(scope, written);
  if (known === undefined) return readTag(scope, written);
  if (before !== undefined) before.next = known;
  return known;
}

/** Undefined for a tag that is not plain, and for one that will not come again or has no room any more. */
function remember(scope: Scope, written: string): Tag | undefined {
  if (rememberedTags === MOST.tags || ID.test(written)) return undefined;
  // A slice would keep the request in memory that it was cut from.
  const tag = readTag(scope, Buffer.from(written).toString());
  if (tag === undefined) return undefined;
  scope.tags.set(tag.written, tag);
  rememberedTags += 1;
  return tag;
}

function readTag(around: Scope, written: string): Tag | undefined {
  if (written.length > MOST.tagLength) return undefined;
  const [, prefix = "", name = "", attributesWritten = "", slash] = START_TAG.exec(written) ?? [];
  const read = name === "" ? undefined : readAttributes(around, attributesWritten);
  const namespace = read?.inside.namespaces.get(prefix);
  if (read === undefined || namespace === undefined) return undefined;
  const end = slash === "/" ? undefined : `</${prefix === "" ? name : `${prefix}:${name}`}>`;
  return { written, around, namespace, name, end, ...read };
}

/** Attributes without declarations, which make the scope; undefined where one is odd, twice or without a namespace for its prefix. */
function readAttributes(around: Scope, written: string): Pick<Tag, "attributes" | "inside"> | undefined {
  if (written === "") return { attributes: NO_ATTRIBUTES, inside: around };
  const declared = new Map<string, string>();
  const attributes = new Map<string, string>();
  const prefixes: string[] = [];
  ATTRIBUTE.lastIndex = 0;
  for (let found = ATTRIBUTE.exec(written); found !== null; found = ATTRIBUTE.exec(written)) {
    const [, prefix = "", name = "", value = ""] = found;
    if (prefix !== "xmlns" && name !== "xmlns") {
      if (attributes.has(name)) return undefined;
      attributes.set(name, value);
      prefixes.push(prefix);
      continue;
    }
    const declares = prefix === "" ? "" : name;
    if (/^xml/.test(declares) || !NAMESPACE.test(value) || declared.has(declares)) return undefined;
    declared.set(declares, value);
  }
  const inside = declared.size === 0 ? around : { namespaces: new Map([...around.namespaces, ...declared]), tags: new Map() };
  const isKnown = prefixes.every((prefix) => inside.namespaces.has(prefix)) && inside.namespaces.size <= MOST.namespaces;
  return isKnown ? { attributes, inside } : undefined;
}

function withoutTags(): Scope {
  const namespaces = new Map([
    ["", ""],
    ["xml", "http://www.w3.org/XML/1998/namespace"],
  ]);
  return { namespaces, tags: new Map() };
}
