// Who asks. One way of proving it so far; an endpoint knows only the interface, so another can stand beside it.
// Source: RFC 7617 (Basic); Windows compares user names without case.
import { createHash, timingSafeEqual } from "node:crypto";

export interface Authentication {
  /** The WWW-Authenticate header of a 401. */
  readonly challenge: string;
  /** The account that the Authorization header proves, as it stands in the list of accounts; undefined: not proved. */
  userOf(authorization: string | undefined): string | undefined;
}

/** Basic, over `accounts` (user name to password). A user is found under exactly the name given there, `DOMAIN\user` or `user@domain`, in any case. */
export function basicAuthentication(accounts: ReadonlyMap<string, string>, realm: string): Authentication {
  const byName = new Map([...accounts].map(([user, password]) => [user.toLowerCase(), { user, password }]));
  return {
    challenge: `Basic realm="${realm}"`,
    userOf(authorization) {
      const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? "")?.[1];
      if (encoded === undefined) return undefined;
      const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
      const account = byName.get((name ?? "").toLowerCase());
      return account !== undefined && isSame(account.password, password ?? "") ? account.user : undefined;
    },
  };
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
