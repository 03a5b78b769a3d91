// A client certificate, mapped to an account as IIS maps it; it is shown when TLS begins, and named again in each request.
// Asking for one only after the handshake, as IIS can, is not possible with Node.js. Source: DSP0226 C.3.9 (profile https/mutual).
import { X509Certificate } from "node:crypto";
import type { Authentication } from "./authentication.ts";

const PROFILE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

/** `accounts`: certificate in PEM to user. The certificate need not be trusted, only known; whether it has expired is not looked at. */
export function certificateAuthentication(accounts: ReadonlyMap<string, string>): Authentication {
  const users = [...accounts].map(([certificate, user]) => ({ raw: new X509Certificate(certificate).raw, user }));
  return {
    converse: ({ clientCertificate }) => ({
      admit({ authorization, body }) {
        const known = clientCertificate && users.find(({ raw }) => raw.equals(clientCertificate));
        if (known === undefined || authorization?.trim() !== PROFILE) return { kind: "challenged", challenges: [] };
        return { kind: "admitted", user: known.user, body, headers: {} };
      },
    }),
  };
}
