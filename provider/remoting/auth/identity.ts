// Whose Kerberos the system speaks: MIT's everywhere but on Windows, which has its own.
import { GssapiIdentity } from "./gssapi/identity.ts";
import type { Identity, Proof } from "./security.ts";

/** Asks nobody yet. */
export function identityOf(user: string, proof: Proof): Identity {
  return new GssapiIdentity(user, proof);
}
