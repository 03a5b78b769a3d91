// Somebody whom Windows vouches for: by a password, or the user who is logged on. Not run on Windows yet. A keytab is nothing that Windows takes.
import { cannotProve, type KerberosNames } from "../problems.ts";
import type { Identity, NegotiatedScheme, Proof, SecurityContext } from "../security.ts";
import { SspiContext } from "./context.ts";
import { type SecurityHandle, type Sspi, sspi } from "./library.ts";
import { isFailure, problemOf } from "./status.ts";

const OUTBOUND = 2;
const UNICODE = 2;

/** Nothing is asked before the first context. */
export class SspiIdentity implements Identity {
  readonly #user: string;
  readonly #proof: Proof;
  readonly #library: () => Promise<Sspi>;
  readonly #credentials = new Map<NegotiatedScheme, Promise<SecurityHandle>>();

  constructor(user: string, proof: Proof, library: () => Promise<Sspi> = sspi) {
    this.#user = user;
    this.#proof = proof;
    this.#library = library;
  }

  async contextWith(host: string, scheme: NegotiatedScheme): Promise<SecurityContext> {
    const library = await this.#library();
    const credential = this.#credentials.get(scheme) ?? this.#acquire(library, scheme);
    this.#credentials.set(scheme, credential);
    return new SspiContext(library, { credential: await credential, names: { ...this.#names(), service: `HTTP/${host}` } });
  }

  end(): void {
    const credentials = [...this.#credentials.values()];
    this.#credentials.clear();
    const release = async (credential: Promise<SecurityHandle>) => {
      const [library, handle] = [await this.#library(), await credential];
      library.call("FreeCredentialsHandle", handle);
    };
    for (const credential of credentials) void release(credential).catch(() => {}); // there is nothing to be released
  }

  #names(): KerberosNames {
    return { user: this.#user, proof: this.#proof.kind === "password" ? "the password" : "the Windows logon" };
  }

  async #acquire(library: Sspi, scheme: NegotiatedScheme): Promise<SecurityHandle> {
    const handle: SecurityHandle = {};
    const status = await library.ask(
      "AcquireCredentialsHandleW",
      ...[null, scheme, OUTBOUND, null, identityOf(this.#user, this.#proof), null, null, handle, [0n]],
    );
    if (isFailure(status)) throw problemOf(status, this.#names());
    return handle;
  }
}

/** SEC_WINNT_AUTH_IDENTITY_W; nothing means whoever is logged on. A name with `@` goes without a domain. */
function identityOf(user: string, proof: Proof): object | null {
  if (proof.kind === "ticket" && proof.cache === undefined) return null;
  if (proof.kind !== "password")
    throw cannotProve("rejected", "Windows takes no keytab and no ticket file: give a password, or run as the account itself");
  const [, domain = "", name = user] = /^([^\\@]+)\\(.+)$/.exec(user) ?? [];
  const password = proof.reveal();
  return {
    ...{ User: name, UserLength: name.length, Domain: domain, DomainLength: domain.length },
    ...{ Password: password, PasswordLength: password.length, Flags: UNICODE },
  };
}
