// Somebody whom MIT Kerberos vouches for: by a password, a keytab or a ticket. The domain controller is asked once for all connections; a
// refused password is not tried again, since a few attempts lock an account. Nothing is written to disk: tickets stay in memory.
import { WsmanError } from "../../problem.ts";
import { closedBefore, type KerberosNames } from "../problems.ts";
import { ReferenceCount } from "../reference-count.ts";
import type { Identity, NegotiatedScheme, Proof, SecurityContext } from "../security.ts";
import { type Credential, GssapiContext } from "./context.ts";
import { type Gssapi, gssapi, type Out, type Pointer } from "./library.ts";
import { gssBuffer, MECHANISMS, releaseName, userName } from "./names.ts";
import { expectDone } from "./status.ts";

const INITIATE = 1;
/** Milliseconds: a ticket that lives no longer is fetched anew, so that an operation does not end in the middle. */
const LEAST_LIFE_MS = 300_000;

interface ExpiringCredential extends Credential {
  readonly expiresAtMs: number;
}

let lastCache = 0;

/** `user` may be empty where a ticket is the proof. Nothing is asked before the first context. */
export class GssapiIdentity implements Identity {
  readonly #names: KerberosNames;
  readonly #proof: Proof;
  readonly #nowMs: () => number;
  readonly #credentials = new Map<NegotiatedScheme, Promise<ExpiringCredential>>();
  #isEnded = false;

  constructor(user: string, proof: Proof, nowMs: () => number = Date.now) {
    this.#names = { user, proof: saidOf(proof) };
    this.#proof = proof;
    this.#nowMs = nowMs;
  }

  async contextWith(host: string, scheme: NegotiatedScheme): Promise<SecurityContext> {
    const library = await gssapi();
    const credential = await this.#credential(library, scheme);
    return new GssapiContext(library, { credential, host, scheme, names: { ...this.#names, service: `HTTP/${host}` } });
  }

  end(): void {
    this.#isEnded = true;
    for (const scheme of [...this.#credentials.keys()]) this.#forget(scheme);
  }

  async #credential(library: Gssapi, scheme: NegotiatedScheme): Promise<ExpiringCredential> {
    const known = this.#credentials.get(scheme);
    if (known !== undefined && (await known).expiresAtMs - this.#nowMs() > LEAST_LIFE_MS) return known;
    if (this.#isEnded) throw closedBefore();
    if (known !== undefined && known === this.#credentials.get(scheme)) this.#forget(scheme);
    const acquired = this.#credentials.get(scheme) ?? this.#acquire(library, scheme);
    this.#credentials.set(scheme, acquired);
    acquired.catch((error: unknown) => {
      if (!isRefusedPassword(this.#proof, error)) this.#credentials.delete(scheme);
    });
    return acquired;
  }

  async #acquire(library: Gssapi, scheme: NegotiatedScheme): Promise<ExpiringCredential> {
    const minor: Out<number> = [0];
    const handle: Out<Pointer> = [null];
    const seconds: Out<number> = [0];
    const name: Out<Pointer> = this.#names.user === "" ? [null] : userName(library, this.#names);
    const mechanisms = { count: 1, elements: [MECHANISMS[scheme]] };
    const proof = this.#proof;
    try {
      const major =
        proof.kind === "password"
          ? await library.ask(
              "gss_acquire_cred_with_password",
              ...[minor, name[0], gssBuffer(Buffer.from(proof.reveal(), "utf8")), 0, mechanisms, INITIATE, handle, null, seconds],
            )
          : await library.ask("gss_acquire_cred_from", ...[minor, name[0], 0, mechanisms, INITIATE, storeOf(proof), handle, null, seconds]);
      expectDone(library, major, minor, this.#names);
    } finally {
      releaseName(library, name);
    }
    const references = new ReferenceCount(() => library.call("gss_release_cred", [0], handle));
    return { handle, references, expiresAtMs: this.#nowMs() + seconds[0] * 1000 };
  }

  #forget(scheme: NegotiatedScheme): void {
    const credential = this.#credentials.get(scheme);
    this.#credentials.delete(scheme);
    credential?.then(
      ({ references }) => references.release(),
      () => {}, // there is nothing to be released
    );
  }
}

function isRefusedPassword(proof: Proof, error: unknown): boolean {
  const problem = error instanceof WsmanError ? error.problem : undefined;
  return proof.kind === "password" && problem?.kind === "ended" && problem.reason === "denied";
}

function saidOf(proof: Proof): string {
  if (proof.kind === "password") return proof.from === undefined ? "the password" : `the password (${proof.from})`;
  if (proof.kind === "keytab") return `the keytab ${proof.file}`;
  return proof.cache === undefined ? "the Kerberos ticket" : `the Kerberos ticket in ${proof.cache}`;
}

/** Where the library looks, and where it keeps tickets: for a keytab, a cache in memory of its own. */
function storeOf(proof: Exclude<Proof, { kind: "password" }>): {
  readonly count: number;
  readonly elements: readonly { key: string; value: string }[];
} {
  const places =
    proof.kind === "keytab"
      ? { client_keytab: proof.file, ccache: `MEMORY:pulumi-exchange-${++lastCache}` }
      : proof.cache === undefined
        ? {}
        : { ccache: proof.cache };
  const elements = Object.entries(places).map(([key, value]) => ({ key, value }));
  return { count: elements.length, elements };
}
