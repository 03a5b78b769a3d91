// Sends one small message that can be recognised again wherever it turns up: the token stands in Message-ID and subject.
// Whether it arrived is asked elsewhere: in the buffer's queue, its log, or message tracking.
import { type DialogueReply, type SmtpAddress, SmtpDialogue } from "./dialogue.ts";
import { MailError } from "./error.ts";
import { open, textOfReply } from "./probe.ts";

export interface TokenMessage extends SmtpAddress {
  readonly helo: string;
  /** Envelope and header sender. */
  readonly from: string;
  readonly to: string;
  /** 8 to 64 letters, digits, dots or hyphens. */
  readonly token: string;
  /** Awaited right before the message is sent; what it throws comes out instead, and nothing was sent. */
  readonly beforeSend?: (() => Promise<void>) | undefined;
  /** What the Date header says, milliseconds since 1970; absent: now. */
  readonly dateMs?: number;
}

export interface TokenReceipt {
  /** Whether the server took the message upon itself. */
  readonly accepted: boolean;
  /** The server's last word: its answer to the data, or to the command that it refused. */
  readonly code: number;
  readonly text: string;
  /** The server's own id of the message, where its answer names one ("queued as 4hXYZ"). */
  readonly queueId?: string;
  /** Without brackets. */
  readonly messageId: string;
}

/**
 * Sends the token. Never tried again here: after `sessionLost` at the end it may have been taken, and its Message-ID tells.
 * @throws {MailError} reason `unreachable`, `timedOut`, `sessionLost`, `invalidAnswer`, `notReady` or `denied` (refused at the door, for now or
 * for good), or `rejected` for a token that is none
 */
export async function sendToken(message: TokenMessage): Promise<TokenReceipt> {
  if (!/^[A-Za-z0-9.-]{8,64}$/.test(message.token)) {
    throw new MailError(message.host, "rejected", `token "${message.token}": expected 8 to 64 letters, digits, dots or hyphens`);
  }
  const messageId = tokenMessageId(message.token, message.helo);
  const dialogue = new SmtpDialogue(message);
  try {
    await open(dialogue, message.helo);
    const commands = [
      { line: `MAIL FROM:<${message.from}>`, granted: 250 },
      { line: `RCPT TO:<${message.to}>`, granted: 250 },
      { line: "DATA", granted: 354 },
    ];
    for (const { line, granted } of commands) {
      const reply = await dialogue.command(line);
      if (reply.code !== granted) return receipt(false, reply, messageId);
    }
    await message.beforeSend?.();
    const reply = await dialogue.exchange(textOfMessage(message, messageId));
    await dialogue.quit();
    return receipt(reply.code === 250, reply, messageId);
  } finally {
    dialogue.close();
  }
}

/** The Message-ID, without brackets, of the message that bears `token`. */
export function tokenMessageId(token: string, helo: string): string {
  return `pulumi-exchange.${token}@${helo}`;
}

function receipt(accepted: boolean, reply: DialogueReply, messageId: string): TokenReceipt {
  const text = textOfReply(reply);
  const queueId = accepted ? /\bqueued as ([0-9A-Za-z]+)/.exec(text)?.[1] : undefined;
  return { accepted, code: reply.code, text, ...(queueId ? { queueId } : {}), messageId };
}

function textOfMessage({ from, to, token, dateMs = Date.now() }: TokenMessage, messageId: string): string {
  return [
    `From: <${from}>`,
    `To: <${to}>`,
    `Date: ${new Date(dateMs).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${messageId}>`,
    `Subject: Mail path test ${token}`,
    "Auto-Submitted: auto-generated",
    "",
    "This message tests the way of mail to this mailbox. It can be deleted.",
    ".",
    "",
  ].join("\r\n");
}
