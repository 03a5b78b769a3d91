// A client certificate: TLS proves it, and this header asks the server to take it for the user. Source: DSP0226 C.4.2 (secprofile/https/mutual).
import type { Authenticator } from "../http/authenticator.ts";

export function certificateAuthenticator(): Authenticator {
  return {
    mustBegin: false,
    async begin() {},
    outgoing(body) {
      return { ...body, headers: { ...body.headers, Authorization: "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual" } };
    },
    incoming(_contentType, bytes) {
      return bytes;
    },
    end() {},
  };
}
