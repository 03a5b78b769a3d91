// Whose Kerberos the system speaks: MIT's everywhere but on Windows, which has its own.
import { GssapiIdentity } from "./gssapi/identity.ts";
import type { Identity, Proof } from "./security.ts";
import { SspiIdentity } from "./sspi/identity.ts";

/** Asks nobody yet. */
export function identityOf(user: string, proof: Proof): Identity {
  return process.platform === "win32" ? new SspiIdentity(user, proof) : new GssapiIdentity(user, proof);
}
