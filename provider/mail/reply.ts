// What a refusing SMTP reply is about: the recipient that was asked for, or us who ask: our name, our sender, our machine. Pure.
// A reply to RCPT may be about any of them: Postfix keeps what it says of HELO and MAIL until RCPT (smtpd_delay_reject). Codes: RFC 5321 4.2, RFC 3463.

/** What of us a host refuses, whatever the recipient: the name given with EHLO, the envelope sender, or the machine that connects. */
export type RefusedOfUs = "helo" | "sender" | "client";

/** What a reply answers. */
export type Asked = "connection" | "EHLO" | "STARTTLS" | "MAIL" | "RCPT";

/** Whether a reply says that the same may be taken later. */
export function isTemporary(code: number): boolean {
  return code >= 400 && code < 500;
}

/** What of us the reply refuses; `undefined` where it is about something else, as the recipient or the host's own state. */
export function refusedOfUs(asked: Asked, code: number, text: string): RefusedOfUs | undefined {
  if (code < 400 || code === 421 || /gr[ae]ylist/i.test(text)) return undefined;
  if (/\b(helo|ehlo)\b/i.test(text)) return "helo";
  if (/\bsender\b|\bSPF\b|\b[45]\.1\.[78]\b|\b[45]\.7\.23\b/i.test(text)) return "sender";
  if (/\bclient host\b|\b[45]\.7\.25\b|\bblocked\b|\b(black|block)list/i.test(text)) return "client";
  // Nothing but our name was given by then; storage and load are the host's own.
  if (isHostsOwn(text)) return undefined;
  if (asked === "EHLO") return "helo";
  return asked === "MAIL" ? "sender" : undefined;
}

/** Mail system status: full, busy, shutting down (RFC 3463, subject 3). */
function isHostsOwn(text: string): boolean {
  return /\b[45]\.3\.\d+\b/.test(text);
}
