// Basic authentication: a header and nothing else. Source: RFC 7617, user and password in UTF-8.
import type { Secret } from "../transport.ts";
import type { Authenticator } from "./authenticator.ts";

export function basicAuthenticator(user: string, password: Secret): Authenticator {
  return {
    isBoundToConnection: false,
    async begin() {},
    outgoing(body) {
      const credentials = Buffer.from(`${user}:${password.reveal()}`, "utf8").toString("base64");
      return { ...body, headers: { ...body.headers, Authorization: `Basic ${credentials}` } };
    },
    incoming(_contentType, bytes) {
      return bytes;
    },
    end() {},
  };
}
