// Basic authentication: a header and nothing else. Source: RFC 7617, user and password in UTF-8.
import type { Authenticator } from "../http/authenticator.ts";
import type { Secret } from "../transport.ts";

export function basicAuthenticator(user: string, password: Secret): Authenticator {
  let authorization: string | undefined;
  return {
    isBoundToConnection: false,
    async begin() {},
    outgoing(body) {
      authorization ??= `Basic ${Buffer.from(`${user}:${password.reveal()}`, "utf8").toString("base64")}`;
      return { headers: { ...body.headers, Authorization: authorization }, bytes: body.bytes };
    },
    incoming(_contentType, bytes) {
      return bytes;
    },
    end() {},
  };
}
