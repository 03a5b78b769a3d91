// Reads the buffer host: Postfix's settings and queue, the disk, the claim. Commands that do not wait for each other go at the same time.
// Formats: postconf(1), postqueue(1) -j, df -P (POSIX). Seen with Postfix 3.7.11.
import { z } from "zod";
import { problemsOf } from "./buffer-problems.ts";
import { type Claim, readClaim } from "./claim.ts";
import { type BufferLayout, hostCommand, postfixCommand } from "./command.ts";
import type { HostCommands } from "./host-commands.ts";
import { parseTime, timeWords } from "./host-time.ts";
import { filterNames, filtersOf, holdSetting, isHolding, listOf, parseSettings, type Settings, secondsOf, setting } from "./settings.ts";
import type { SshRun } from "./ssh.ts";

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
  /** relay_domains in small letters; `lmdb:/etc/…` or `/etc/…` where it is a table or a list in a file. */
  readonly relayDomains: readonly string[];
  /** transport_maps, else relayhost. */
  readonly nextHop: string;
  /** What mail passes on the host before it goes to the next hop, each as `content_filter smtp-amavis:[127.0.0.1]:10024`. */
  readonly filters: readonly string[];
  /** Settings that would lose mail, each in a sentence. */
  readonly problems: readonly string[];
}

const settingNames = [
  holdSetting,
  "bounce_queue_lifetime",
  "delay_warning_time",
  "enable_long_queue_ids",
  "fast_flush_domains",
  "maillog_file",
  "maximal_queue_lifetime",
  "message_size_limit",
  "mydestination",
  "queue_directory",
  "relay_domains",
  "relay_recipient_maps",
  "relayhost",
  "smtpd_discard_ehlo_keywords",
  "smtpd_etrn_restrictions",
  "smtputf8_enable",
  "transport_maps",
  ...filterNames,
] as const;

/** The reading. @throws {MailError} also when a part failed or cannot be read */
export async function readBuffer(commands: HostCommands, layout: BufferLayout, options?: SshRun): Promise<BufferReading> {
  const what = "reading the buffer";
  const [{ nowMs }, settings, services, claim] = await Promise.all([
    commands.ask(what, "now", hostCommand({ sudo: false }, ...timeWords), parseTime, options),
    commands.ask(what, "settings", postfixCommand(layout, "postconf", "-x", ...settingNames), parseSettings, options),
    commands.ask(what, "services", postfixCommand(layout, "postconf", "-xP"), parseSettings, options),
    readClaim(commands, layout, what, options),
  ]);
  const [queue, freeBytes] = await Promise.all([
    commands.ask(what, "queue", postfixCommand(layout, "postqueue", "-j"), parseQueue, options),
    commands.ask(what, "disk", hostCommand(layout, "df", "-P", "-k", setting(settings, "queue_directory")), parseFree, options),
  ]);
  return { readAtMs: nowMs, ...fitness(settings, services, layout), ...(claim ? { claim } : {}), queue, freeBytes };
}

function fitness(settings: Settings, services: Settings, { logFile }: BufferLayout) {
  const lifetime = setting(settings, "maximal_queue_lifetime");
  return {
    holding: isHolding(setting(settings, holdSetting)),
    // One that is not known is among the problems, and counts as none: then held mail is requeued.
    lifetimeSeconds: lifetime.includes("$") ? 0 : secondsOf("maximal_queue_lifetime", lifetime),
    relayDomains: listOf(setting(settings, "relay_domains").toLowerCase()),
    nextHop: setting(settings, "transport_maps") || setting(settings, "relayhost"),
    filters: filtersOf(settings, services),
    problems: problemsOf(settings, services, logFile),
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
