// Whether a mail host is fit to be sent mail: it answers, offers TLS, takes what it must and turns away what nobody has. Pure.
import type { Refusal } from "../engine/plan.ts";
import type { SmtpReading } from "../mail/probe.ts";

/** What is wrong with `host` by its answers at port 25; none when it is fit. */
export function unfit(host: string, reading: SmtpReading, remedy: string): readonly Refusal[] {
  if (!reading.reachable) return [{ sentence: `${host} does not answer on port 25: ${reading.why.replace(/\.$/, "")}.`, remedy }];
  const tls = reading.startTls ? [] : [`${host} offers no STARTTLS: senders that insist on TLS would keep or bounce their mail.`];
  const answers = reading.recipients.flatMap(({ address, expected, code, text }) => {
    const taken = code >= 200 && code < 300;
    if (taken === (expected === "accepted")) return [];
    const found = `${code} ${text}`.trim();
    return taken
      ? [`${host} accepts ${address}, which nobody has ("${found}"): it would bounce such mail later.`]
      : [`${host} refuses ${address}: expected 250, found "${found}".`];
  });
  return [...tls, ...answers].map((sentence) => ({ sentence, remedy }));
}
