// The acceptor's side of Kerberos: a credential from a keytab, and contexts that clients' tokens make, which then seal and open messages.
// Knows no HTTP. Native memory belongs to the two classes and is given back by `release`. Sources: RFC 2743, RFC 4121, gssapi_ext.h (iov).
import { type GssLibrary, gssLibrary, type IovBuffer, type NativeBuffer, type Pointer, type Slot } from "./library.ts";
import { checkStatus, GssError, taken } from "./problems.ts";

export interface AcceptorOptions {
  /** File with the keys of the service. */
  readonly keytab: string;
  /** File that remembers which tokens were seen, so that none is taken twice. Default: what the environment says (KRB5RCACHEDIR). */
  readonly replayCache?: string;
}

/** A message as it travels: a header that holds its signature, and the ciphertext, as long as the message. */
export interface SealedMessage {
  readonly header: Buffer;
  readonly data: Buffer;
}

const ACCEPT = 2;
const INDEFINITE = 0xffffffff;
const DATA = 1;
const HEADER = 2;
const PADDING = 9;
const CONTINUE_NEEDED = 1;
/** Seen before, too old, or out of order. Later than expected (16) is fine: a request was lost on its way. */
const NOT_AS_SENT = 2 | 4 | 8;
/** RFC 4121: 16 bytes of token header, then what it is rotated by: 16 of confounder's cipher, and 28 at the end. All AES keys have these. */
const AES_HEADER_BYTES = 60;

/** A lifetime: the credential of a service. Contexts outlive it. */
export class Acceptor {
  readonly #library: GssLibrary;
  readonly #credential: Slot<Pointer> = [null];

  /** @throws {GssError} when the keytab holds no key; {Error} when there is no library */
  constructor({ keytab, replayCache }: AcceptorOptions, library: GssLibrary = gssLibrary()) {
    this.#library = library;
    const elements = [
      { key: "keytab", value: `FILE:${keytab}` },
      ...(replayCache === undefined ? [] : [{ key: "rcache", value: `file2:${replayCache}` }]),
    ];
    const minor: Slot<number> = [0];
    const store = { count: elements.length, elements };
    const major = this.#library.acquire_cred_from(minor, null, INDEFINITE, null, ACCEPT, store, this.#credential, null, null);
    checkStatus(this.#library, `reading ${keytab}`, major, minor[0]);
  }

  /** A context that nothing was said in yet. */
  context(): AcceptedContext {
    return new AcceptedContext(this.#library, this.#credential[0]);
  }

  release(): void {
    if (this.#credential[0] !== null) this.#library.release_cred([0], this.#credential);
  }
}

/** A lifetime: what is agreed with one client. */
export class AcceptedContext {
  readonly #library: GssLibrary;
  readonly #credential: Pointer;
  readonly #context: Slot<Pointer> = [null];
  #client: string | undefined;

  constructor(library: GssLibrary, credential: Pointer) {
    this.#library = library;
    this.#credential = credential;
  }

  /** The client's principal (`pauser@CONTOSO.LOCAL`) once all is agreed. */
  get client(): string | undefined {
    return this.#client;
  }

  /**
   * Takes a client's token. All is agreed when `client` is known afterwards.
   * @returns the token to answer with, empty when there is none
   * @throws {GssError} when the token is not for us, too old, seen before or damaged
   */
  accept(token: Buffer): Buffer {
    const library = this.#library;
    const minor: Slot<number> = [0];
    const source: Slot<Pointer> = [null];
    const answer: Slot<NativeBuffer> = [{ length: 0, value: null }];
    const given = { length: token.length, value: token };
    const major = library.accept_sec_context(minor, this.#context, this.#credential, given, null, source, null, answer, null, null, null);
    const reply = taken(library, answer);
    try {
      checkStatus(library, "accepting a token", major, minor[0]);
      if ((major & CONTINUE_NEEDED) === 0) this.#client = this.#nameAt(source[0]);
    } finally {
      if (source[0] !== null) library.release_name([0], source);
    }
    return reply;
  }

  /** @throws {GssError} when the key is of a kind whose header is not 60 bytes */
  seal(message: Buffer): SealedMessage {
    const header = Buffer.alloc(AES_HEADER_BYTES);
    const data = Buffer.from(message);
    const pieces = [piece(HEADER, header), piece(DATA, data), piece(PADDING, Buffer.alloc(0))];
    const minor: Slot<number> = [0];
    const major = this.#library.wrap_iov(minor, this.#context[0], 1, 0, [0], pieces, pieces.length);
    checkStatus(this.#library, "sealing a message", major, minor[0]);
    if (Number(pieces[0]?.buffer.length) !== AES_HEADER_BYTES) throw new GssError("sealing a message: the key is not one of AES");
    return { header, data };
  }

  /** @throws {GssError} when it was not sealed in this context, was changed since, seen before, or only signed */
  open({ header, data }: SealedMessage): Buffer {
    const message = Buffer.from(data);
    const pieces = [piece(HEADER, Buffer.from(header)), piece(DATA, message), piece(PADDING, Buffer.alloc(0))];
    const minor: Slot<number> = [0];
    const isSealed: Slot<number> = [0];
    const major = this.#library.unwrap_iov(minor, this.#context[0], isSealed, null, pieces, pieces.length);
    checkStatus(this.#library, "opening a message", major, minor[0]);
    if ((major & NOT_AS_SENT) !== 0) throw new GssError("opening a message: it was seen before, or is out of order");
    if (isSealed[0] === 0) throw new GssError("opening a message: it is signed but not sealed");
    return message.subarray(0, Number(pieces[1]?.buffer.length));
  }

  release(): void {
    this.#client = undefined;
    if (this.#context[0] !== null) this.#library.delete_sec_context([0], this.#context, null);
  }

  #nameAt(name: Pointer): string {
    const minor: Slot<number> = [0];
    const text: Slot<NativeBuffer> = [{ length: 0, value: null }];
    const major = this.#library.display_name(minor, name, text, null);
    checkStatus(this.#library, "naming a client", major, minor[0]);
    return taken(this.#library, text).toString("utf8");
  }
}

function piece(type: number, value: Buffer): IovBuffer {
  return { type, buffer: { length: value.length, value: value.length === 0 ? null : value } };
}
