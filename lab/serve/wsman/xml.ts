// XML to a small tree with resolved namespaces, and text to XML. Refuses document types: SOAP has none, and entities of them are an old trap.
// What clients mostly send takes a shorter way, with the same result (plain-xml.ts).
// Source: SOAP 1.2 part 1, section 5.
import { SaxesParser } from "saxes";
import { parsePlainXml } from "./plain-xml.ts";

export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** Without namespace declarations; by local name. WSMan uses no two attributes that differ in namespace alone. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly inside, joined. */
  readonly text: string;
}

/** A text that is no XML, or XML that SOAP does not allow. */
export class XmlError extends Error {
  override readonly name = "XmlError";
}

interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
  text: string;
}

/** Elements inside each other; a request has eight or so. The parser looks a prefix up through all that are open, which a hostile client could make long. */
const MOST_DEPTH = 32;

/** @throws {XmlError} */
export function parseXml(text: string): XmlElement {
  return parsePlainXml(text) ?? parseAnyXml(text);
}

/** Any XML, as the parser reads it. @throws {XmlError} */
export function parseAnyXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: OpenElement[] = [];
  let root: OpenElement | undefined;
  parser.on("error", (error) => {
    throw new XmlError(error.message);
  });
  parser.on("doctype", () => {
    throw new XmlError("a document type is not allowed");
  });
  parser.on("opentag", ({ uri, local, attributes }) => {
    const own = Object.values(attributes).filter(({ prefix, name }) => prefix !== "xmlns" && name !== "xmlns");
    const element: OpenElement = {
      namespace: uri,
      name: local,
      attributes: new Map(own.map((attribute) => [attribute.local, attribute.value])),
      children: [],
      text: "",
    };
    if (open.length >= MOST_DEPTH) throw new XmlError(`elements are nested deeper than ${MOST_DEPTH}`);
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (part: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => open.pop());
  parser.write(text).close();
  if (root === undefined) throw new XmlError("there is no element");
  return root;
}

export function childOf(element: XmlElement | undefined, namespace: string, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.namespace === namespace && child.name === name);
}

export function childrenOf(element: XmlElement | undefined, namespace: string, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.namespace === namespace && child.name === name) ?? [];
}

/** Text as it may stand in an element or in a quoted attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[mark] ?? mark);
}
