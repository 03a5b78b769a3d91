// Reads the SOAP envelope of a WSMan request: what is asked, of which shell, and how long and how large the answer may be.
// Source: DSP0226 (WS-Management 1.1), [MS-WSMV] 2.2.4.

import { XmlError } from "../../../provider/remoting/xml/reader.ts";
import { child, children, parseXml, type XmlElement } from "../../../provider/remoting/xml/tree.ts";
import { ADDRESSING, SOAP, WSMAN } from "./namespaces.ts";

export interface WsmanRequest {
  /** The whole action URI. */
  readonly action: string;
  /** As sent, `uuid:` included: the answer repeats it in RelatesTo. */
  readonly messageId: string;
  readonly resourceUri: string;
  /** Milliseconds of real time that the client gives the server; undefined when it sent none, `NaN` when what it sent is no duration. */
  readonly operationTimeoutMs: number | undefined;
  /** Bytes that the answer may have; `NaN` when what the client sent is no number or less than 8,192. */
  readonly maxEnvelopeBytes: number;
  readonly selectors: ReadonlyMap<string, string>;
  /** The first element of the body, if there is one. */
  readonly body: XmlElement | undefined;
}

/** What any service must be allowed (DSP0226 6.2). */
const LEAST_ENVELOPE_BYTES = 8_192;
const DEFAULT_ENVELOPE_BYTES = 153_600;
/** The server's own limit (`MaxEnvelopeSizekb` 500), whatever a client would take. */
const MOST_ENVELOPE_BYTES = 512_000;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * A request as it came, in UTF-8 or UTF-16.
 * @throws {XmlError} as `readRequest`, and for bytes that are no text
 */
export function readRequestBytes(bytes: Uint8Array): WsmanRequest {
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0x3c && bytes[1] === 0);
  try {
    return readRequest((isWide ? new TextDecoder("utf-16le", { fatal: true }) : UTF8).decode(bytes));
  } catch (cause) {
    if (cause instanceof TypeError) throw new XmlError("the bytes are no text");
    throw cause;
  }
}

/** @throws {XmlError} when it is no SOAP envelope or lacks what every request must have */
export function readRequest(text: string): WsmanRequest {
  const envelope = parseXml(text);
  if (envelope.namespace !== SOAP || envelope.name !== "Envelope") throw new XmlError("this is no SOAP 1.2 envelope");
  const header = child(envelope, SOAP, "Header");
  const textIn = (namespace: string, name: string) => child(header, namespace, name)?.text.trim();
  const action = textIn(ADDRESSING, "Action");
  const messageId = textIn(ADDRESSING, "MessageID");
  if (action === undefined || messageId === undefined) throw new XmlError("the header has no Action or no MessageID");
  const timeout = textIn(WSMAN, "OperationTimeout");
  const selectors = children(child(header, WSMAN, "SelectorSet"), WSMAN, "Selector");
  return {
    action,
    messageId,
    resourceUri: textIn(WSMAN, "ResourceURI") ?? "",
    operationTimeoutMs: timeout === undefined ? undefined : durationMs(timeout),
    maxEnvelopeBytes: envelopeBytes(textIn(WSMAN, "MaxEnvelopeSize")),
    selectors: new Map(selectors.map((selector) => [selector.attributes.get("Name") ?? "", selector.text.trim()])),
    body: child(envelope, SOAP, "Body")?.children[0],
  };
}

/** Whether a text is a GUID, as the ids of shells and commands are. They go back into answers, where nothing else may. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function envelopeBytes(text: string | undefined): number {
  if (text === undefined) return DEFAULT_ENVELOPE_BYTES;
  const bytes = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return bytes < LEAST_ENVELOPE_BYTES ? Number.NaN : Math.min(bytes, MOST_ENVELOPE_BYTES);
}

/** Milliseconds of an xs:duration without years and months, such as `PT20S`, `PT1M30.5S`, `P0DT0H1M2S`; `NaN` when it is none. */
export function durationMs(text: string): number {
  const parts = /^P(?=.)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (parts === null) return Number.NaN;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = parts;
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
