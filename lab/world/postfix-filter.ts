// The content filter of the lab's Postfix, as amavis is one: it gives a message back to the same Postfix as another one, or drops it, and says which in its
// answer. Source: FILTER_README; the answers are amavisd-new's.
import type { Message } from "./message.ts";
import type { MailLog } from "./postfix-log.ts";
import type { Queued } from "./postfix-queued.ts";

/** Logs what becomes of `entry`. @returns whether it came back, as `id` */
export function filter(entry: Queued, id: string, log: MailLog, contentFilter: string, discards: (message: Message) => boolean): boolean {
  const [, transport = "smtp", address = ""] = /^([\w-]+):\[(.*)\]:\d+$/.exec(contentFilter) ?? [];
  const isBack = !discards(entry.message);
  if (isBack) {
    log.write("smtpd", `${id}: client=localhost[127.0.0.1]`);
    log.write("cleanup", `${id}: message-id=<${entry.message.id}>`);
  }
  const said = isBack
    ? `250 2.0.0 from MTA(smtp:[${address}]:10025): 250 2.0.0 Ok: queued as ${id}`
    : "250 2.7.0 Ok, discarded, id=02117-04";
  for (const recipient of entry.waiting.keys()) {
    const way = `to=<${recipient}>, relay=${address}[${address}]:10024, delay=0.1, delays=0/0/0/0.1`;
    log.write(`${transport}/smtp`, `${entry.id}: ${way}, dsn=2.0.0, status=sent (${said})`);
  }
  log.write("qmgr", `${entry.id}: removed`);
  return isBack;
}
