// A sealed message as an HTTP body: two MIME parts, of which the second holds signature and sealed bytes. Pure.
// Sources: [MS-WSMV] 2.2.9.1; Exchange writes `-- Encrypted Boundary` with a blank after the dashes, as pypsrp found; both are read.
import type { HttpBody } from "../http/authenticator.ts";
import { WsmanError } from "../problem.ts";
import type { NegotiatedScheme, SealedMessage } from "./security.ts";

const PROTOCOLS: Readonly<Record<NegotiatedScheme, string>> = {
  Kerberos: "application/HTTP-Kerberos-session-encrypted",
  Negotiate: "application/HTTP-SPNEGO-session-encrypted",
};
const OCTETS = "Content-Type: application/octet-stream\r\n";
const TAIL = Buffer.from("--Encrypted Boundary--\r\n");
const OPENING = /^--\s?Encrypted Boundary\r\n([\s\S]{0,512}?)--\s?Encrypted Boundary\r\n\s*Content-Type:\s*application\/octet-stream\r\n/i;
const CLOSING = /--\s?Encrypted Boundary--\r\n$/i;
/** The head of a body is looked for in its first bytes, and its end in the last. */
const HEAD_BYTES = 1_024;
const TAIL_BYTES = 32;
/** The longest signature that is believed. */
const MOST_SIGNATURE_BYTES = 1_024;

/** `plainType` is the content type of what was sealed, `plainLength` its bytes. */
export function sealedBody(
  scheme: NegotiatedScheme,
  { signature, data }: SealedMessage,
  plainType: string,
  headers: HttpBody["headers"],
): HttpBody {
  const protocol = PROTOCOLS[scheme];
  const head =
    `--Encrypted Boundary\r\n\tContent-Type: ${protocol}\r\n\tOriginalContent: type=${plainType};Length=${data.length}\r\n` +
    `--Encrypted Boundary\r\n\t${OCTETS}`;
  const dataStart = head.length + 4 + signature.length;
  const bytes = Buffer.allocUnsafe(dataStart + data.length + TAIL.length);
  bytes.write(head, "latin1");
  bytes.writeUInt32LE(signature.length, head.length);
  bytes.set(signature, head.length + 4);
  bytes.set(data, dataStart);
  bytes.set(TAIL, dataStart + data.length);
  return { headers: { ...headers, "Content-Type": `multipart/encrypted;protocol="${protocol}";boundary="Encrypted Boundary"` }, bytes };
}

/** Whether an answer came sealed. */
export function isSealed(contentType: string): boolean {
  return /^multipart\/encrypted\b/i.test(contentType);
}

/** @throws {WsmanError} `nonsense` when the parts are not those of one sealed message of the length that they announce */
export function sealedMessageIn(bytes: Uint8Array): SealedMessage {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const opening = OPENING.exec(body.toString("latin1", 0, HEAD_BYTES));
  const closing = CLOSING.exec(body.toString("latin1", Math.max(0, body.length - TAIL_BYTES)));
  const announced = /Length=(\d+)/i.exec(opening?.[1] ?? "")?.[1];
  if (opening === null || closing === null || announced === undefined) throw damaged("not two MIME parts");
  const start = opening[0].length;
  const end = body.length - closing[0].length;
  const signatureBytes = end - start < 4 ? Number.NaN : body.readUInt32LE(start);
  const dataStart = start + 4 + signatureBytes;
  if (!(signatureBytes <= MOST_SIGNATURE_BYTES && dataStart + Number(announced) === end))
    throw damaged(`${end - start} bytes that announce a signature of ${signatureBytes} and ${announced} of content`);
  return { signature: body.subarray(start + 4, dataStart), data: body.subarray(dataStart, end) };
}

function damaged(what: string): WsmanError {
  return new WsmanError({ kind: "nonsense", what: `a sealed answer of a form that WinRM does not have: ${what}` });
}
