// Reads WS-Management answers: the body of one that went well, or the fault in it. Pure.
// Matches by namespace and local name. Source: [MS-WSMV]; old servers answer a Create without a Shell element.
import type { WsmanFault } from "../problem.ts";
import { PsrpError } from "../psrp/messages.ts";
import { child, descendant, parseXml, type XmlElement } from "../xml/tree.ts";
import { faultOf } from "./faults.ts";
import { NS } from "./names.ts";

/** An answer in SOAP, of whatever HTTP status. */
export interface WsmanAnswer {
  /** Message id of the request that it answers, as `UPPER-CASE-GUID`; empty when it does not say. */
  readonly relatesTo: string;
  readonly body: XmlElement;
  readonly fault?: WsmanFault;
}

/** What one Receive brought. */
export interface Received {
  /** PSRP fragments, one stream element each, in order. */
  readonly chunks: readonly Uint8Array[];
  /** The command has ended and will say nothing more. */
  readonly done: boolean;
}

/** Whether not even a part of a message came. */
export function isSilent({ chunks }: Received): boolean {
  return chunks.every((chunk) => chunk.length === 0);
}

/** The answer in a SOAP text; nothing when the text is XML of another kind. @throws {XmlError} when it is not XML */
export function parseAnswer(text: string): WsmanAnswer | undefined {
  const envelope = parseXml(text);
  const body = envelope.namespace === NS.soap && envelope.name === "Envelope" ? child(envelope, NS.soap, "Body") : undefined;
  if (body === undefined) return undefined;
  const relatesTo = child(child(envelope, NS.soap, "Header"), NS.addressing, "RelatesTo")?.text ?? "";
  const fault = child(body, NS.soap, "Fault");
  return {
    relatesTo: relatesTo
      .trim()
      .replace(/^uuid:/i, "")
      .toUpperCase(),
    body,
    ...(fault === undefined ? {} : { fault: faultOf(fault) }),
  };
}

/** The shell's id as the server wants it in selectors. */
export function createdShellId(body: XmlElement): string | undefined {
  const selectors = descendant(child(body, NS.transfer, "ResourceCreated"), "SelectorSet", NS.wsman);
  const selector = selectors?.children.find((candidate) => candidate.attributes.get("Name") === "ShellId");
  return (selector ?? descendant(body, "ShellId", NS.shell))?.text.trim();
}

/** The id under which the server runs a command. Windows Server 2008 R2 chooses its own; later ones keep the client's. */
export function startedCommandId(body: XmlElement): string | undefined {
  return child(child(body, NS.shell, "CommandResponse"), NS.shell, "CommandId")?.text.trim();
}

/** Streams and state of a ReceiveResponse. @throws {PsrpError} when a stream is not base64 */
export function received(body: XmlElement): Received | undefined {
  const response = child(body, NS.shell, "ReceiveResponse");
  if (response === undefined) return undefined;
  const streams = response.children.filter((element) => element.namespace === NS.shell && element.name === "Stream");
  const state = child(response, NS.shell, "CommandState")?.attributes.get("State") ?? "";
  return {
    chunks: streams.map((stream) => bytesOf(stream.text)),
    done: state.endsWith("/CommandState/Done"),
  };
}

/** Node.js passes over what is no base64, and the bytes after it would be others. */
function bytesOf(base64: string): Uint8Array {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === Buffer.byteLength(base64, "base64") && base64.length % 4 === 0) return bytes;
  const plain = base64.replace(/\s+/g, "");
  if (plain.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) throw new PsrpError("a stream that is not base64");
  return bytes;
}
