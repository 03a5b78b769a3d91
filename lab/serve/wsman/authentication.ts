// Who asks. A way of proving it holds a conversation for each TCP connection: some prove it once and then seal every body on that connection.
// Here: the port, and Basic, which proves it in each request and remembers for the length of a connection what came to what.
// Source: RFC 7617; Windows compares user names without case.
import { hash, timingSafeEqual } from "node:crypto";

export interface Authentication {
  /** A TCP connection was made. */
  converse(connection: Connection): Conversation;
}

/** What is known of a TCP connection before anything is asked over it. */
export interface Connection {
  /** By TLS. */
  readonly isEncrypted: boolean;
  /** In DER, as shown when TLS began; undefined where none was. */
  readonly clientCertificate: Buffer | undefined;
}

/** What is agreed on one TCP connection. */
export interface Conversation {
  admit(request: AuthenticatedRequest): Admission;
  /** The connection is gone, or the server wants to know again who asks: nothing is agreed any more. May be called twice. */
  end?(): void;
}

/** The parts of an HTTP request that authentication may look at. */
export interface AuthenticatedRequest {
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly body: Buffer;
}

export type Admission =
  | {
      readonly kind: "admitted";
      /** As it stands in the list of accounts. */
      readonly user: string;
      /** The body as it was before the client sealed it. */
      readonly body: Buffer;
      /** Headers that the answer must have, such as the server's own proof. */
      readonly headers: Readonly<Record<string, string>>;
      /** Seals the body of the answer; absent where it travels as it is. */
      readonly seal?: (body: Buffer) => { readonly contentType: string; readonly body: Buffer };
    }
  /** 401 with these WWW-Authenticate headers; 403 where there is nothing that a client could try. */
  | { readonly kind: "challenged"; readonly challenges: readonly string[] }
  /** Known or not, this request cannot be taken; the connection ends. */
  | { readonly kind: "refused"; readonly status: 400 | 500 };

/** Basic, over `accounts` (user name to password). A user is found under exactly the name given there, `DOMAIN\user` or `user@domain`, in any case. */
export function basicAuthentication(accounts: ReadonlyMap<string, string>, realm: string): Authentication {
  const byName = new Map([...accounts].map(([user, password]) => [user.toLowerCase(), { user, digest: digestOf(password) }]));
  const userOf = (authorization: string): string | undefined => {
    const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
    if (encoded === undefined) return undefined;
    const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
    const account = byName.get((name ?? "").toLowerCase());
    return account !== undefined && timingSafeEqual(account.digest, digestOf(password ?? "")) ? account.user : undefined;
  };
  const converse = (): Conversation => {
    // Who has proved it on this connection sends the same again and again: that need not be taken apart each time.
    let proved: { readonly bytes: Buffer; readonly user: string } | undefined;
    return {
      admit({ authorization = "", body }) {
        const bytes = Buffer.from(authorization);
        const isProved = proved?.bytes.length === bytes.length && timingSafeEqual(proved.bytes, bytes);
        const user = isProved ? proved?.user : userOf(authorization);
        if (user === undefined) return { kind: "challenged", challenges: [`Basic realm="${realm}"`] };
        if (!isProved) proved = { bytes, user };
        return { kind: "admitted", user, body, headers: {} };
      },
    };
  };
  return { converse };
}

/** Several ways side by side: the first that does not challenge decides; when all do, so does the endpoint, with what each of them offers. */
export function anyOf(...ways: readonly Authentication[]): Authentication {
  return {
    converse(connection) {
      const conversations = ways.map((way) => way.converse(connection));
      return {
        admit(request) {
          const challenges: string[] = [];
          for (const conversation of conversations) {
            const admission = conversation.admit(request);
            if (admission.kind !== "challenged") return admission;
            challenges.push(...admission.challenges);
          }
          return { kind: "challenged", challenges };
        },
        end() {
          for (const conversation of conversations) conversation.end?.();
        },
      };
    },
  };
}

function digestOf(password: string): Buffer {
  return hash("sha256", password, "buffer");
}
