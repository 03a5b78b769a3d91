// The functions of Windows' secur32.dll that are needed, as they stand in its headers (sspi.h). Nobody has run this on Windows yet: what the
// tests see is that the calls and their order are as documented. Loaded at the first use, with koffi.
import type * as koffi from "koffi";
import { loadKoffi } from "../koffi.ts";
import { cannotProve } from "../problems.ts";

/** A parameter that the function writes: an array of one. */
export type Out<T> = [T];

/** CredHandle and CtxtHandle: two words that only Windows understands. */
export interface SecurityHandle {
  dwLower?: number | bigint;
  dwUpper?: number | bigint;
}

export interface SecurityBuffers {
  /** SecBufferDesc; `keeps` is not part of it: without it the bytes, of which Windows gets addresses only, could be collected during a call. */
  readonly description: {
    readonly ulVersion: 0;
    readonly cBuffers: number;
    readonly pBuffers: Uint8Array;
    readonly keeps: readonly Uint8Array[];
  };
  /** Each as long as Windows says after the call. */
  bytes(): readonly Uint8Array[];
}

/** SecBuffer on 64 bits: length, type, pointer. Node.js has no other Windows. */
const SEC_BUFFER_BYTES = 16;

const STRUCTS = {
  SecHandle: { dwLower: "uintptr_t", dwUpper: "uintptr_t" },
  SecBufferDesc: { ulVersion: "uint32_t", cBuffers: "uint32_t", pBuffers: "void *" },
  SEC_WINNT_AUTH_IDENTITY_W: {
    User: "const char16_t *",
    UserLength: "uint32_t",
    Domain: "const char16_t *",
    DomainLength: "uint32_t",
    Password: "const char16_t *",
    PasswordLength: "uint32_t",
    Flags: "uint32_t",
  },
  SecPkgContext_Sizes: { cbMaxToken: "uint32_t", cbMaxSignature: "uint32_t", cbBlockSize: "uint32_t", cbSecurityTrailer: "uint32_t" },
} as const;

const SIGNATURES = {
  AcquireCredentialsHandleW:
    "const char16_t *principal, const char16_t *package, uint32_t use, void *logonId, SEC_WINNT_AUTH_IDENTITY_W *identity, void *getKey, void *getKeyArgument, _Out_ SecHandle *credential, _Out_ int64_t *expiry",
  InitializeSecurityContextW:
    "SecHandle *credential, SecHandle *context, const char16_t *target, uint32_t flags, uint32_t reserved1, uint32_t representation, SecBufferDesc *input, uint32_t reserved2, _Out_ SecHandle *newContext, SecBufferDesc *output, _Out_ uint32_t *granted, _Out_ int64_t *expiry",
  QueryContextAttributesW: "SecHandle *context, uint32_t attribute, _Out_ SecPkgContext_Sizes *sizes",
  EncryptMessage: "SecHandle *context, uint32_t quality, SecBufferDesc *message, uint32_t sequence",
  DecryptMessage: "SecHandle *context, SecBufferDesc *message, uint32_t sequence, _Out_ uint32_t *quality",
  DeleteSecurityContext: "SecHandle *context",
  FreeCredentialsHandle: "SecHandle *credential",
} as const;

export type SspiFunction = keyof typeof SIGNATURES;
type Native = koffi.KoffiFunc<(...values: unknown[]) => number>;

/** The library's functions by name; each returns a SECURITY_STATUS as an unsigned number. */
export class Sspi {
  readonly #functions: ReadonlyMap<string, Native>;
  readonly #koffi: typeof koffi;
  readonly #underWay = new Set<readonly unknown[]>();

  /** @throws {Error} of koffi where there is no such file */
  constructor(library: typeof koffi, file = "secur32.dll") {
    this.#koffi = library;
    const handle = library.load(file);
    for (const [name, members] of Object.entries(STRUCTS)) library.struct(name, members);
    this.#functions = new Map(
      Object.entries(SIGNATURES).map(([name, parameters]) => [name, handle.func(`uint32_t ${name}(${parameters})`)]),
    );
  }

  call(name: SspiFunction, ...values: readonly unknown[]): number {
    return this.#function(name)(...values) >>> 0;
  }

  /** As `call`, beside the event loop: for what asks a domain controller. Meanwhile nothing that it was given is collected. */
  async ask(name: SspiFunction, ...values: readonly unknown[]): Promise<number> {
    this.#underWay.add(values);
    try {
      return await new Promise((resolve, reject) => {
        this.#function(name).async(...[...values, (error: unknown, status: number) => (error ? reject(error) : resolve(status >>> 0))]);
      });
    } finally {
      this.#underWay.delete(values);
    }
  }

  /** Buffers as one SecBufferDesc takes them: Windows reads and writes their bytes, and their lengths, where they are. */
  buffers(...parts: readonly (readonly [type: number, bytes: Uint8Array])[]): SecurityBuffers {
    const table = Buffer.alloc(parts.length * SEC_BUFFER_BYTES);
    for (const [index, [type, bytes]] of parts.entries()) {
      const at = index * SEC_BUFFER_BYTES;
      table.writeUInt32LE(bytes.length, at);
      table.writeUInt32LE(type, at + 4);
      table.writeBigUInt64LE(bytes.length === 0 ? 0n : this.#koffi.address(bytes), at + 8);
    }
    return {
      description: { ulVersion: 0, cBuffers: parts.length, pBuffers: table, keeps: parts.map(([, bytes]) => bytes) },
      bytes: () => parts.map(([, bytes], index) => bytes.subarray(0, table.readUInt32LE(index * SEC_BUFFER_BYTES))),
    };
  }

  #function(name: SspiFunction): Native {
    const found = this.#functions.get(name);
    if (found === undefined) throw new Error(`${name} is not defined`);
    return found;
  }
}

let loaded: Promise<Sspi> | undefined;

/** @throws {WsmanError} `ended` where there is no koffi, or no Windows */
export function sspi(): Promise<Sspi> {
  loaded ??= loadKoffi().then((library) => {
    if (process.platform === "win32") return new Sspi(library);
    throw cannotProve("rejected", `Windows' Kerberos was asked for on ${process.platform}`);
  });
  return loaded;
}
