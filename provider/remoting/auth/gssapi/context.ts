// A security context of GSSAPI with one service. Source: RFC 2743; the layout that WinRM wants is that of MIT's gss_wrap_iov: a header, then data
// as long as the plain text. Only AES gives the header of 60 bytes; another length means a cipher that WinRM frames otherwise.
import { WsmanError } from "../../problem.ts";
import { cannotProve, type KerberosNames } from "../problems.ts";
import { ReferenceCount } from "../reference-count.ts";
import type { NegotiatedScheme, SealedMessage, SecurityContext, Step } from "../security.ts";
import type { Gssapi, Out, OutBuffer, Pointer } from "./library.ts";
import { canonicalServiceName, gssBuffer, MECHANISMS, releaseName, serviceName } from "./names.ts";
import { expectDone, hasFailed, isUnknownService } from "./status.ts";

const CONTINUE_NEEDED = 1;
/** Seen before, too old, or out of order. Later than expected (16) is fine: an answer was lost on its way. */
const NOT_AS_SENT = 2 | 4 | 8;
/** Mutual proof, replays noticed, order noticed, sealed, signed. */
const WANTED = 2 | 4 | 8 | 16 | 32;

/** GSS_IOV_BUFFER_TYPE. */
const [DATA, HEADER, PADDING] = [1, 2, 9];
const AES_HEADER_BYTES = 60;
/** Room for those of any cipher, whose length tells which it is. */
const [MOST_HEADER_BYTES, MOST_PADDING_BYTES] = [256, 64];

/** Of somebody; contexts that are made with it hold it. */
export interface Credential {
  readonly handle: Readonly<Out<Pointer>>;
  readonly references: ReferenceCount;
}

/** What the library said to a step, and the token that it gave for the server. */
interface Asked {
  readonly major: number;
  readonly minor: Out<number>;
  readonly token: Uint8Array;
  /** Flags. */
  readonly granted: number;
}

export interface GssapiContextOptions {
  readonly credential: Credential;
  /** FQDN of the server. */
  readonly host: string;
  readonly scheme: NegotiatedScheme;
  readonly names: KerberosNames;
}

export class GssapiContext implements SecurityContext {
  readonly #library: Gssapi;
  readonly #options: GssapiContextOptions;
  /** The service as the program names it; where nobody knows that name, as DNS and krb5.conf have it. */
  #target: Out<Pointer>;
  readonly #context: Out<Pointer> = [null];
  readonly #header = new Uint8Array(MOST_HEADER_BYTES);
  readonly #padding = new Uint8Array(MOST_PADDING_BYTES);
  readonly #references = new ReferenceCount(() => this.#free());
  #isEnded = false;

  /** @throws {WsmanError} `ended` when the credential is freed already */
  constructor(library: Gssapi, options: GssapiContextOptions) {
    options.credential.references.retain();
    this.#library = library;
    this.#options = options;
    this.#target = serviceName(library, options.host, options.names);
  }

  step(token?: Uint8Array): Promise<Step> {
    return this.#references.during(() => this.#step(token));
  }

  async #step(token: Uint8Array | undefined): Promise<Step> {
    const { host, names } = this.#options;
    const asked = await this.#ask(token);
    if (token !== undefined || !isUnknownService(this.#library, asked.major, asked.minor)) return this.#stepOf(asked);
    releaseName(this.#library, this.#target);
    this.#target = canonicalServiceName(this.#library, host, names);
    const again = await this.#ask(token);
    return this.#stepOf(isUnknownService(this.#library, again.major, again.minor) ? asked : again);
  }

  async #ask(token: Uint8Array | undefined): Promise<Asked> {
    const minor: Out<number> = [0];
    const out: OutBuffer = {};
    const granted: Out<number> = [0];
    const { credential, scheme } = this.#options;
    const input = token === undefined ? null : gssBuffer(token);
    const [target, mechanism] = [this.#target[0], MECHANISMS[scheme]];
    const fixed = [target, mechanism, WANTED, 0, null, input, null] as const;
    const major = await this.#library.ask("gss_init_sec_context", minor, credential.handle[0], this.#context, ...fixed, out, granted, null);
    return { major, minor, token: this.#library.taken(out), granted: granted[0] };
  }

  #stepOf({ major, minor, token, granted }: Asked): Step {
    const { names } = this.#options;
    expectDone(this.#library, major, minor, names);
    const isDone = (major & CONTINUE_NEEDED) === 0;
    if (isDone && (granted & WANTED) !== WANTED)
      throw cannotProve("denied", `${names.service} agreed to less than a sealed conversation with mutual proof (flags ${granted})`);
    return { token, isDone };
  }

  seal(plain: Uint8Array): SealedMessage {
    const library = this.#library;
    const minor: Out<number> = [0];
    const data = Buffer.from(plain); // sealed in place
    const pieces = [piece(HEADER, this.#header), piece(DATA, data), piece(PADDING, this.#padding)];
    const major = library.call("gss_wrap_iov", minor, this.#context[0], 1, 0, null, pieces, pieces.length);
    const isAes = Number(pieces[0]?.length) === AES_HEADER_BYTES && Number(pieces[2]?.length) === 0;
    const { names } = this.#options;
    expectDone(library, major, minor, names);
    if (isAes) return { signature: this.#header.slice(0, AES_HEADER_BYTES), data };
    const what = `the ticket for ${names.service} is not of AES, which is needed for sealed messages over http: allow AES for the server's account (msDS-SupportedEncryptionTypes), or use https`;
    throw cannotProve("denied", what);
  }

  open({ signature, data }: SealedMessage): Uint8Array {
    const library = this.#library;
    const state: Out<number> = [0];
    const pieces = [piece(HEADER, signature), piece(DATA, data)];
    const major = library.call("gss_unwrap_iov", [0], this.#context[0], state, null, pieces, pieces.length);
    if (hasFailed(major) || (major & NOT_AS_SENT) !== 0 || state[0] === 0)
      throw new WsmanError({ kind: "nonsense", what: "a sealed answer that does not open: changed on its way, or out of order" });
    return data.subarray(0, Number(pieces[1]?.length));
  }

  /** While a step goes on beside the event loop, what it uses stays. */
  end(): void {
    if (!this.#isEnded) this.#references.release();
    this.#isEnded = true;
  }

  #free(): void {
    if (this.#context[0] !== null) this.#library.call("gss_delete_sec_context", [0], this.#context, null);
    this.#context[0] = null;
    releaseName(this.#library, this.#target);
    this.#options.credential.references.release();
  }
}

/** A part of a message that a call changes in place, and whose length it writes. */
function piece(type: number, bytes: Uint8Array): { readonly type: number; length: number | bigint; value: unknown } {
  return { type, length: bytes.length, value: bytes };
}
