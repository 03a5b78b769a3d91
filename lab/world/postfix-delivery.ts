// One attempt to hand a message to the next hop, and what each recipient's line of the log says of it. Decides nothing about the queue.
import type { MailHost } from "./message.ts";
import type { Queued } from "./postfix-queued.ts";

export interface Attempt {
  readonly recipient: string;
  readonly status: "sent" | "deferred" | "bounced";
  /** What stands in brackets behind the status. */
  readonly reply: string;
  readonly dsn: string;
  /** `mail.contoso.com[192.0.2.25]:25`, or `none` where nobody was reached. */
  readonly relay: string;
}

/** An address for documentation; nothing in the lab's world goes by addresses of mail hosts. */
const hopAddress = "192.0.2.25";

/** Tries all recipients that are waiting. Only Postfix itself as next hop is a loop; it is not asked. */
export function deliver(entry: Queued, { nextHop, self }: { readonly nextHop: MailHost; readonly self: MailHost }): readonly Attempt[] {
  const waiting = [...entry.waiting.keys()];
  const all = (status: Attempt["status"], dsn: string, reply: string, relay = "none") =>
    waiting.map((recipient) => ({ recipient, status, dsn, reply, relay }));
  if (nextHop.name === self.name) return all("bounced", "5.4.6", `mail for ${waiting[0]?.split("@")[1] ?? self.name} loops back to myself`);
  const relay = `${nextHop.name}[${hopAddress}]:25`;
  const greeting = nextHop.open();
  if (greeting === undefined) return all("deferred", "4.4.1", `connect to ${relay}: Connection refused`);
  const host = `host ${nextHop.name}[${hopAddress}]`;
  if (greeting.code >= 400) return all("deferred", "4.0.0", `${host} refused to talk to me: ${greeting.code} ${greeting.text}`, relay);
  const caller = { helo: self.name, from: entry.message.from };
  const sender = nextHop.sender(caller);
  if (sender.code >= 300) {
    const said = `${host} said: ${sender.code} ${sender.text} (in reply to MAIL FROM command)`;
    return waiting.map((recipient) => refused(recipient, sender, said, relay));
  }
  const attempts: Attempt[] = [];
  const taken: string[] = [];
  for (const recipient of waiting) {
    const reply = nextHop.recipient(recipient, caller);
    if (reply.code < 300) taken.push(recipient);
    else attempts.push(refused(recipient, reply, `${host} said: ${reply.code} ${reply.text} (in reply to RCPT TO command)`, relay));
  }
  if (taken.length === 0) return attempts;
  const reply = nextHop.accept({ ...entry.message, to: taken });
  for (const recipient of taken) {
    if (reply.code < 300) attempts.push({ recipient, status: "sent", dsn: "2.0.0", reply: `${reply.code} ${reply.text}`, relay });
    else attempts.push(refused(recipient, reply, `${host} said: ${reply.code} ${reply.text} (in reply to end of DATA command)`, relay));
  }
  return attempts;
}

function refused(
  recipient: string,
  { code, text }: { readonly code: number; readonly text: string },
  reply: string,
  relay: string,
): Attempt {
  const permanent = code >= 500;
  const dsn = /^\d\.\d+\.\d+/.exec(text)?.[0] ?? (permanent ? "5.0.0" : "4.0.0");
  return { recipient, status: permanent ? "bounced" : "deferred", dsn, reply, relay };
}
