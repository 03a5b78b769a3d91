// The functions of the system's libgssapi_krb5 that are needed, as they stand in its header. Loaded at the first use, with koffi, which is an
// optional dependency: without either of them everything but Kerberos works. Sources: RFC 2744, MIT's gssapi_ext.h (IOV, password, cred store).
import type * as koffi from "koffi";
import { cannotProve } from "../problems.ts";

/** A pointer of C. */
export type Pointer = bigint | null;
/** A parameter that the function writes: an array of one. */
export type Out<T> = [T];
/** Memory of the library, filled by a call; `taken` copies and frees it. */
export interface OutBuffer {
  length?: number | bigint;
  value?: Pointer;
}

const STRUCTS = {
  gss_buffer_desc: { length: "size_t", value: "void *" },
  gss_OID_desc: { length: "uint32_t", elements: "void *" },
  gss_OID_set_desc: { count: "size_t", elements: "gss_OID_desc *" },
  gss_iov_buffer_desc: { type: "uint32_t", length: "size_t", value: "void *" },
  gss_key_value_element_desc: { key: "const char *", value: "const char *" },
  gss_key_value_set_desc: { count: "uint32_t", elements: "gss_key_value_element_desc *" },
} as const;

const SIGNATURES = {
  gss_import_name: "_Out_ uint32_t *minor, gss_buffer_desc *in, gss_OID_desc *type, _Out_ void **name",
  gss_release_name: "_Out_ uint32_t *minor, _Inout_ void **name",
  gss_acquire_cred_with_password:
    "_Out_ uint32_t *minor, void *name, gss_buffer_desc *password, uint32_t time, gss_OID_set_desc *mechs, int usage, _Out_ void **cred, void *actual, _Out_ uint32_t *seconds",
  gss_acquire_cred_from:
    "_Out_ uint32_t *minor, void *name, uint32_t time, gss_OID_set_desc *mechs, int usage, gss_key_value_set_desc *store, _Out_ void **cred, void *actual, _Out_ uint32_t *seconds",
  gss_release_cred: "_Out_ uint32_t *minor, _Inout_ void **cred",
  gss_init_sec_context:
    "_Out_ uint32_t *minor, void *cred, _Inout_ void **context, void *target, gss_OID_desc *mech, uint32_t flags, uint32_t time, void *bindings, gss_buffer_desc *token, void *actual, _Out_ gss_buffer_desc *out, _Out_ uint32_t *granted, void *seconds",
  gss_delete_sec_context: "_Out_ uint32_t *minor, _Inout_ void **context, void *token",
  gss_wrap_iov:
    "_Out_ uint32_t *minor, void *context, int confidential, uint32_t qop, void *sealed, _Inout_ gss_iov_buffer_desc *iov, int count",
  gss_unwrap_iov: "_Out_ uint32_t *minor, void *context, _Out_ int *sealed, void *qop, _Inout_ gss_iov_buffer_desc *iov, int count",
  gss_release_buffer: "_Out_ uint32_t *minor, _Inout_ gss_buffer_desc *buffer",
  gss_display_status: "_Out_ uint32_t *minor, uint32_t status, int type, void *mech, _Inout_ uint32_t *more, _Out_ gss_buffer_desc *out",
} as const;

export type GssFunction = keyof typeof SIGNATURES;

/** Where the library is, by system. */
const FILES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ["libgssapi_krb5.so.2"],
  darwin: ["/opt/homebrew/opt/krb5/lib/libgssapi_krb5.2.2.dylib", "/usr/local/opt/krb5/lib/libgssapi_krb5.2.2.dylib"],
};

/** The library's functions by name; each returns the major status. Arguments are as in `SIGNATURES`. */
export class Gssapi {
  readonly #koffi: typeof koffi;
  readonly #underWay = new Set<readonly unknown[]>();
  readonly #functions: ReadonlyMap<GssFunction, koffi.KoffiFunc<(...values: unknown[]) => number>>;

  /** @throws {WsmanError} `ended` that says what to install */
  constructor(library: typeof koffi) {
    this.#koffi = library;
    const handle = opened(library);
    for (const [name, members] of Object.entries(STRUCTS)) library.struct(name, members);
    const define = (name: GssFunction): [GssFunction, koffi.KoffiFunc<(...values: unknown[]) => number>] => [
      name,
      handle.func(`uint32_t ${name}(${SIGNATURES[name]})`),
    ];
    this.#functions = new Map(functionNames().map(define));
  }

  call(name: GssFunction, ...values: readonly unknown[]): number {
    return this.#function(name)(...values);
  }

  /** As `call`, beside the event loop: for what asks a domain controller. Meanwhile nothing that it was given is collected. */
  async ask(name: GssFunction, ...values: readonly unknown[]): Promise<number> {
    this.#underWay.add(values);
    try {
      return await new Promise((resolve, reject) => {
        this.#function(name).async(...[...values, (error: unknown, major: number) => (error ? reject(error) : resolve(major))]);
      });
    } finally {
      this.#underWay.delete(values);
    }
  }

  /** A copy of what a call wrote, whose memory is given back. */
  taken(out: OutBuffer): Uint8Array {
    const bytes = this.bytesAt(out);
    if (out.value !== null && out.value !== undefined) this.call("gss_release_buffer", [0], out);
    return bytes;
  }

  /** A copy of what a call wrote. */
  bytesAt({ value, length = 0 }: OutBuffer): Uint8Array {
    return value === null || value === undefined || Number(length) === 0
      ? new Uint8Array()
      : new Uint8Array(this.#koffi.decode(value, "uint8_t", Number(length)));
  }

  #function(name: GssFunction): koffi.KoffiFunc<(...values: unknown[]) => number> {
    const found = this.#functions.get(name);
    if (found === undefined) throw new Error(`${name} is not defined`);
    return found;
  }
}

let loaded: Promise<Gssapi> | undefined;

/** The library, loaded at the first call. @throws {WsmanError} `ended` that says what to install, or to set */
export async function gssapi(platform: NodeJS.Platform = process.platform): Promise<Gssapi> {
  if (platform === "win32")
    throw cannotProve("rejected", "on Windows only the local PowerShell speaks Kerberos: use exchange:transport: powershell");
  loaded ??= loadKoffi().then((library) => new Gssapi(library));
  return loaded;
}

async function loadKoffi(): Promise<typeof koffi> {
  try {
    return await import("koffi");
  } catch (cause) {
    const what =
      'Kerberos needs the npm package koffi, which is not installed for this system: run "npm install --include=optional" where the provider is installed, or use https with a client certificate or Basic';
    throw cannotProve("rejected", what, { cause });
  }
}

function opened(library: typeof koffi): koffi.LibraryHandle {
  const files = FILES[process.platform] ?? [];
  for (const file of files) {
    try {
      return library.load(file);
    } catch {} // the next, or the sentence below
  }
  throw cannotProve(
    "rejected",
    `Kerberos needs MIT's library ${files.join(" or ") || "libgssapi_krb5"}, which this machine does not have: install it (Debian and Ubuntu: libgssapi-krb5-2; Alpine, Red Hat: krb5-libs; macOS: brew install krb5)`,
  );
}

function functionNames(): readonly GssFunction[] {
  return Object.keys(SIGNATURES).filter((name): name is GssFunction => name in SIGNATURES);
}
