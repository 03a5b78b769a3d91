// The shape of an answer: its elements with namespaces, names and the names of their attributes, in order, and of CLIXML the tags, property
// names and type names too. Values are left out, and what comes several times under one parent counts once: a list of six is shaped as one of five.
import { parseXml, type XmlElement } from "../../../provider/remoting/xml/tree.ts";

/** A line for each element, to the line of its parent, in document order. */
export type Shape = ReadonlyMap<string, string | undefined>;

const PREFIXES: Readonly<Record<string, string>> = {
  "http://www.w3.org/2003/05/soap-envelope": "s",
  "http://schemas.xmlsoap.org/ws/2004/08/addressing": "a",
  "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd": "w",
  "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd": "p",
  "http://schemas.microsoft.com/wbem/wsman/1/windows/shell": "rsp",
  "http://schemas.xmlsoap.org/ws/2004/09/transfer": "x",
  "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault": "f",
  "http://schemas.microsoft.com/wbem/wsman/1/config": "cfg",
};

export function envelopeShape(text: string): Shape {
  const shape = new Map<string, string | undefined>();
  const walk = (element: XmlElement, parent: string | undefined) => {
    const name = `${PREFIXES[element.namespace] ?? element.namespace}:${element.name}`;
    const line = [below(parent, name), ...element.attributes.keys()].join(" @");
    shape.set(line, parent);
    for (const child of element.children) walk(child, line);
  };
  walk(parseXml(text), undefined);
  return shape;
}

/** Of one PSRP message's data. A type that is named by reference counts as named. */
export function clixmlShape(data: string): Shape {
  const shape = new Map<string, string | undefined>();
  const types = new Map<string, string>();
  const walk = (element: XmlElement, parent: string | undefined) => {
    const { name, attributes } = element;
    const property = attributes.has("N") ? `[${attributes.get("N") ?? ""}]` : "";
    const line = `${below(parent, name)}${property}`;
    if (name === "TN" || name === "TNRef") {
      const key = attributes.get("RefId") ?? "";
      if (name === "TN") types.set(key, element.children.map(({ text }) => text).join(", "));
      shape.set(`${below(parent, "TN")}: ${types.get(key) ?? "of nothing"}`, parent);
      return;
    }
    shape.set(line, parent);
    for (const child of element.children) walk(child, line);
  };
  if (data !== "") walk(parseXml(data), undefined);
  return shape;
}

/**
 * Where two shapes differ: `- line` is in `recorded` only, `+ line` in `own` only, and `order …` says which of the common lines comes
 * earlier in `own`. What stands inside an element that differs is not said again.
 */
export function differences(recorded: Shape, own: Shape): string[] {
  const only = (one: Shape, other: Shape, sign: string) =>
    [...one].filter(([line, parent]) => !other.has(line) && (parent === undefined || other.has(parent))).map(([line]) => `${sign} ${line}`);
  const common = [...recorded.keys()].filter((line) => own.has(line));
  const ours = [...own.keys()].filter((line) => recorded.has(line));
  const first = common.findIndex((line, index) => line !== ours[index]);
  return [...only(recorded, own, "-"), ...only(own, recorded, "+"), ...(first < 0 ? [] : [`order ${ours[first] ?? ""}`])];
}

/** The lines of several shapes, as one. */
export function union(shapes: readonly Shape[]): Shape {
  return new Map(shapes.flatMap((shape) => [...shape]));
}

function below(parent: string | undefined, name: string): string {
  return parent === undefined ? name : `${parent.replace(/ @.*$/, "")}/${name}`;
}
