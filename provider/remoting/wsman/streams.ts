// An answer is nearly all base64, in hundreds of Stream elements that differ in nothing else. This spares the XML parser all but one of them:
// the first is left in its place with a mark in it, and the elements are put back into the tree where the parser found the mark.
// What is well-formed with one such element is so with many, and the parser sees everything else, so it refuses what it refused before.
import { parseXml, type XmlElement } from "./xml.ts";

/** No XML of a WSMan server contains it; one that does, or may do so behind a character reference, is parsed whole. */
const MARK = "\ue000";
const STREAM = /<(\w+:)?Stream( [^<>]*[^<>/])?>(?=[A-Za-z0-9+/=]{64,}<)/;
const BASE64 = /^[A-Za-z0-9+/=]*$/;

/** As `parseXml`. @throws {XmlError} */
export function parseWithStreams(text: string): XmlElement {
  const run = text.includes(MARK) || text.includes("&#") ? undefined : firstRun(text);
  if (run === undefined) return parseXml(text);
  const root = parseXml(`${text.slice(0, run.start)}${run.tag}${MARK}${run.endTag}${text.slice(run.end)}`);
  return putBack(root, run.contents) ?? parseXml(text);
}

/** Elements that stand side by side, alike but for their base64. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly tag: string;
  readonly endTag: string;
  readonly contents: readonly string[];
}

function firstRun(text: string): Run | undefined {
  const match = STREAM.exec(text);
  if (match === null) return undefined;
  const [tag, prefix = ""] = match;
  const endTag = `</${prefix}Stream>`;
  const contents: string[] = [];
  let at = match.index;
  while (text.startsWith(tag, at)) {
    const end = text.indexOf("<", at + tag.length);
    const content = text.slice(at + tag.length, end === -1 ? undefined : end);
    if (end === -1 || !text.startsWith(endTag, end) || !BASE64.test(content)) break;
    contents.push(content);
    at = end + endTag.length;
  }
  return contents.length === 0 ? undefined : { start: match.index, end: at, tag, endTag, contents };
}

/** The element with as many elements inside as there are contents, where the one with the mark is; nothing when the mark is in no element of its own. */
function putBack(element: XmlElement, contents: readonly string[]): XmlElement | undefined {
  for (const [index, child] of element.children.entries()) {
    const isMarked = child.text === MARK && child.children.length === 0;
    const inside = isMarked ? undefined : putBack(child, contents);
    if (!isMarked && inside === undefined) continue;
    const instead = inside === undefined ? contents.map((text) => ({ ...child, text })) : [inside];
    return { ...element, children: [...element.children.slice(0, index), ...instead, ...element.children.slice(index + 1)] };
  }
  return undefined;
}
