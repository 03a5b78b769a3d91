// What a host's last word on a test message means for the step that sent it.
import { MailError } from "../mail/error.ts";
import { isTemporary, refusedOfUs } from "../mail/reply.ts";
import type { TokenReceipt } from "../mail/token.ts";
import { remedyFor } from "./mail-host.ts";

/**
 * `afterwards`: what stands as it was, said to whoever must look.
 * @throws {MailError} when `host` did not take the message: `notReady` for now, `denied` for good
 */
export function requireTaken(host: string, to: string, receipt: TokenReceipt, afterwards: string): void {
  const { accepted, code, text } = receipt;
  if (accepted) return;
  // Which command was refused is not known here: a refusal that does not name us is taken to be about the message.
  const about = refusedOfUs("RCPT", code, text);
  const remedy = about === undefined ? afterwards : `${afterwards} ${remedyFor[about]}`;
  throw new MailError(host, isTemporary(code) ? "notReady" : "denied", `refuses a test message to ${to}: "${code} ${text}". ${remedy}`, {
    joint: " ",
  });
}
