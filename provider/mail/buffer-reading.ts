// What one reading of the buffer host says: Postfix's settings and queue, the disk, the claim. One fixed script, one round trip,
// run by buffer.ts. Pure.
// Formats: postconf(1), postqueue(1) -j, df -P (POSIX). Seen with Postfix 3.7.11.
import { z } from "zod";
import { problemsOf } from "./buffer-problems.ts";
import { type Claim, claimOf, claimParts } from "./claim.ts";
import { type BufferLayout, framed, hostCommand, parseNow, postfixCommand, succeeded, unframed } from "./script.ts";
import { holdSetting, isHolding, listOf, parseSettings, secondsOf, setting } from "./settings.ts";

export type QueueName = "hold" | "deferred" | "active" | "incoming" | "maildrop";

export interface QueueEntry {
  readonly id: string;
  readonly queue: QueueName;
  /** When the buffer took it, milliseconds since 1970, in whole seconds. Kept by a requeue. */
  readonly arrivedAtMs: number;
  readonly sizeBytes: number;
  /** Envelope sender; empty for a bounce. */
  readonly sender: string;
  /** Those that are still to be delivered. */
  readonly recipients: readonly string[];
  /** The next hop's last word, where delivery was tried and put off. */
  readonly reason?: string;
}

export interface BufferReading {
  /** The host's own time of this reading, milliseconds since 1970. The queue was read after it. */
  readonly readAtMs: number;
  /** Whether all mail that arrives is put on hold. */
  readonly holding: boolean;
  readonly claim?: Claim;
  readonly queue: readonly QueueEntry[];
  /** maximal_queue_lifetime in seconds. */
  readonly lifetimeSeconds: number;
  /** Free bytes on the disk of the queue. */
  readonly freeBytes: number;
  /** relay_domains as written; `lmdb:/etc/…` where it is a table. */
  readonly relayDomains: readonly string[];
  /** transport_maps, else relayhost, as written. */
  readonly nextHop: string;
  /** Settings that would lose mail, each in a sentence. */
  readonly problems: readonly string[];
}

const settingNames = [
  holdSetting,
  "bounce_queue_lifetime",
  "delay_warning_time",
  "enable_long_queue_ids",
  "fast_flush_domains",
  "maximal_queue_lifetime",
  "message_size_limit",
  "mydestination",
  "relay_domains",
  "relay_recipient_maps",
  "relayhost",
  "smtpd_discard_ehlo_keywords",
  "smtpd_etrn_restrictions",
  "smtputf8_enable",
  "transport_maps",
] as const;

/** The script that `parseReading` reads. */
export function readingScript(layout: BufferLayout): string {
  const queueDirectory = `"$(${postfixCommand(layout, "postconf", "-h", "queue_directory")})"`;
  return framed([
    ["now", "date '+%s %z'"],
    ["settings", postfixCommand(layout, "postconf", ...settingNames)],
    ["queue", postfixCommand(layout, "postqueue", "-j")],
    ["disk", hostCommand(layout, "df", "-P", "-k", queueDirectory)],
    ...claimParts(layout),
  ]);
}

/** The reading out of the script's output. @throws {Error} in words, when a part failed or cannot be read */
export function parseReading(output: string): BufferReading {
  const parts = unframed(output);
  const settings = parseSettings(succeeded(parts, "settings"));
  const claim = claimOf(parts);
  return {
    readAtMs: parseNow(succeeded(parts, "now")).nowMs,
    holding: isHolding(setting(settings, holdSetting)),
    ...(claim ? { claim } : {}),
    queue: parseQueue(succeeded(parts, "queue")),
    lifetimeSeconds: secondsOf(setting(settings, "maximal_queue_lifetime")),
    freeBytes: parseFree(succeeded(parts, "disk")),
    relayDomains: listOf(setting(settings, "relay_domains")),
    nextHop: setting(settings, "transport_maps") || setting(settings, "relayhost"),
    problems: problemsOf(settings),
  };
}

const queueLine = z.object({
  queue_name: z.enum(["hold", "deferred", "active", "incoming", "maildrop"]),
  queue_id: z.string(),
  arrival_time: z.number(),
  message_size: z.number(),
  sender: z.string(),
  recipients: z.array(z.object({ address: z.string(), delay_reason: z.string().optional() })),
});

function parseQueue(text: string): readonly QueueEntry[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const entry = parseEntry(line);
      const reason = entry.recipients.find(({ delay_reason }) => delay_reason !== undefined)?.delay_reason;
      return {
        id: entry.queue_id,
        queue: entry.queue_name,
        arrivedAtMs: entry.arrival_time * 1_000,
        sizeBytes: entry.message_size,
        // postqueue shows the null sender as a name without a domain.
        sender: entry.sender === "MAILER-DAEMON" ? "" : entry.sender,
        recipients: entry.recipients.map(({ address }) => address),
        ...(reason === undefined ? {} : { reason }),
      };
    });
}

function parseEntry(line: string): z.infer<typeof queueLine> {
  try {
    return queueLine.parse(JSON.parse(line));
  } catch {
    // Its own words would quote addresses.
    throw new Error(`postqueue answered a line of ${line.length} characters that is none of its own`);
  }
}

function parseFree(text: string): number {
  const fields = text.trim().split("\n").at(-1)?.trim().split(/\s+/) ?? [];
  const free = Number(fields.at(-3));
  if (fields.length < 6 || !Number.isInteger(free)) throw new Error(`df answered "${text.slice(0, 120)}"`);
  return free * 1_024;
}
