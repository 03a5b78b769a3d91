// A security context of Windows with one service. Not run on Windows yet. Sources: sspi.h; [MS-WSMV] 2.2.9.1 for the three buffers of a message.
import { WsmanError } from "../../problem.ts";
import { Holders } from "../holders.ts";
import { cannotProve, type KerberosNames } from "../problems.ts";
import type { SealedMessage, SecurityContext, Step } from "../security.ts";
import type { Out, SecurityHandle, Sspi } from "./library.ts";
import { isFailure, problemOf, Status } from "./status.ts";

/** Mutual proof, replays noticed, order noticed, sealed, signed. */
const WANTED = 0x2 | 0x4 | 0x8 | 0x10 | 0x1_0000;
const NATIVE_REPRESENTATION = 0x10;
const BUFFER = { data: 1, token: 2, padding: 9 } as const;
const SIZES = 0;
/** What DecryptMessage says of a message that was only signed. */
const NOT_ENCRYPTED = 0x8000_0001;
/** Kerberos' tokens with large group lists; Windows' own limit since Server 2012. */
const MOST_TOKEN_BYTES = 65_536;
const EMPTY = new Uint8Array();

/** Of somebody; contexts that are made with it hold it. */
export interface Credential {
  readonly handle: Readonly<SecurityHandle>;
  readonly holders: Holders;
  /** Runs the first call with it, whose SECURITY_STATUS says whether the domain controller takes it. */
  readonly attempt: (ask: () => Promise<number>) => Promise<number>;
}

export interface SspiContextOptions {
  readonly credential: Credential;
  readonly names: KerberosNames & { readonly service: string };
}

export class SspiContext implements SecurityContext {
  readonly #library: Sspi;
  readonly #options: SspiContextOptions;
  readonly #holders = new Holders(() => this.#free());
  #isEnded = false;
  #context: SecurityHandle | undefined;
  #sizes: { readonly cbBlockSize: number; readonly cbSecurityTrailer: number } | undefined;

  /** @throws {WsmanError} `ended` when the credential is freed already */
  constructor(library: Sspi, options: SspiContextOptions) {
    options.credential.holders.hold();
    this.#library = library;
    this.#options = options;
  }

  step(token?: Uint8Array): Promise<Step> {
    return this.#holders.during(() => this.#step(token));
  }

  async #step(token: Uint8Array | undefined): Promise<Step> {
    const { credential, names } = this.#options;
    const made: SecurityHandle = {};
    const granted: Out<number> = [0];
    const output = this.#library.buffers([BUFFER.token, Buffer.alloc(MOST_TOKEN_BYTES)]);
    const input = token === undefined ? null : this.#library.buffers([BUFFER.token, Buffer.from(token)]).description;
    const fixed = [names.service, WANTED, 0, NATIVE_REPRESENTATION, input, 0] as const;
    const values = [credential.handle, this.#context ?? null, ...fixed, made, output.description, granted, [0n]];
    const ask = () => this.#library.ask("InitializeSecurityContextW", ...values);
    const status = await (this.#context === undefined ? credential.attempt(ask) : ask());
    if (isFailure(status)) throw problemOf(status, names);
    this.#context = made;
    const isDone = status === Status.ok;
    if (!isDone && status !== Status.continueNeeded) throw problemOf(status, names);
    if (isDone && (granted[0] & WANTED) !== WANTED)
      throw cannotProve("denied", `${names.service} agreed to less than a sealed conversation with mutual proof (flags ${granted[0]})`);
    const [answer = EMPTY] = output.bytes();
    return { token: answer, isDone };
  }

  seal(plain: Uint8Array): SealedMessage {
    const { cbSecurityTrailer, cbBlockSize } = this.#knownSizes();
    const parts = this.#library.buffers(
      [BUFFER.token, Buffer.alloc(cbSecurityTrailer)],
      [BUFFER.data, Buffer.from(plain)],
      [BUFFER.padding, Buffer.alloc(cbBlockSize)],
    );
    const status = this.#library.call("EncryptMessage", this.#context, 0, parts.description, 0);
    if (isFailure(status)) throw problemOf(status, this.#options.names);
    const [signature = EMPTY, data = EMPTY, padding = EMPTY] = parts.bytes();
    if (padding.length === 0) return { signature, data };
    throw cannotProve(
      "denied",
      `the ticket for ${this.#options.names.service} is not of AES, which is needed for sealed messages over http`,
    );
  }

  open({ signature, data }: SealedMessage): Uint8Array {
    const parts = this.#library.buffers([BUFFER.token, Buffer.from(signature)], [BUFFER.data, Buffer.from(data)]);
    const quality: Out<number> = [0];
    const status = this.#library.call("DecryptMessage", this.#context, parts.description, 0, quality);
    if (isFailure(status) || quality[0] === NOT_ENCRYPTED)
      throw new WsmanError({ kind: "nonsense", what: "a sealed answer that does not open: changed on its way, or out of order" });
    return parts.bytes()[1] ?? EMPTY;
  }

  /** While a step goes on beside the event loop, what it uses stays. */
  end(): void {
    if (!this.#isEnded) this.#holders.letGo();
    this.#isEnded = true;
  }

  #free(): void {
    if (this.#context !== undefined) this.#library.call("DeleteSecurityContext", this.#context);
    this.#context = undefined;
    this.#options.credential.holders.letGo();
  }

  #knownSizes(): { readonly cbBlockSize: number; readonly cbSecurityTrailer: number } {
    if (this.#sizes !== undefined) return this.#sizes;
    const sizes = { cbBlockSize: 0, cbSecurityTrailer: 0 };
    const status = this.#library.call("QueryContextAttributesW", this.#context, SIZES, sizes);
    if (isFailure(status)) throw problemOf(status, this.#options.names);
    this.#sizes = sizes;
    return sizes;
  }
}
