// Watches the provider's calls of GSSAPI and knows what the library handed out and did not get back: names, credentials, contexts, bytes.
import { type GssFunction, gssapi } from "../../provider/remoting/auth/gssapi/library.ts";

type Values = readonly unknown[];

/** Where an address comes out. */
const MADE: Readonly<Partial<Record<GssFunction, (values: Values) => readonly unknown[]>>> = {
  gss_import_name: ([, , , name]) => [inSlot(name)],
  gss_acquire_cred_with_password: ([, , , , , , credential]) => [inSlot(credential)],
  gss_acquire_cred_from: ([, , , , , , credential]) => [inSlot(credential)],
  gss_init_sec_context: (values) => [inSlot(values[2]), inBuffer(values[10])],
  gss_display_status: ([, , , , , out]) => [inBuffer(out)],
};

/** Where it goes back. */
const GIVEN_BACK: Readonly<Partial<Record<GssFunction, (values: Values) => unknown>>> = {
  gss_release_name: ([, name]) => inSlot(name),
  gss_release_cred: ([, credential]) => inSlot(credential),
  gss_delete_sec_context: ([, context]) => inSlot(context),
  gss_release_buffer: ([, buffer]) => inBuffer(buffer),
};

export interface GssTally {
  /** The functions whose results were not given back. */
  held(): readonly GssFunction[];
  /** How often each was called. */
  count(name: GssFunction): number;
  /** What was given back without being held. */
  readonly strays: readonly GssFunction[];
  stop(): void;
}

/** Begins to watch. The library is one for the whole process: no two at a time. */
export async function tallyGss(): Promise<GssTally> {
  const library = await gssapi();
  const held = new Map<bigint, GssFunction>();
  const counts = new Map<GssFunction, number>();
  const strays: GssFunction[] = [];
  const before = (name: GssFunction, values: Values) => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const address = GIVEN_BACK[name]?.(values);
    if (typeof address === "bigint" && !held.delete(address)) strays.push(name);
  };
  const after = (name: GssFunction, values: Values) => {
    for (const address of MADE[name]?.(values) ?? []) if (typeof address === "bigint") held.set(address, name);
  };
  // node:test's mocks keep all arguments of all calls, which is memory that the tests here look at.
  const [call, ask] = [library.call.bind(library), library.ask.bind(library)];
  library.call = (name, ...values) => {
    before(name, values);
    const major = call(name, ...values);
    after(name, values);
    return major;
  };
  library.ask = async (name, ...values) => {
    before(name, values);
    const major = await ask(name, ...values);
    after(name, values);
    return major;
  };
  return {
    held: () => [...held.values()],
    count: (name) => counts.get(name) ?? 0,
    strays,
    stop: () => {
      for (const name of ["call", "ask"]) Reflect.deleteProperty(library, name);
    },
  };
}

function inSlot(slot: unknown): unknown {
  return Array.isArray(slot) ? slot[0] : undefined;
}

function inBuffer(buffer: unknown): unknown {
  return typeof buffer === "object" && buffer !== null && "value" in buffer ? buffer.value : undefined;
}
