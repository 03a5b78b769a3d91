// How a connection proves who is asking. Some schemes also wrap each body and hold for one TCP connection only; the port has room for
// them. Here: Basic, which is a header and nothing else.
import type { Secret } from "../transport.ts";

export interface HttpBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** One per connection. */
export interface Authenticator {
  /** A request as it goes out: headers to add, and the body, wrapped if the scheme wraps. */
  outgoing(body: HttpBody): Promise<HttpBody>;
  /** The body of an answer as it was before the server wrapped it. `contentType` as sent. */
  incoming(contentType: string, bytes: Uint8Array): Promise<Uint8Array>;
  /** The TCP connection is gone, and with it whatever was agreed on it. */
  connectionLost(): void;
}

/** RFC 7617, user and password in UTF-8. */
export function basicAuthenticator(user: string, password: Secret): Authenticator {
  return {
    async outgoing(body) {
      const credentials = Buffer.from(`${user}:${password.reveal()}`, "utf8").toString("base64");
      return { ...body, headers: { ...body.headers, Authorization: `Basic ${credentials}` } };
    },
    async incoming(_contentType, bytes) {
      return bytes;
    },
    connectionLost() {},
  };
}
