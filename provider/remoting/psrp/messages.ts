// PSRP messages to bytes and back: a header of 40 bytes, little-endian, then CLIXML in UTF-8. Says nothing about what the data means.
// Source: [MS-PSRP] 2.2.1. A real server begins its data with a byte order mark; recorded clients do or do not, and both are accepted.
import { guidBytes, guidText } from "./guid.ts";

/** Message types by the names of [MS-PSRP] 2.2.1. */
export const MessageType = {
  sessionCapability: 0x00010002,
  initRunspacePool: 0x00010004,
  publicKey: 0x00010005,
  encryptedSessionKey: 0x00010006,
  publicKeyRequest: 0x00010007,
  connectRunspacePool: 0x00010008,
  setMaxRunspaces: 0x00021002,
  setMinRunspaces: 0x00021003,
  runspaceAvailability: 0x00021004,
  runspacePoolState: 0x00021005,
  createPipeline: 0x00021006,
  getAvailableRunspaces: 0x00021007,
  userEvent: 0x00021008,
  applicationPrivateData: 0x00021009,
  getCommandMetadata: 0x0002100a,
  runspacePoolInitData: 0x0002100b,
  resetRunspaceState: 0x0002100c,
  runspacePoolHostCall: 0x00021100,
  runspacePoolHostResponse: 0x00021101,
  pipelineInput: 0x00041002,
  endOfPipelineInput: 0x00041003,
  pipelineOutput: 0x00041004,
  errorRecord: 0x00041005,
  pipelineState: 0x00041006,
  debugRecord: 0x00041007,
  verboseRecord: 0x00041008,
  warningRecord: 0x00041009,
  progressRecord: 0x00041010,
  informationRecord: 0x00041011,
  pipelineHostCall: 0x00041100,
  pipelineHostResponse: 0x00041101,
} as const;

export interface PsrpMessage {
  readonly destination: "client" | "server";
  /** One of `MessageType`, or a number that this table does not have. */
  readonly type: number;
  /** Upper-case GUID; all zeros in the server's first message. */
  readonly poolId: string;
  /** Upper-case GUID; all zeros for a message about the pool. */
  readonly pipelineId: string;
  /** CLIXML without a byte order mark. Empty for messages that carry nothing and for `$null` output. */
  readonly data: string;
}

/** Bytes that are no PSRP message. */
export class PsrpError extends Error {
  override readonly name = "PsrpError";
}

const HEADER_BYTES = 40;
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);
const NOTHING = new Uint8Array();
const UTF8 = new TextEncoder();
const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true });
const DESTINATIONS = { client: 1, server: 2 } as const;

/** A message as bytes. With `bom`, data that is not empty begins with a byte order mark, as a real server's does. */
export function encodeMessage(message: PsrpMessage, { bom = false }: { readonly bom?: boolean } = {}): Uint8Array {
  const mark = bom && message.data !== "" ? BOM : NOTHING;
  const bytes = new Uint8Array(HEADER_BYTES + mark.length + Buffer.byteLength(message.data, "utf8"));
  const header = new DataView(bytes.buffer);
  header.setUint32(0, DESTINATIONS[message.destination], true);
  header.setUint32(4, message.type, true);
  bytes.set(guidBytes(message.poolId), 8);
  bytes.set(guidBytes(message.pipelineId), 24);
  bytes.set(mark, HEADER_BYTES);
  UTF8.encodeInto(message.data, bytes.subarray(HEADER_BYTES + mark.length));
  return bytes;
}

/** @throws {PsrpError} when the bytes are too few, go nowhere or are not UTF-8 */
export function decodeMessage(bytes: Uint8Array): PsrpMessage {
  if (bytes.length < HEADER_BYTES) throw new PsrpError(`a message of ${bytes.length} bytes is shorter than its header`);
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const destination = message.readUInt32LE(0);
  if (destination !== DESTINATIONS.client && destination !== DESTINATIONS.server)
    throw new PsrpError(`a message has destination ${destination}`);
  return {
    destination: destination === DESTINATIONS.client ? "client" : "server",
    type: message.readUInt32LE(4),
    poolId: guidText(message, 8),
    pipelineId: guidText(message, 24),
    data: textOf(message.subarray(HEADER_BYTES)),
  };
}

function textOf(bytes: Uint8Array): string {
  try {
    return STRICT_UTF8.decode(bytes);
  } catch (cause) {
    throw new PsrpError("a message's data is not UTF-8", { cause });
  }
}
