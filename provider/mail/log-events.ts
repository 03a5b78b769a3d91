// The mail log of the buffer as facts: what arrived, was held, tried, sent, bounced, removed, refused. Pure; counts nothing.
// Lines as Postfix 3.7 writes them, with the time of syslog ("Nov 21 01:43:48", the host's zone) or of RFC 3339, or in the journal's own fields.
// Values come from strangers, but Postfix writes no line break out of them, so a line is always one program's word.

export type LogEvent = { readonly atMs: number } & (
  | (Subject & {
      readonly kind: "arrived";
      /** Whether another host sent it, this host did (a content filter, or a program), or it was submitted without SMTP. */
      readonly from: "another host" | "this host" | "sendmail";
      /** The queue id that the sender says it had before, on this host. */
      readonly before?: string;
    })
  | (Subject & { readonly kind: "held" | "released" | "requeued" | "expired" })
  /** Left the queue: after its last recipient was settled, or, `byHand`, because somebody deleted it. */
  | (Subject & { readonly kind: "removed"; readonly byHand: boolean })
  /** Accepted, and dropped by a rule or a milter. */
  | (Subject & { readonly kind: "discarded" })
  | (Subject & { readonly kind: "identified"; readonly messageId: string })
  | (Subject & { readonly kind: "queued"; readonly sender: string; readonly sizeBytes: number; readonly recipients: number })
  | (Subject & {
      readonly kind: "tried";
      readonly recipient: string;
      readonly status: DeliveryStatus;
      /** As much of it as the line has: syslog may cut it. */
      readonly reply: string;
      /** Whether it was another host that was tried: not this one, nor a program or a mailbox on it. */
      readonly isOnward: boolean;
      /** The queue id that whoever took it gave it, where the reply says one. */
      readonly queuedAs?: string;
    })
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
    return readSaid(program, said, timeOf(when, time));
  });
}

/** What `program` (`smtpd`, `relay/smtp`) said at `atMs`: one event, or none. */
export function readSaid(program: string, said: string, atMs: number): readonly LogEvent[] {
  const name = program.slice(program.lastIndexOf("/") + 1);
  const event = refusal(name, said) ?? eventOf(name, said);
  return event === undefined ? [] : [{ atMs, ...event }];
}

/** When the first of `lines` was written that says so, milliseconds since 1970. */
export function firstTimeIn(lines: readonly string[], time: LogTime): number | undefined {
  for (const line of lines) {
    const when = linePattern.exec(line)?.[1];
    if (when !== undefined) return timeOf(when, time);
  }
  return undefined;
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
      return what.startsWith("client=") ? arrival(id, what) : ruledEvent(id, what);
    case "cleanup":
      return ruledEvent(id, what) ?? identity(id, what);
    case "qmgr":
      return queueEvent(id, what);
    case "postsuper":
      return superuserEvent(id, what);
    case "pickup": {
      const from = /\borig_id=(\w+)$/.exec(what)?.[1];
      if (from !== undefined) return { kind: "renamed", id, from };
      return what.startsWith("uid=") ? { kind: "arrived", id, from: "sendmail" } : undefined;
    }
    default:
      return deliveryEvent(id, what);
  }
}

/** `client=localhost[127.0.0.1], orig_queue_id=4jWZjw4n0vz1SCJW, orig_client=mx.partner.example[198.51.100.7]` */
function arrival(id: string, what: string): Untimed {
  const before = /, orig_queue_id=(\w+)/.exec(what)?.[1];
  const from = isThisHost(/^client=\S*?\[(\S+?)\]/.exec(what)?.[1] ?? "") ? "this host" : "another host";
  return { kind: "arrived", id, from, ...(before === undefined ? {} : { before }) };
}

function isThisHost(address: string): boolean {
  return /^(?:(?:IPv6:)?::ffff:)?127\.|^(?:IPv6:)?::1$/i.test(address);
}

/** By an access rule, a header check or a milter. */
function ruledEvent(id: string, what: string): Untimed | undefined {
  const rule = /^(?:milter-)?(hold|discard): /.exec(what)?.[1];
  return rule === undefined ? undefined : { kind: rule === "hold" ? "held" : "discarded", id };
}

function identity(id: string, what: string): Untimed | undefined {
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

/** A line that was cut has no bracket at its end, or no reply at all; what was done is said before it. */
function deliveryEvent(id: string, what: string): Untimed | undefined {
  const [, recipient, relay, status, reply = ""] =
    /^to=<(.*?)>, (?:orig_to=<.*?>, )?relay=(.*?), .*?status=(sent|deferred|bounced)(?: \((.*?)\)?)?$/.exec(what) ?? [];
  if (recipient === undefined || relay === undefined || !isDeliveryStatus(status)) return undefined;
  const address = /\[(\S+)\](?::\d+)?$/.exec(relay)?.[1];
  const queuedAs = status === "sent" ? /\bqueued as (\w+)/.exec(reply)?.[1] : undefined;
  return {
    kind: "tried",
    id,
    recipient: recipient.toLowerCase(),
    status,
    reply,
    // A socket of this host stands there as its path.
    isOnward: address !== undefined && !address.startsWith("/") && !isThisHost(address),
    ...(queuedAs === undefined ? {} : { queuedAs }),
  };
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
