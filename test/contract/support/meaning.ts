// What a request says, as lines `path = value`, so that two requests can be compared without regard to prefixes, to the order of headers and
// members, to ids of any kind, and to where fragments are cut: PSRP payloads are read and their CLIXML is taken apart like the SOAP around it.
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { isPsList, isPsObject, PsDate, PsTagged, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import { Defragmenter } from "../../../provider/remoting/psrp/fragments.ts";
import { decodeMessage, MessageType, type PsrpMessage } from "../../../provider/remoting/psrp/messages.ts";
import type { XmlElement } from "../../../provider/remoting/xml/tree.ts";

const TYPE_NAMES = new Map<number, string>(Object.entries(MessageType).map(([name, type]) => [type, name]));
const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const PAYLOADS = ["creationXml", "Arguments", "Stream"];

/** Sorted. */
export function meaningOf(request: XmlElement): string[] {
  return linesOf(request, "").sort();
}

/** What the data of a message says. */
export function meaningOfMessage({ type, data }: Pick<PsrpMessage, "type" | "data">): string[] {
  const name = TYPE_NAMES.get(type) ?? type.toString(16);
  return data === "" ? [`${name} is empty`] : decodeClixml(data).flatMap((value) => linesOfValue(value, name));
}

/** Lines of `recorded` with `-` and of `own` with `+`, where the other has none such. */
export function differencesOfMeaning(recorded: readonly string[], own: readonly string[]): string[] {
  const only = (one: readonly string[], other: readonly string[]) => one.filter((line) => !other.includes(line));
  return [...only(recorded, own).map((line) => `- ${line}`), ...only(own, recorded).map((line) => `+ ${line}`)];
}

function linesOf({ namespace, name, attributes, text, children }: XmlElement, above: string): string[] {
  const here = `${above}/${name}`;
  const words = [...attributes].filter(([key, value]) => value !== "" && !/^(http:|xmlns)/.test(value) && key !== "xmlns");
  const own = [`${here} of ${namespace}`, ...words.map(([key, value]) => `${here}@${key} = ${withoutIds(value)}`)];
  if (PAYLOADS.includes(name)) return [...own, ...messagesIn(text).flatMap(meaningOfMessage)];
  const content = text.trim() === "" ? [] : [`${here} = ${withoutIds(text.trim())}`];
  return [...own, ...content, ...children.flatMap((child) => linesOf(child, here))];
}

function messagesIn(base64: string): PsrpMessage[] {
  return new Defragmenter().push(Buffer.from(base64, "base64")).map(decodeMessage);
}

function linesOfValue(value: PsValue, path: string): string[] {
  if (isPsList(value)) return value.flatMap((item, index) => linesOfValue(item, `${path}[${index}]`));
  if (!isPsObject(value)) return [`${path} = ${said(value)}`];
  return [
    ...(value.typeNames.length === 0 ? [] : [`${path} is ${value.typeNames.join(", ")}`]),
    ...(value.text === undefined ? [] : [`${path} says ${value.text}`]),
    ...(value.value === undefined ? [] : [`${path} = ${said(value.value)}`]),
    ...[...value.properties, ...value.notes].flatMap(([name, member]) => linesOfValue(member, `${path}.${name}`)),
    ...(value.items === undefined ? [] : [`${path} has ${value.items.values.length}`]),
    ...(value.items?.values ?? []).flatMap((item, index) => linesOfValue(item, `${path}[${index}]`)),
    ...(value.entries ?? []).flatMap(([key, item]) => linesOfValue(item, `${path}{${said(key)}}`)),
  ];
}

function said(value: PsValue): string {
  if (value instanceof PsDate || value instanceof PsTagged) return value.text;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function withoutIds(text: string): string {
  return text.replace(GUID, "id");
}
