// Who may do what at the lab's Cloudflare: API tokens and their permissions.
import type { IncomingHttpHeaders } from "node:http";
import { CloudflareRefusal } from "../../world/zone-records.ts";

export type Permission = "Zone Read" | "DNS Read" | "DNS Edit";

/** What each token may do, by token. */
export type Tokens = ReadonlyMap<string, readonly Permission[]>;

const MALFORMED = "Invalid request headers";

/**
 * The token of a request.
 * @throws {CloudflareRefusal} 6003 for headers of the wrong form, 10000 for a token that nobody has issued
 */
export function tokenOf(headers: IncomingHttpHeaders, tokens: Tokens): string {
  const key = headers["x-auth-key"];
  if (key !== undefined) {
    // Accounts of the lab have no legacy keys, so a well-formed one is a wrong one.
    if (/^[0-9a-f]{37}$/.test(String(key))) throw new CloudflareRefusal(403, 10000, "Authentication error");
    throw new CloudflareRefusal(400, 6003, MALFORMED, [{ code: 6103, message: "Invalid format for X-Auth-Key header" }]);
  }
  const token = /^Bearer ([A-Za-z0-9_-]{40,})$/.exec(String(headers.authorization ?? ""))?.[1];
  if (token === undefined) {
    throw new CloudflareRefusal(400, 6003, MALFORMED, [{ code: 6111, message: "Invalid format for Authorization header" }]);
  }
  if (!tokens.has(token)) throw new CloudflareRefusal(403, 10000, "Authentication error");
  return token;
}

/** Reading DNS is part of editing it. @throws {CloudflareRefusal} 9109 */
export function demand(permission: Permission, token: string, tokens: Tokens): void {
  const permissions = tokens.get(token) ?? [];
  if (permissions.includes(permission) || (permission === "DNS Read" && permissions.includes("DNS Edit"))) return;
  throw new CloudflareRefusal(403, 9109, "Unauthorized to access requested resource");
}
