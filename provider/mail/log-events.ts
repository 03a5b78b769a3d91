// The mail log of the buffer as facts: what arrived, was held, tried, sent, bounced, removed, refused. Pure; counts nothing.
// Lines as Postfix 3.7 writes them, with the time of syslog ("Nov 21 01:43:48", the host's zone) or of RFC 3339.
// Values come from strangers, but Postfix writes no line break out of them, so a line is always one program's word.

export type LogEvent = { readonly atMs: number } & (
  | (Subject & { readonly kind: "arrived" })
  | (Subject & { readonly kind: "held" | "released" | "requeued" | "expired" })
  /** Left the queue: after its last recipient was settled, or, `byHand`, because somebody deleted it. */
  | (Subject & { readonly kind: "removed"; readonly byHand: boolean })
  | (Subject & { readonly kind: "identified"; readonly messageId: string })
  | (Subject & { readonly kind: "queued"; readonly sender: string; readonly sizeBytes: number; readonly recipients: number })
  | (Subject & { readonly kind: "tried"; readonly recipient: string; readonly status: DeliveryStatus; readonly reply: string })
  /** `id` is what a requeued message is called from now on. */
  | (Subject & { readonly kind: "renamed"; readonly from: string })
  | { readonly kind: "refused"; readonly code: number; readonly text: string; readonly recipient: string }
);

export type DeliveryStatus = "sent" | "deferred" | "bounced";

interface Subject {
  /** Queue id. */
  readonly id: string;
}

/** What is needed to read the time of syslog, which names neither year nor zone. */
export interface LogTime {
  /** The host's time of the reading, milliseconds since 1970. */
  readonly nowMs: number;
  /** Minutes that the host's zone is ahead of UTC. */
  readonly offsetMinutes: number;
}

const linePattern = /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) \S+ \S*?([\w-]+)\[\d+\]: (.*)$/;
const idPattern = /^(?:([0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,}|[0-9A-F]{6,}): )(.*)$/;

/** The events of `lines`, in their order. Lines that say nothing of a message are passed over. */
export function readLog(lines: readonly string[], time: LogTime): readonly LogEvent[] {
  return lines.flatMap((line) => {
    const [, when, program, said] = linePattern.exec(line) ?? [];
    if (when === undefined || program === undefined || said === undefined) return [];
    const event = refusal(program, said) ?? eventOf(program, said);
    return event === undefined ? [] : [{ atMs: timeOf(when, time), ...event }];
  });
}

type Untimed = LogEvent extends infer Event ? (Event extends unknown ? Omit<Event, "atMs"> : never) : never;

function refusal(program: string, said: string): Untimed | undefined {
  if (program !== "smtpd") return undefined;
  const [, code, text, recipient] = /^NOQUEUE: reject: RCPT from \S+: (\d{3}) (.*?); from=<.*?> to=<(.*?)> /.exec(said) ?? [];
  return code === undefined || text === undefined || recipient === undefined
    ? undefined
    : { kind: "refused", code: Number(code), text, recipient };
}

function eventOf(program: string, said: string): Untimed | undefined {
  const [, id, what] = idPattern.exec(said) ?? [];
  if (id === undefined || what === undefined) return undefined;
  switch (program) {
    case "smtpd":
      if (what.startsWith("client=")) return { kind: "arrived", id };
      return what.startsWith("hold: ") ? { kind: "held", id } : undefined;
    case "cleanup":
      return cleanupEvent(id, what);
    case "qmgr":
      return queueEvent(id, what);
    case "postsuper":
      return superuserEvent(id, what);
    case "pickup": {
      const from = /\borig_id=(\w+)$/.exec(what)?.[1];
      return from === undefined ? undefined : { kind: "renamed", id, from };
    }
    default:
      return deliveryEvent(id, what);
  }
}

function cleanupEvent(id: string, what: string): Untimed | undefined {
  if (what.startsWith("hold: ")) return { kind: "held", id };
  const messageId = /^message-id=<?(.*?)>?$/.exec(what)?.[1];
  return messageId === undefined ? undefined : { kind: "identified", id, messageId };
}

function queueEvent(id: string, what: string): Untimed | undefined {
  if (what === "removed") return { kind: "removed", id, byHand: false };
  if (/^from=<.*>, status=(?:force-)?expired, returned to sender$/.test(what)) return { kind: "expired", id };
  const [, sender, size, count] = /^from=<(.*)>, size=(\d+), nrcpt=(\d+) \(queue active\)$/.exec(what) ?? [];
  return sender === undefined ? undefined : { kind: "queued", id, sender, sizeBytes: Number(size), recipients: Number(count) };
}

function superuserEvent(id: string, what: string): Untimed | undefined {
  if (what === "released from hold") return { kind: "released", id };
  if (what === "requeued") return { kind: "requeued", id };
  return what === "removed" ? { kind: "removed", id, byHand: true } : undefined;
}

function deliveryEvent(id: string, what: string): Untimed | undefined {
  const [, recipient, status, reply = ""] =
    /^to=<(.*?)>, (?:orig_to=<.*?>, )?relay=.*?, status=(sent|deferred|bounced) \((.*)\)$/.exec(what) ?? [];
  if (recipient === undefined || !isDeliveryStatus(status)) return undefined;
  return { kind: "tried", id, recipient: recipient.toLowerCase(), status, reply };
}

function isDeliveryStatus(text: string | undefined): text is DeliveryStatus {
  return text === "sent" || text === "deferred" || text === "bounced";
}

/** Without a year: the last one in which that moment has been (a day of slack for clocks that differ). */
function timeOf(text: string, { nowMs, offsetMinutes }: LogTime): number {
  if (/^\d/.test(text)) return Date.parse(text);
  const year = new Date(nowMs + offsetMinutes * 60_000).getUTCFullYear();
  const inYear = (which: number) => Date.parse(`${text.replace(/^(\w+) +(\d+) /, `$2 $1 ${which} `)} UTC`) - offsetMinutes * 60_000;
  return inYear(year) > nowMs + 86_400_000 ? inYear(year - 1) : inYear(year);
}
