// The one error of the mail edge: SMTP hosts and the buffer host over SSH. What may be tried again is told by its reason.
import { EdgeError } from "../common/reason.ts";

/** Why it failed. `timedOut`, `unreachable`, `sessionLost` and `notReady` (a mail host says "later") may pass by themselves; the others do not. */
export type MailReason = "timedOut" | "unreachable" | "sessionLost" | "notReady" | "denied" | "rejected" | "invalidAnswer";

/** "buffer.contoso-mail.net: postsuper -H failed: postsuper: fatal: use of this command is reserved for the superuser" */
export class MailError extends EdgeError<MailReason> {
  override readonly name = "MailError";
  /** The host as the program names it. */
  readonly host: string;
  constructor(host: string, reason: MailReason, detail: string, options: ErrorOptions & { readonly joint?: string } = {}) {
    super(reason, `${host}${options.joint ?? ": "}${detail}`, options);
    this.host = host;
  }
}

const unreachableCodes = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"]);

/** What an error of a socket means: `unreachable` before anybody answered, `timedOut`, else `sessionLost`. */
export function socketReason(error: unknown): MailReason {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string" && unreachableCodes.has(code)) return "unreachable";
  return code === "ETIMEDOUT" ? "timedOut" : "sessionLost";
}
