// The client's side of Kerberos for tests of the acceptor, straight from the library's header and sharing no code with the provider's own.
// Takes its ticket from a credential cache (see kdc.ts).
import koffi from "koffi";

export interface Sealed {
  readonly header: Buffer;
  readonly data: Buffer;
}

export interface GssInitiator {
  /** The next token to send; `reply` is the server's. */
  step(reply?: Buffer): Buffer;
  /** `isSealed` false: signed only. */
  seal(message: Buffer, isSealed?: boolean): Sealed;
  open(message: Sealed): Buffer;
  release(): void;
}

type Mechanism = "Kerberos" | "Negotiate";
type Address = bigint | null;
interface Bytes {
  length: number;
  value: Buffer | Address;
}

const MECHANISMS: Readonly<Record<Mechanism, string>> = { Kerberos: "2a864886f712010202", Negotiate: "2b0601050502" };
const HOST_BASED = "2a864886f71201020104";
/** Mutual, replay and sequence detection, confidentiality, integrity. */
const FLAGS = 2 | 4 | 8 | 16 | 32;
const DCE_STYLE = 0x1000;
const INITIATE = 1;
const DATA = 1;
const HEADER = 2;
const PADDING = 9;

const native = () => {
  const library = koffi.load("libgssapi_krb5.so.2");
  const buffer = koffi.struct("test_gss_buffer", { length: "size_t", value: "void *" });
  koffi.struct("test_gss_oid", { length: "uint32_t", elements: "void *" });
  koffi.struct("test_gss_iov", { type: "uint32_t", buffer });
  koffi.struct("test_gss_element", { key: "str", value: "str" });
  koffi.struct("test_gss_store", { count: "uint32_t", elements: "test_gss_element *" });
  const call = (name: string, parameters: string) => library.func(`uint32_t gss_${name}(_Out_ uint32_t *minor, ${parameters})`);
  return {
    importName: call("import_name", "test_gss_buffer *text, test_gss_oid *type, _Out_ void **name"),
    acquire: call(
      "acquire_cred_from",
      "void *name, uint32_t seconds, void *mechs, int usage, test_gss_store *store, _Out_ void **cred, void *actual, void *lifetime",
    ),
    init: call(
      "init_sec_context",
      "void *cred, _Inout_ void **context, void *name, test_gss_oid *mech, uint32_t flags, uint32_t seconds, void *bindings, test_gss_buffer *token, void *actual, _Out_ test_gss_buffer *answer, void *got, void *lifetime",
    ),
    wrap: call("wrap_iov", "void *context, int conf, uint32_t qop, void *sealed, _Inout_ test_gss_iov *iov, int n"),
    unwrap: call("unwrap_iov", "void *context, void *sealed, void *qop, _Inout_ test_gss_iov *iov, int n"),
    releaseBuffer: call("release_buffer", "test_gss_buffer *buffer"),
    releaseName: call("release_name", "_Inout_ void **name"),
    releaseCred: call("release_cred", "_Inout_ void **cred"),
    deleteContext: call("delete_sec_context", "_Inout_ void **context, void *token"),
  };
};

let loaded: ReturnType<typeof native> | undefined;

/** A context with `HTTP@host`, with the ticket in `cache` (`FILE:…`). Nothing is said yet. `isDce`: in the style of DCE, which takes one more token. */
export function gssInitiator(host: string, cache: string, mechanism: Mechanism = "Kerberos", isDce = false): GssInitiator {
  loaded ??= native();
  const gss = loaded;
  const flags = FLAGS | (isDce ? DCE_STYLE : 0);
  const [name, credential, context]: [[Address], [Address], [Address]] = [[null], [null], [null]];
  check("import_name", gss.importName([0], bytes(Buffer.from(`HTTP@${host}`)), oid(HOST_BASED), name));
  const store = { count: 1, elements: [{ key: "ccache", value: cache }] };
  check("acquire_cred_from", gss.acquire([0], null, 0xffffffff, null, INITIATE, store, credential, null, null));
  return {
    step(reply) {
      const answer: [{ length: number | bigint; value: Address }] = [{ length: 0, value: null }];
      const given = reply === undefined ? null : bytes(reply);
      check(
        "init_sec_context",
        gss.init([0], credential[0], context, name[0], oid(MECHANISMS[mechanism]), flags, 0, null, given, null, answer, null, null),
      );
      if (answer[0].value === null) return Buffer.alloc(0);
      const token = Buffer.from(new Uint8Array(koffi.view(answer[0].value, Number(answer[0].length))));
      gss.releaseBuffer([0], answer[0]);
      return token;
    },
    seal(message, isSealed = true) {
      const [header, data] = [Buffer.alloc(60), Buffer.from(message)];
      const pieces = [piece(HEADER, header), piece(DATA, data), piece(PADDING, Buffer.alloc(1))];
      check("wrap_iov", gss.wrap([0], context[0], isSealed ? 1 : 0, 0, null, pieces, pieces.length));
      return { header: header.subarray(0, pieces[0]?.buffer.length), data };
    },
    open({ header, data }) {
      const message = Buffer.from(data);
      const pieces = [piece(HEADER, Buffer.from(header)), piece(DATA, message)];
      check("unwrap_iov", gss.unwrap([0], context[0], null, null, pieces, pieces.length));
      return message;
    },
    release() {
      gss.deleteContext([0], context, null);
      gss.releaseName([0], name);
      gss.releaseCred([0], credential);
    },
  };
}

function check(what: string, major: number): void {
  if ((major & 0xffff0000) !== 0) throw new Error(`gss_${what}: 0x${(major >>> 0).toString(16)}`);
}

function bytes(value: Buffer): Bytes {
  return { length: value.length, value };
}

function oid(hex: string): { readonly length: number; readonly elements: Buffer } {
  const elements = Buffer.from(hex, "hex");
  return { length: elements.length, elements };
}

function piece(type: number, value: Buffer): { readonly type: number; readonly buffer: Bytes } {
  return { type, buffer: bytes(value) };
}
