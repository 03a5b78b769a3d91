// Cuts PSRP messages into fragments and joins them again. One stream element holds whole fragments, one or several; fragments of
// different messages may alternate. Source: [MS-PSRP] 2.2.4; interleaving seen with PowerShell 7.6.5.
import { PsrpError } from "./messages.ts";

const HEADER_BYTES = 21;
const START = 1;
const END = 2;

/** The fragments of one message, each ready to be sent; `maxDataBytes` counts without the header of 21 bytes. An empty message is one empty fragment. */
export function fragmentsOf(objectId: bigint, message: Uint8Array, maxDataBytes: number): Uint8Array[] {
  if (!Number.isInteger(maxDataBytes) || maxDataBytes < 1) throw new RangeError(`a fragment cannot hold ${maxDataBytes} bytes`);
  const count = Math.max(1, Math.ceil(message.length / maxDataBytes));
  return Array.from({ length: count }, (_, index) => {
    const data = message.subarray(index * maxDataBytes, (index + 1) * maxDataBytes);
    const fragment = new Uint8Array(HEADER_BYTES + data.length);
    const header = new DataView(fragment.buffer);
    header.setBigUint64(0, objectId);
    header.setBigUint64(8, BigInt(index));
    header.setUint8(16, (index === 0 ? START : 0) | (index === count - 1 ? END : 0));
    header.setUint32(17, data.length);
    fragment.set(data, HEADER_BYTES);
    return fragment;
  });
}

export interface DefragmenterLimits {
  /** Bytes of all unfinished messages together. Default 128 MiB: Exchange itself stops an object at 75 MB. */
  readonly maxPendingBytes?: number;
  /** Messages begun and not finished. Default 64. */
  readonly maxPendingMessages?: number;
}

interface Pending {
  readonly parts: Uint8Array[];
  bytes: number;
  next: bigint;
}

/** Joins the fragments of one direction of one session. After an error it must not be used again. */
export class Defragmenter {
  readonly #pending = new Map<bigint, Pending>();
  readonly #maxPendingBytes: number;
  readonly #maxPendingMessages: number;
  #pendingBytes = 0;

  constructor({ maxPendingBytes = 128 * 1024 * 1024, maxPendingMessages = 64 }: DefragmenterLimits = {}) {
    this.#maxPendingBytes = maxPendingBytes;
    this.#maxPendingMessages = maxPendingMessages;
  }

  /** Whether no message has begun without having ended. */
  get isIdle(): boolean {
    return this.#pending.size === 0;
  }

  /**
   * Takes the content of one stream element and returns the messages that it completed, in order of completion. A message that came in one
   * fragment is a view of `bytes`.
   * @throws {PsrpError} when a fragment is cut off, out of order, without a start, or over the limits
   */
  push(bytes: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let offset = 0;
    while (offset < bytes.length) {
      if (offset + HEADER_BYTES > bytes.length) throw new PsrpError("a fragment is cut off inside its header");
      const end = offset + HEADER_BYTES + view.getUint32(offset + 17);
      if (end > bytes.length) throw new PsrpError(`a fragment announces ${end - bytes.length} bytes more than there are`);
      const message = this.#take(
        view.getBigUint64(offset),
        view.getBigUint64(offset + 8),
        view.getUint8(offset + 16),
        new Uint8Array(bytes.buffer, bytes.byteOffset + offset + HEADER_BYTES, end - offset - HEADER_BYTES),
      );
      if (message !== undefined) messages.push(message);
      offset = end;
    }
    return messages;
  }

  #take(objectId: bigint, fragmentId: bigint, flags: number, data: Uint8Array): Uint8Array | undefined {
    const pending = this.#pendingOf(objectId, fragmentId, (flags & START) !== 0);
    const isWhole = fragmentId === 0n && (flags & END) !== 0;
    // A copy of what must wait, which could be a small part of a large answer.
    pending.parts.push(isWhole ? data : data.slice());
    pending.bytes += data.length;
    pending.next += 1n;
    this.#pendingBytes += data.length;
    if (this.#pendingBytes > this.#maxPendingBytes) throw new PsrpError(`unfinished messages exceed ${this.#maxPendingBytes} bytes`);
    if ((flags & END) === 0) return undefined;
    this.#pending.delete(objectId);
    this.#pendingBytes -= pending.bytes;
    return isWhole ? data : new Uint8Array(Buffer.concat(pending.parts));
  }

  #pendingOf(objectId: bigint, fragmentId: bigint, isStart: boolean): Pending {
    const known = this.#pending.get(objectId);
    if (isStart !== (fragmentId === 0n)) throw new PsrpError(`fragment ${fragmentId} of message ${objectId} has a wrong start flag`);
    if (known !== undefined && fragmentId === known.next) return known;
    if (known !== undefined || !isStart)
      throw new PsrpError(`fragment ${fragmentId} of message ${objectId} came out of order, ${known?.next ?? 0n} was due`);
    if (this.#pending.size >= this.#maxPendingMessages)
      throw new PsrpError(`more than ${this.#maxPendingMessages} messages are unfinished`);
    const begun: Pending = { parts: [], bytes: 0, next: 0n };
    this.#pending.set(objectId, begun);
    return begun;
  }
}
