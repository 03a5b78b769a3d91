// SOAP texts as small trees, matched by namespace and local name: servers choose other prefixes than clients do.
// Refuses document types and entities beyond XML's own five.
import { SaxesParser } from "saxes";
import { parsePlainXml } from "./plain-xml.ts";

export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** By local name. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly inside, blanks included. */
  readonly text: string;
}

/** A text that is not XML, or XML that is refused. */
export class XmlError extends Error {
  override readonly name = "XmlError";
}

const MAX_DEPTH = 64;
const MARKUP: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

interface OpenElement {
  namespace: string;
  name: string;
  attributes: Map<string, string>;
  children: OpenElement[];
  text: string;
}

/** The root element. @throws {XmlError} */
export function parseXml(text: string): XmlElement {
  return parsePlainXml(text) ?? parseAnyXml(text);
}

/** The root element of a text that may be written in any way. @throws {XmlError} */
export function parseAnyXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const stack: OpenElement[] = [];
  let root: OpenElement | undefined;
  parser.on("error", (error) => {
    throw new XmlError(error.message);
  });
  parser.on("doctype", () => {
    throw new XmlError("a document type is not accepted");
  });
  parser.on("opentag", (tag) => {
    if (stack.length >= MAX_DEPTH) throw new XmlError(`nested deeper than ${MAX_DEPTH} elements`);
    const attributes = new Map(Object.values(tag.attributes).map((attribute) => [attribute.local, attribute.value]));
    const element: OpenElement = { namespace: tag.uri, name: tag.local, attributes, children: [], text: "" };
    stack.at(-1)?.children.push(element);
    root ??= element;
    stack.push(element);
  });
  parser.on("text", (part) => append(stack, part));
  parser.on("cdata", (part) => append(stack, part));
  parser.on("closetag", () => {
    stack.pop();
  });
  parser.write(text.startsWith("\ufeff") ? text.slice(1) : text).close();
  if (root === undefined) throw new XmlError("no element");
  return root;
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, namespace: string, name: string): XmlElement | undefined {
  return element?.children.find((candidate) => candidate.name === name && candidate.namespace === namespace);
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

function append(stack: readonly OpenElement[], part: string): void {
  const element = stack.at(-1);
  if (element !== undefined) element.text += part;
}
