// A security context of Windows with one service. Not run on Windows yet. Sources: sspi.h; [MS-WSMV] 2.2.9.1 for the three buffers of a message.
import { WsmanError } from "../../wsman/problems.ts";
import { cannotProve, type KerberosNames } from "../problems.ts";
import type { SealedMessage, SecurityContext, Step } from "../security.ts";
import type { Out, SecurityHandle, Sspi } from "./library.ts";
import { isFailure, problemOf, Status } from "./status.ts";

/** Mutual proof, replays noticed, order noticed, sealed, signed. */
const WANTED = 0x2 | 0x4 | 0x8 | 0x10 | 0x1_0000;
const NATIVE_REPRESENTATION = 0x10;
const BUFFER = { data: 1, token: 2, padding: 9 } as const;
const SIZES = 0;
/** Kerberos' tokens with large group lists; Windows' own limit since Server 2012. */
const MOST_TOKEN_BYTES = 65_536;
const EMPTY = new Uint8Array();

export interface SspiContextOptions {
  readonly credential: SecurityHandle;
  readonly names: KerberosNames & { readonly service: string };
}

export class SspiContext implements SecurityContext {
  readonly #library: Sspi;
  readonly #options: SspiContextOptions;
  #context: SecurityHandle | undefined;
  #sizes: { readonly cbBlockSize: number; readonly cbSecurityTrailer: number } | undefined;

  constructor(library: Sspi, options: SspiContextOptions) {
    this.#library = library;
    this.#options = options;
  }

  async step(token?: Uint8Array): Promise<Step> {
    const { credential, names } = this.#options;
    const made: SecurityHandle = {};
    const granted: Out<number> = [0];
    const output = this.#library.buffers([BUFFER.token, Buffer.alloc(MOST_TOKEN_BYTES)]);
    const input = token === undefined ? null : this.#library.buffers([BUFFER.token, Buffer.from(token)]).description;
    const fixed = [names.service, WANTED, 0, NATIVE_REPRESENTATION, input, 0] as const;
    const status = await this.#library.ask(
      "InitializeSecurityContextW",
      ...[credential, this.#context ?? null, ...fixed, made, output.description, granted, [0n]],
    );
    if (isFailure(status)) throw problemOf(status, names);
    this.#context = made;
    const isDone = status !== Status.continueNeeded;
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
    const status = this.#library.call("DecryptMessage", this.#context, parts.description, 0, [0]);
    if (isFailure(status))
      throw new WsmanError({ kind: "nonsense", what: "a sealed answer that does not open: changed on its way, or out of order" });
    return parts.bytes()[1] ?? EMPTY;
  }

  end(): void {
    if (this.#context !== undefined) this.#library.call("DeleteSecurityContext", this.#context);
    this.#context = undefined;
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
