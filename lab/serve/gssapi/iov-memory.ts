// What the calls for sealing and opening read and write, laid out by hand as C has it on a machine of 64 bits, the little end first. koffi would
// look up each member by its name, there and back, for every message. Source: gssapi_ext.h of MIT Kerberos 1.20 (gss_iov_buffer_desc).
import type { IovBuffer, Slot } from "./library.ts";

const MOST_PIECES = 3;
/** A piece is three words: its type, the length of its memory, and where that lies. */
const WORDS = 3;

/** For one call after the other: each is read back before the next is laid out. */
export class IovMemory {
  readonly minor = new Uint32Array(1);
  readonly isSealed = new Int32Array(1);
  readonly iov = new BigUint64Array(MOST_PIECES * WORDS);
  readonly #addressOf: (bytes: Uint8Array) => bigint;

  constructor(addressOf: (bytes: Uint8Array) => bigint) {
    this.#addressOf = addressOf;
  }

  /** Before a call. Until `take` the caller holds the pieces: an address keeps no memory alive. @throws {RangeError} for more than three */
  put(pieces: readonly IovBuffer[]): void {
    if (pieces.length > MOST_PIECES) throw new RangeError(`there is room for ${MOST_PIECES} pieces, not for ${pieces.length}`);
    let word = 0;
    for (const { type, buffer } of pieces) {
      this.iov[word++] = BigInt(type);
      this.iov[word++] = BigInt(buffer.length);
      this.iov[word++] = buffer.value === null ? 0n : this.#addressOf(buffer.value);
    }
  }

  /** After it. */
  take(minor: Slot<number>, isSealed: Slot<number>, pieces: readonly IovBuffer[]): void {
    [minor[0] = 0] = this.minor;
    [isSealed[0] = 0] = this.isSealed;
    pieces.forEach(({ buffer }, index) => {
      buffer.length = this.iov[index * WORDS + 1] ?? 0n;
    });
  }
}
