// A message on its way and the hosts that take it, as SMTP tells them apart. Source: RFC 5321.

export interface Message {
  /** Message-ID without brackets; the ledger counts by it. */
  readonly id: string;
  /** Envelope sender; empty for a bounce. */
  readonly from: string;
  /** Envelope recipients, in lower case. */
  readonly to: readonly string[];
  readonly sizeBytes: number;
  /** When its sender first had it, lab milliseconds since 1970. */
  readonly sentAtMs: number;
  /** Subject line; the probe's token stands in it. */
  readonly subject?: string;
}

/** `{ code: 250, text: "2.1.5 Recipient OK" }` */
export interface SmtpReply {
  readonly code: number;
  readonly text: string;
}

/** Who speaks to a mail host: the name given with EHLO, and the envelope sender, empty for the null sender. */
export interface Caller {
  readonly helo: string;
  readonly from: string;
}

/** A host that listens on port 25. */
export interface MailHost {
  readonly name: string;
  /** Whether a firewall before it takes STARTTLS out of its answers. */
  readonly hidesStartTls?: boolean;
  /** The greeting, or `undefined` when nobody answers the connection. */
  open(): SmtpReply | undefined;
  /** The answer to MAIL FROM. */
  sender(caller: Caller): SmtpReply;
  /** The answer to RCPT TO. */
  recipient(address: string, caller: Caller): SmtpReply;
  /** The answer to the end of DATA. With a 250 the host has taken it upon itself. */
  accept(message: Message): SmtpReply;
}
