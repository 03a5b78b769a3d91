// Basic authentication: a header and nothing else. Source: RFC 7617, user and password in UTF-8.
import type { Authenticator } from "../http/authenticator.ts";
import type { PasswordTrial } from "../password-trial.ts";
import type { Secret } from "../transport.ts";
import { offeredSchemes } from "./challenges.ts";
import { cannotProve } from "./problems.ts";

export interface BasicOptions {
  readonly user: string;
  readonly password: Secret;
  readonly trial: PasswordTrial;
  /** Of the server, with its port where that is not the usual one; for messages. */
  readonly host: string;
}

export function basicAuthenticator({ user, password, trial, host }: BasicOptions): Authenticator {
  let authorization: string | undefined;
  const connection = {};
  return {
    get mustBegin() {
      return !trial.isAccepted;
    },
    async begin() {
      const refusal = await trial.admit(connection);
      if (refusal !== undefined) throw cannotProve("denied", refusal);
    },
    outgoing(body) {
      authorization ??= `Basic ${Buffer.from(`${user}:${password.reveal()}`, "utf8").toString("base64")}`;
      return { headers: { ...body.headers, Authorization: authorization }, bytes: body.bytes };
    },
    judged({ status, challenges }) {
      if (trial.isAccepted) return;
      if (status === 401 && offeredSchemes(challenges).includes("Basic"))
        trial.refused(`${host} does not accept the name or password of ${user}`);
      else if (status < 300 || status === 500)
        trial.accepted(); // a fault of WS-Management is a 500
      else trial.leave(connection);
    },
    incoming(_contentType, bytes) {
      return bytes;
    },
    end() {
      trial.leave(connection);
    },
  };
}
