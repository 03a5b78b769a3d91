// The pieces of a message that gss_wrap_iov and gss_unwrap_iov change in place, laid out by hand as C has them where an address has 64 bits: koffi
// would look up each member by its name, there and back, for every message. Source: gss_iov_buffer_desc in MIT's gssapi_ext.h.

/** GSS_IOV_BUFFER_TYPE. */
export const PIECE = { data: 1, header: 2, padding: 9 } as const;

type Piece = readonly [type: (typeof PIECE)[keyof typeof PIECE], bytes: Uint8Array];

const MOST = 3;
/** Its type (half a word), the length of its memory, and where that lies. */
const WORDS = 3;

/** For one call after the other. */
export class Pieces {
  /** What a call is given, with the number of pieces. */
  readonly memory = new BigUint64Array(MOST * WORDS);
  readonly #halves = new Uint32Array(this.memory.buffer);
  readonly #addressOf: (bytes: Uint8Array) => bigint;

  constructor(addressOf: (bytes: Uint8Array) => bigint) {
    this.#addressOf = addressOf;
  }

  /** Before a call. Until it has ended the caller holds the bytes: an address keeps no memory alive. */
  lay(...pieces: readonly [Piece, Piece] | readonly [Piece, Piece, Piece]): void {
    let word = 0;
    for (const [type, bytes] of pieces) {
      this.#halves[word * 2] = type;
      this.memory[word + 1] = BigInt(bytes.length);
      this.memory[word + 2] = this.#addressOf(bytes);
      word += WORDS;
    }
  }

  /** After it: how many bytes of the piece were written. */
  lengthOf(index: number): number {
    return Number(this.memory[index * WORDS + 1]);
  }
}
