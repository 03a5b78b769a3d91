// The part of the system's GSSAPI library that a Kerberos acceptor needs, through koffi; both are loaded when first asked for.
// Only declarations: what the calls are good for stands in acceptor.ts. Sources: RFC 2744, gssapi.h and gssapi_ext.h of MIT Kerberos 1.20.
import { createRequire } from "node:module";

/** An address in native memory. */
export type Pointer = bigint | null;

/** Where a function writes a result. */
export type Slot<Value> = [Value];

/** gss_buffer_desc. Going in, `value` is memory of ours, read or written in place; coming out, it is an address to be released. */
export interface NativeBuffer<Value = Pointer> {
  length: number | bigint;
  value: Value;
}

/** gss_iov_buffer_desc, with memory of ours. Its place in a list is given another one by the call, whose `length` says what was needed. */
export interface IovBuffer {
  readonly type: number;
  readonly buffer: NativeBuffer<Uint8Array | null>;
}

/** Each as its C function of the same name, without `gss_`; they return the major status. */
export interface GssLibrary {
  acquire_cred_from(
    minor: Slot<number>,
    name: null,
    seconds: number,
    mechanisms: null,
    usage: number,
    store: { readonly count: number; readonly elements: readonly { readonly key: string; readonly value: string }[] },
    credential: Slot<Pointer>,
    actualMechanisms: null,
    lifetime: null,
  ): number;
  release_cred(minor: Slot<number>, credential: Slot<Pointer>): number;
  accept_sec_context(
    minor: Slot<number>,
    context: Slot<Pointer>,
    credential: Pointer,
    token: NativeBuffer<Uint8Array>,
    bindings: null,
    source: Slot<Pointer>,
    mechanism: null,
    answer: Slot<NativeBuffer>,
    flags: null,
    lifetime: null,
    delegated: null,
  ): number;
  delete_sec_context(minor: Slot<number>, context: Slot<Pointer>, token: null): number;
  display_name(minor: Slot<number>, name: Pointer, text: Slot<NativeBuffer>, type: null): number;
  release_name(minor: Slot<number>, name: Slot<Pointer>): number;
  wrap_iov(minor: Slot<number>, context: Pointer, conf: number, qop: number, isSealed: Slot<number>, iov: IovBuffer[], n: number): number;
  unwrap_iov(minor: Slot<number>, context: Pointer, isSealed: Slot<number>, qop: null, iov: IovBuffer[], n: number): number;
  display_status(minor: Slot<number>, code: number, kind: number, mechanism: null, more: Slot<number>, text: Slot<NativeBuffer>): number;
  release_buffer(minor: Slot<number>, buffer: NativeBuffer): number;
  /** A copy of what lies at an address. */
  bytesAt(buffer: NativeBuffer): Buffer;
}

type Koffi = typeof import("koffi");
type Load = (name: string) => Koffi;

const SONAME = "libgssapi_krb5.so.2";

let loaded: GssLibrary | undefined;

/** The library. @throws {Error} one sentence that says what is missing, and what brings it */
export function gssLibrary(): GssLibrary {
  loaded ??= loadGssLibrary();
  return loaded;
}

/** Loads it anew; `load` and `soname` stand in for the real ones in tests of their absence. */
export function loadGssLibrary(load: Load = createRequire(import.meta.url), soname: string = SONAME): GssLibrary {
  const koffi = orMissing(() => load("koffi"), "the npm package koffi (npm install without --omit=optional)");
  const library = orMissing(() => koffi.load(soname), `${soname} (Debian's package libgssapi-krb5-2, Alpine's krb5-libs)`);
  // koffi keeps names of types for the whole process, which may hold another user of this library: hence the prefix.
  koffi.struct("lab_gss_buffer", { length: "size_t", value: "void *" });
  koffi.struct("lab_gss_iov", { type: "uint32_t", buffer: "lab_gss_buffer" });
  koffi.struct("lab_gss_element", { key: "str", value: "str" });
  koffi.struct("lab_gss_store", { count: "uint32_t", elements: "lab_gss_element *" });
  const call = (name: string, parameters: string) => library.func(`uint32_t gss_${name}(_Out_ uint32_t *minor, ${parameters})`);
  return {
    acquire_cred_from: call(
      "acquire_cred_from",
      "void *name, uint32_t seconds, void *mechs, int usage, lab_gss_store *store, _Out_ void **cred, void *actual, void *lifetime",
    ),
    release_cred: call("release_cred", "_Inout_ void **cred"),
    accept_sec_context: call(
      "accept_sec_context",
      "_Inout_ void **context, void *cred, lab_gss_buffer *token, void *bindings, _Out_ void **source, void *mech, _Out_ lab_gss_buffer *answer, void *flags, void *lifetime, void *delegated",
    ),
    delete_sec_context: call("delete_sec_context", "_Inout_ void **context, void *token"),
    display_name: call("display_name", "void *name, _Out_ lab_gss_buffer *text, void *type"),
    release_name: call("release_name", "_Inout_ void **name"),
    wrap_iov: call("wrap_iov", "void *context, int conf, uint32_t qop, _Out_ int *sealed, _Inout_ lab_gss_iov *iov, int n"),
    unwrap_iov: call("unwrap_iov", "void *context, _Out_ int *sealed, void *qop, _Inout_ lab_gss_iov *iov, int n"),
    display_status: call("display_status", "uint32_t code, int kind, void *mech, _Inout_ uint32_t *more, _Out_ lab_gss_buffer *text"),
    release_buffer: call("release_buffer", "lab_gss_buffer *buffer"),
    bytesAt: ({ length, value }) => (value === null ? Buffer.alloc(0) : Buffer.from(new Uint8Array(koffi.view(value, Number(length))))),
  };
}

function orMissing<Value>(find: () => Value, what: string): Value {
  try {
    return find();
  } catch (error) {
    throw new Error(`Kerberos in the lab needs ${what}, which could not be loaded`, { cause: error });
  }
}
