// Somebody whom Windows vouches for: by a password, or the user who is logged on. Not run on Windows yet. A keytab is nothing that Windows takes.
// Windows asks the domain controller when a context is made: a refused password is not tried again, since a few attempts lock an account.
import { Turns } from "../../turns.ts";
import { Holders } from "../holders.ts";
import { cannotProve, closedBefore, type KerberosNames } from "../problems.ts";
import type { Identity, NegotiatedScheme, Proof, SecurityContext } from "../security.ts";
import { type Credential, SspiContext } from "./context.ts";
import { type SecurityHandle, type Sspi, sspi } from "./library.ts";
import { isFailure, problemOf, Status } from "./status.ts";

const OUTBOUND = 2;
const UNICODE = 2;

/** Nothing is asked before the first context. */
export class SspiIdentity implements Identity {
  readonly #user: string;
  readonly #proof: Proof;
  readonly #library: () => Promise<Sspi>;
  readonly #credentials = new Map<NegotiatedScheme, Promise<Credential>>();
  readonly #attempts = new Turns();
  #isAccepted: boolean | undefined;
  #isEnded = false;

  constructor(user: string, proof: Proof, library: () => Promise<Sspi> = sspi) {
    this.#user = user;
    this.#proof = proof;
    this.#library = library;
  }

  async contextWith(host: string, scheme: NegotiatedScheme): Promise<SecurityContext> {
    const library = await this.#library();
    if (this.#isEnded) throw closedBefore();
    const credential = this.#credentials.get(scheme) ?? this.#acquire(library, scheme);
    this.#credentials.set(scheme, credential);
    credential.catch(() => this.#credentials.delete(scheme));
    return new SspiContext(library, { credential: await credential, names: { ...this.#names(), service: `HTTP/${host}` } });
  }

  end(): void {
    this.#isEnded = true;
    for (const credential of this.#credentials.values())
      credential.then(
        ({ holders }) => holders.letGo(),
        () => {}, // there is nothing to be released
      );
    this.#credentials.clear();
  }

  #names(): KerberosNames {
    const proof = this.#proof.kind === "password" ? "the password" : "the Windows logon";
    return { user: this.#user, proof, remedy: "log on to Windows again, or give a password" };
  }

  async #acquire(library: Sspi, scheme: NegotiatedScheme): Promise<Credential> {
    const handle: SecurityHandle = {};
    const status = await library.ask(
      "AcquireCredentialsHandleW",
      ...[null, scheme, OUTBOUND, null, identityOf(this.#user, this.#proof), null, null, handle, [0n]],
    );
    if (isFailure(status)) throw problemOf(status, this.#names());
    const holders = new Holders(() => library.call("FreeCredentialsHandle", handle));
    return { handle, holders, attempt: (ask) => this.#attempt(ask) };
  }

  /** One at a time until the domain controller has said what it thinks of the password; once it was refused, that is the answer. */
  async #attempt(ask: () => Promise<number>): Promise<number> {
    if (this.#isAccepted) return ask();
    return this.#attempts.take(async () => {
      if (this.#isAccepted === false) return Status.logonDenied;
      const status = await ask();
      if (status === Status.logonDenied && this.#proof.kind === "password") this.#isAccepted = false;
      if (!isFailure(status)) this.#isAccepted = true;
      return status;
    });
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
