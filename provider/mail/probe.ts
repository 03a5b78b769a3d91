// Asks a mail host what it would take, up to RCPT TO, and then takes it back with RSET: nothing is ever sent.
// Whether the answers are good enough is decided elsewhere. Rules: RFC 5321, RFC 1870 (SIZE), RFC 3207 (STARTTLS).
import { type DialogueReply, type SmtpAddress, SmtpDialogue, type TlsFacts } from "./dialogue.ts";
import { MailError } from "./error.ts";

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

export type SmtpReading = ReachableHost | { readonly reachable: false; readonly why: string };

export interface ReachableHost {
  readonly reachable: true;
  /** Text of the greeting, without its code. */
  readonly greeting: string;
  /** Whether STARTTLS was announced; if so it was also carried out. */
  readonly startTls: boolean;
  readonly tls?: TlsFacts;
  /** SIZE as announced; absent when it announces none (or 0, no limit). */
  readonly sizeLimitBytes?: number;
  /** In the order asked. Where MAIL FROM was refused, its reply stands for every recipient. */
  readonly recipients: readonly (ProbeRecipient & { readonly code: number; readonly text: string })[];
}

/**
 * Holds one SMTP dialogue with `host` without sending a message.
 * A host that does not answer, breaks off or answers nonsense is `reachable: false` with the reason in words.
 * @throws {MailError} reason `rejected` when an address holds a line break; the signal's reason when aborted
 */
export async function probeSmtp(options: ProbeOptions): Promise<SmtpReading> {
  const dialogue = new SmtpDialogue(options);
  try {
    return await probe(dialogue, options);
  } catch (error) {
    if (error instanceof MailError && error.reason !== "rejected") return { reachable: false, why: error.message };
    throw error;
  } finally {
    dialogue.close();
  }
}

async function probe(dialogue: SmtpDialogue, { helo, from, recipients }: ProbeOptions): Promise<ReachableHost> {
  const opened = await open(dialogue, helo);
  const sender = await dialogue.command(`MAIL FROM:<${from}>`);
  const answers: ReachableHost["recipients"][number][] = [];
  for (const recipient of recipients) {
    const reply = sender.code < 300 ? await dialogue.command(`RCPT TO:<${recipient.address}>`) : sender;
    answers.push({ ...recipient, code: reply.code, text: textOfReply(reply) });
  }
  await dialogue.command("RSET");
  await dialogue.quit();
  const { sizeLimitBytes, tls } = opened;
  return {
    reachable: true,
    greeting: opened.greeting,
    startTls: opened.startTls,
    ...(tls ? { tls } : {}),
    ...(sizeLimitBytes ? { sizeLimitBytes } : {}),
    recipients: answers,
  };
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
  const greeting = granted(dialogue, "the connection", await dialogue.reply());
  let hello = granted(dialogue, "EHLO", await dialogue.command(`EHLO ${helo}`));
  const startTls = keyword(hello, "STARTTLS") !== undefined;
  let tls: TlsFacts | undefined;
  if (startTls) {
    granted(dialogue, "STARTTLS", await dialogue.command("STARTTLS"));
    tls = await dialogue.startTls();
    hello = granted(dialogue, "EHLO", await dialogue.command(`EHLO ${helo}`));
  }
  const size = keyword(hello, "SIZE");
  return { greeting: textOfReply(greeting), startTls, tls, sizeLimitBytes: size === undefined ? undefined : Number(size) || 0 };
}

/** The reply's text on one line. */
export function textOfReply(reply: DialogueReply): string {
  return reply.lines.join(" ").trim();
}

function granted(dialogue: SmtpDialogue, what: string, reply: DialogueReply): DialogueReply {
  if (reply.code < 300) return reply;
  throw new MailError(dialogue.where, "unreachable", `refused ${what}: ${reply.code} ${textOfReply(reply)}`);
}

/** The parameter of an EHLO keyword, empty when it has none, `undefined` when the keyword is not announced. */
function keyword(hello: DialogueReply, name: string): string | undefined {
  const line = hello.lines.slice(1).find((text) => text.split(" ", 1)[0]?.toUpperCase() === name);
  return line?.slice(name.length).trim();
}
