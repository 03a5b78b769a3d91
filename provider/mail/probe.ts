// Asks a mail host what it would take, up to RCPT TO, and then takes it back with RSET: nothing is ever sent.
// Whether the answers are good enough is decided elsewhere. Rules: RFC 5321, RFC 1870 (SIZE), RFC 3207 (STARTTLS).
import type { DialogueReply, SmtpAddress, SmtpDialogue, TlsFacts } from "./dialogue.ts";
import { MailError } from "./error.ts";
import { type Asked, isTemporary, type RefusedOfUs, refusedOfUs } from "./reply.ts";

export interface ProbeOptions extends SmtpAddress {
  /** Name given with EHLO. */
  readonly helo: string;
  /** Envelope sender; empty for the null sender. */
  readonly from: string;
  readonly recipients: readonly ProbeRecipient[];
}

export interface ProbeRecipient {
  readonly address: string;
  readonly expected: "accepted" | "refused";
}

export type SmtpReading = ReachableHost | UnreachableHost;

/** Nobody answers, or the dialogue came to no end. */
export interface UnreachableHost {
  readonly reachable: false;
  readonly why: string;
  /** It is there, and puts us off for now. */
  readonly isPutOff?: true;
  /** Present where waiting does not help: refused for good, no such name, or no SMTP at all. */
  readonly isFinal?: true;
  /** What of us it refuses, where it says so. */
  readonly about?: RefusedOfUs;
}

export interface RecipientAnswer extends ProbeRecipient {
  readonly code: number;
  readonly text: string;
  /** What of us the refusal is about, where it is not about the recipient. */
  readonly about?: RefusedOfUs;
}

export interface ReachableHost {
  readonly reachable: true;
  /** Text of the greeting, without its code. */
  readonly greeting: string;
  /** Whether STARTTLS was announced; if so it was also carried out. */
  readonly startTls: boolean;
  readonly tls?: TlsFacts;
  /** SIZE as announced; absent when it announces none (or 0, no limit). */
  readonly sizeLimitBytes?: number;
  /** In the order asked. Where MAIL FROM was refused, its reply stands for the recipient. */
  readonly recipients: readonly RecipientAnswer[];
}

/** A reply that ends the dialogue: refused before anybody could be asked for, or 421 at any time. */
class Refused extends MailError {
  readonly asked: Asked;
  readonly reply: DialogueReply;
  constructor(where: string, asked: Asked, reply: DialogueReply) {
    const what = asked === "connection" ? "the connection" : asked;
    super(where, isTemporary(reply.code) ? "notReady" : "denied", `refused ${what}: ${reply.code} ${textOfReply(reply)}`);
    this.asked = asked;
    this.reply = reply;
  }
}

/** @param error why a dialogue came to no end */
export function unreachable(error: MailError): UnreachableHost {
  const about = error instanceof Refused ? refusedOfUs(error.asked, error.reply.code, textOfReply(error.reply)) : undefined;
  const isFinal =
    error instanceof Refused ? !isTemporary(error.reply.code) : error.reason === "invalidAnswer" || codeOf(error.cause) === "ENOTFOUND";
  const putsOff = error instanceof Refused && !isFinal;
  return {
    reachable: false,
    why: error.message,
    ...(putsOff ? { isPutOff: true } : {}),
    ...(isFinal ? { isFinal } : {}),
    ...(about === undefined ? {} : { about }),
  };
}

/** One transaction for each recipient: some hosts take mail of the null sender for one recipient only. @throws {MailError} */
export async function answersTo(
  dialogue: SmtpDialogue,
  { from, recipients }: Pick<ProbeOptions, "from" | "recipients">,
): Promise<readonly RecipientAnswer[]> {
  const answers: RecipientAnswer[] = [];
  for (const recipient of recipients) {
    let asked: Asked = "MAIL";
    let reply = notClosing(dialogue, asked, await dialogue.command(`MAIL FROM:<${from}>`));
    if (reply.code < 300) {
      asked = "RCPT";
      reply = notClosing(dialogue, asked, await dialogue.command(`RCPT TO:<${recipient.address}>`));
    }
    const text = textOfReply(reply);
    const about = refusedOfUs(asked, reply.code, text);
    answers.push({ ...recipient, code: reply.code, text, ...(about === undefined ? {} : { about }) });
    await dialogue.command("RSET");
  }
  return answers;
}

export function readingOf(
  { greeting, startTls, tls, sizeLimitBytes }: OpenedDialogue,
  recipients: readonly RecipientAnswer[],
): ReachableHost {
  return { reachable: true, greeting, startTls, ...(tls ? { tls } : {}), ...(sizeLimitBytes ? { sizeLimitBytes } : {}), recipients };
}

export interface OpenedDialogue {
  readonly greeting: string;
  readonly startTls: boolean;
  readonly tls: TlsFacts | undefined;
  /** `undefined` or 0: no limit announced. */
  readonly sizeLimitBytes: number | undefined;
}

/** Greeting, EHLO and, where offered, STARTTLS and EHLO again. @throws {MailError} when one of them is refused */
export async function open(dialogue: SmtpDialogue, helo: string): Promise<OpenedDialogue> {
  const greeting = granted(dialogue, "connection", await dialogue.reply());
  let offers = await hello(dialogue, helo);
  const startTls = keyword(offers, "STARTTLS") !== undefined;
  let tls: TlsFacts | undefined;
  if (startTls) {
    granted(dialogue, "STARTTLS", await dialogue.command("STARTTLS"));
    tls = await dialogue.startTls();
    offers = await hello(dialogue, helo);
  }
  const size = keyword(offers, "SIZE");
  return { greeting: textOfReply(greeting), startTls, tls, sizeLimitBytes: size === undefined ? undefined : Number(size) || 0 };
}

/** What the host offers to who calls himself `helo`. @throws {MailError} when the name is refused */
export async function hello(dialogue: SmtpDialogue, helo: string): Promise<DialogueReply> {
  return granted(dialogue, "EHLO", await dialogue.command(`EHLO ${helo}`));
}

/** The reply's text on one line. */
export function textOfReply(reply: DialogueReply): string {
  return reply.lines.join(" ").trim();
}

function granted(dialogue: SmtpDialogue, asked: Asked, reply: DialogueReply): DialogueReply {
  if (reply.code < 300) return reply;
  throw new Refused(dialogue.where, asked, reply);
}

/** 421 may answer any command, and says that the connection is about to be closed (RFC 5321 4.2.1). */
function notClosing(dialogue: SmtpDialogue, asked: Asked, reply: DialogueReply): DialogueReply {
  if (reply.code !== 421) return reply;
  throw new Refused(dialogue.where, asked, reply);
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}

/** The parameter of an EHLO keyword, empty when it has none, `undefined` when the keyword is not announced. */
function keyword(offers: DialogueReply, name: string): string | undefined {
  const line = offers.lines.slice(1).find((text) => text.split(" ", 1)[0]?.toUpperCase() === name);
  return line?.slice(name.length).trim();
}
