// The short way through an XML text: elements, attributes in double quotes and text, without entities, comments, CDATA or anything else that
// WSMan servers do not write. It refuses nothing: whatever it is not sure of is left to xml.ts, and what it does read, it reads as that does.
// Source: XML 1.0 and Namespaces in XML 1.0.
import type { XmlElement } from "./xml.ts";

/** Characters that XML gives a meaning, or refuses, and all that would have to be looked at twice. */
const NOT_PLAIN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no XML may have them, and the parser says so
  /[&\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]|<[!?]|\]\]>/;
/** A tag, and the text behind it. */
const TAG =
  /<(\/?)((?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*))((?:[ \t\n]+(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*="[^"<\t\n]*")*)[ \t\n]*(\/?)>([^<]*)/y;
const ATTRIBUTE = /(?:([\w.-]+):)?([\w.-]+)="([^"]*)"/g;
const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
const DEEPEST = 32;
const NONE: ReadonlyMap<string, string> = new Map();

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/** An element that has not ended. */
interface Open {
  readonly element: OpenElement;
  /** As written, prefix included. */
  readonly name: string;
  /** Namespaces by prefix. */
  readonly scope: ReadonlyMap<string, string>;
}

interface Attributes {
  readonly values: ReadonlyMap<string, string>;
  readonly scope: ReadonlyMap<string, string>;
}

const OUTERMOST: ReadonlyMap<string, string> = new Map([
  ["", ""],
  ["xml", XML_NAMESPACE],
]);

/** The root element of a text that is plain; undefined for any other. */
export function parsePlainXml(text: string): XmlElement | undefined {
  if (NOT_PLAIN.test(text)) return undefined;
  const open: Open[] = [];
  let root: XmlElement | undefined;
  TAG.lastIndex = 0;
  while (TAG.lastIndex < text.length) {
    const match = TAG.exec(text);
    if (match === null) return undefined;
    const [, slash, name = "", prefix = "", local = "", written = "", emptySlash, behind = ""] = match;
    if (slash !== "") {
      if (open.pop()?.name !== name || written !== "" || emptySlash !== "") return undefined;
    } else {
      const around = open.at(-1);
      if ((around === undefined && root !== undefined) || open.length >= DEEPEST) return undefined;
      const attributes = attributesOf(written, around?.scope ?? OUTERMOST);
      const namespace = attributes?.scope.get(prefix);
      if (attributes === undefined || namespace === undefined) return undefined;
      const element: OpenElement = { namespace, name: local, attributes: attributes.values, children: [], text: "" };
      around?.element.children.push(element);
      root ??= element;
      if (emptySlash === "") open.push({ element, name, scope: attributes.scope });
    }
    const parent = open.at(-1);
    if (parent !== undefined) parent.element.text += behind;
    else if (behind !== "") return undefined;
  }
  return open.length === 0 ? root : undefined;
}

/** Attributes by local name, declarations of namespaces among them, as xml.ts gives them. */
function attributesOf(written: string, around: ReadonlyMap<string, string>): Attributes | undefined {
  if (written === "") return { values: NONE, scope: around };
  const values = new Map<string, string>();
  const prefixes: string[] = [];
  let scope = around;
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
      scope = new Map(scope).set(prefix === "" ? "" : local, value);
    } else if (prefix !== "") prefixes.push(prefix);
    values.set(local, value);
  }
  return prefixes.every((prefix) => scope.has(prefix)) ? { values, scope } : undefined;
}
