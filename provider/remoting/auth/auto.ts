// Takes the way that the server offers: its 401 is read before anything else is sent. Kerberos first, since it never shows a password.
import type { Authenticator, HttpBody } from "../http/authenticator.ts";
import { WsmanError } from "../problem.ts";
import { offeredSchemes, type Scheme } from "./challenges.ts";

/** Chooses by what is offered. @throws {WsmanError} `ended` when nothing that is offered can be used */
export type Choose = (offered: readonly Scheme[]) => Authenticator;

export function autoAuthenticator(choose: Choose): Authenticator {
  let chosen: Authenticator | undefined;
  const agreed = (): Authenticator => {
    if (chosen === undefined)
      throw new WsmanError({ kind: "broken", why: "the connection on which a way of authentication was agreed is gone" });
    return chosen;
  };
  return {
    get mustBegin() {
      return chosen?.mustBegin ?? true;
    },
    async begin(handshake) {
      if (chosen === undefined) {
        const { status, challenges } = await handshake({});
        if (status !== 401) throw new WsmanError({ kind: "status", status });
        chosen = choose(offeredSchemes(challenges));
      }
      await chosen.begin(handshake);
    },
    outgoing: (body: HttpBody) => agreed().outgoing(body),
    judged: (answer) => agreed().judged?.(answer),
    incoming: (contentType, bytes) => agreed().incoming(contentType, bytes),
    end() {
      chosen?.end();
    },
  };
}
