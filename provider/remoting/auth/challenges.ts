// What a 401 offers. Source: RFC 9110 11.6.1; one header may hold several challenges.
import type { NegotiatedScheme } from "./security.ts";

export type Scheme = "Negotiate" | "Kerberos" | "Basic" | "NTLM" | "Digest" | "Bearer" | "CredSSP";

const SCHEMES: readonly Scheme[] = ["Negotiate", "Kerberos", "Basic", "NTLM", "Digest", "Bearer", "CredSSP"];

/** The schemes in WWW-Authenticate headers, each once, in their order. A scheme that is not in our list is left out. */
export function offeredSchemes(challenges: readonly string[]): readonly Scheme[] {
  const words = challenges.flatMap((challenge) => challenge.replace(/"(?:[^"\\]|\\.)*"/g, '""').split(/[\s,]+/));
  const found = words.map((word) => SCHEMES.find((scheme) => scheme.toLowerCase() === word.toLowerCase()));
  return [...new Set(found.filter((scheme) => scheme !== undefined))];
}

/** The way in which Kerberos is offered, if it is; as Windows' own clients do, Negotiate where both are. */
export function negotiatedScheme(offered: readonly Scheme[]): NegotiatedScheme | undefined {
  return (["Negotiate", "Kerberos"] as const).find((scheme) => offered.includes(scheme));
}
