// The MIME form in which a sealed message travels over http: two parts, the second with the signature's length, the signature and the ciphertext.
// Pure; sealing and opening are Kerberos' (gssapi/). Sources: [MS-WSMV] 2.2.9.1; the odd delimiter as pypsrp reports it of Exchange.
import type { SealedMessage } from "../gssapi/acceptor.ts";

/** How clients and servers name the sealing, by the scheme of their Authorization header. */
export const SEAL_PROTOCOLS = {
  Kerberos: "application/HTTP-Kerberos-session-encrypted",
  Negotiate: "application/HTTP-SPNEGO-session-encrypted",
} as const;

export type SealScheme = keyof typeof SEAL_PROTOCOLS;

export interface SealedBody extends SealedMessage {
  /** Bytes of the message, as its sender says. */
  readonly plainLength: number;
}

const BOUNDARY = "Encrypted Boundary";
const HEAD = new RegExp(
  `^--${BOUNDARY}\\r\\n[\\t ]*Content-Type: *(\\S+)\\r\\n[\\t ]*OriginalContent: *type=[^\\r\\n]+;Length=(\\d{1,10})\\r\\n--${BOUNDARY}\\r\\n[\\t ]*Content-Type: *application/octet-stream\\r\\n`,
  "i",
);
const MOST_HEAD_BYTES = 1_024;
const TAIL = Buffer.from(`--${BOUNDARY}--\r\n`);

/** Content types as this server writes them, and most clients. */
const TYPES: Readonly<Record<SealScheme, string>> = { Kerberos: typeOf("Kerberos"), Negotiate: typeOf("Negotiate") };

export function isSealedType(contentType: string): boolean {
  return /^multipart\/encrypted *;/i.test(contentType);
}

/** The message in a request's body; undefined when the body is not written as `scheme` asks for. */
export function readSealedBody(contentType: string, body: Buffer, scheme: SealScheme): SealedBody | undefined {
  if (contentType !== TYPES[scheme] && !isTypeOf(contentType, scheme)) return undefined;
  const head = HEAD.exec(body.toString("latin1", 0, MOST_HEAD_BYTES));
  if (head === null || !isProtocolOf(head[1], scheme)) return undefined;
  const [start, end] = [head[0].length, body.length - TAIL.length];
  if (!body.subarray(end).equals(TAIL)) return undefined;
  const dataStart = start + 4 + body.readUInt32LE(start);
  if (dataStart > end) return undefined;
  return { header: body.subarray(start + 4, dataStart), data: body.subarray(dataStart, end), plainLength: Number(head[2]) };
}

/** The body of an answer. `hasOddDelimiter`: with the blank after the dashes that Exchange puts there. */
export function writeSealedBody(
  { header, data, plainLength }: SealedBody,
  scheme: SealScheme,
  { hasOddDelimiter }: { readonly hasOddDelimiter: boolean },
): { readonly contentType: string; readonly body: Buffer } {
  const protocol = SEAL_PROTOCOLS[scheme];
  const delimiter = `--${hasOddDelimiter ? " " : ""}${BOUNDARY}`;
  const lines = [
    delimiter,
    `\tContent-Type: ${protocol}`,
    `\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${plainLength}`,
    delimiter,
    "\tContent-Type: application/octet-stream",
    "",
  ];
  const headerLength = Buffer.alloc(4);
  headerLength.writeUInt32LE(header.length);
  return {
    contentType: TYPES[scheme],
    body: Buffer.concat([Buffer.from(lines.join("\r\n")), headerLength, header, data, Buffer.from(`${delimiter}--\r\n`)]),
  };
}

function typeOf(scheme: SealScheme): string {
  return `multipart/encrypted;protocol="${SEAL_PROTOCOLS[scheme]}";boundary="${BOUNDARY}"`;
}

function isTypeOf(contentType: string, scheme: SealScheme): boolean {
  return isProtocolOf(parameterOf(contentType, "protocol"), scheme) && parameterOf(contentType, "boundary") === BOUNDARY;
}

function isProtocolOf(text: string | undefined, scheme: SealScheme): boolean {
  return text?.toLowerCase() === SEAL_PROTOCOLS[scheme].toLowerCase();
}

function parameterOf(contentType: string, name: string): string | undefined {
  return new RegExp(`; *${name}="([^"]*)"`, "i").exec(contentType)?.[1];
}
