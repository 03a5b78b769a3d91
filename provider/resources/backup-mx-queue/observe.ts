// Reads the buffer: its settings and queue, what it says at port 25, whether Exchange would take what it holds, and its log when it counts.

import type { ReadOptions } from "../../common/options.ts";
import { reasonOf } from "../../common/reason.ts";
import type { BufferReading, QueueEntry } from "../../mail/buffer-reading.ts";
import { untoldOf } from "../../mail/ledger.ts";
import type { LogReading } from "../../mail/log-reading.ts";
import type { SmtpReading } from "../../mail/probe.ts";
import { askMs, type HostReading } from "../known-host.ts";
import type { Site } from "../site.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "./shape.ts";
import { provesHolding, tokenRecipient } from "./token.ts";

export interface ActualBuffer extends BufferReading {
  readonly program: string;
  /** The site's, for times that people read. */
  readonly timeZone: string;
  /** Envelope sender of the test message: by it and its recipient it is known again in the queue. */
  readonly tokenSender: string;
  /** What the host itself answers at port 25; asked while it is about to hold mail. */
  readonly ownProbe: SmtpReading | undefined;
  /** Whether it would take the test message; asked while that is about to be sent. */
  readonly tokenProbe: SmtpReading | undefined;
  /** What the next hop answers; asked while mail is about to go there. */
  readonly nextHopProbe: HostReading | undefined;
  /** The same, while nothing is paused. */
  readonly nextHopAtRest: HostReading | undefined;
  /** The log since the pause began, or why it cannot be read. */
  readonly log: LogReading | { readonly unreadable: string } | undefined;
  /** What arrived in the queue since then, and the log that was read does not tell of, though it is whole. */
  readonly untold: readonly QueueEntry[];
}

/** @throws {MailError} */
export async function observe(
  site: Site,
  args: BackupMxQueueArgs,
  recorded: BufferRecorded | undefined,
  options: ReadOptions,
): Promise<ActualBuffer> {
  const buffer = site.buffer(args);
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const reading = await buffer.observe(signal);
  const willHold = args.state === "held" && !reading.holding;
  const willRelease = args.state === "released" && (reading.holding || reading.queue.some((entry) => entry.queue === "hold"));
  const settled = args.state === "released" && !reading.holding && reading.queue.length === 0;
  const [to, isAtRest] = [tokenRecipient(args), settled && options.maxAgeMs > 0];
  const tokenSender = site.sender ?? to;
  const holds = args.state === "held" && reading.holding;
  const willProve = holds && !provesHolding(args, { ...reading, tokenSender });
  const asking = Promise.all([
    willHold
      ? site.probeSmtp({ host: args.host, recipients: args.domains.flatMap((domain) => recipientsOf(args, domain)), ...signal })
      : undefined,
    willProve
      ? site.probeSmtp({ host: args.host, from: tokenSender, recipients: [{ address: to, expected: "accepted" }], ...signal })
      : undefined,
    willRelease || isAtRest ? probeNextHop(site, args, reading, recorded, options) : undefined,
  ]);
  // A host that is about to hold mail has something in its log after these questions, even where nobody ever wrote to it.
  if (willHold) await asking;
  const isRead = willHold || holds || settled || options.maxAgeMs > 0 || recorded?.start === undefined;
  // Before a pause only the log's end counts; a place of long ago may be gone from it, and nothing would be missing.
  const start = (willHold || settled) && recorded?.pausing !== true ? undefined : recorded?.start;
  const [[ownProbe, tokenProbe, nextHop], log] = await Promise.all([asking, isRead ? readLog(site, args, start, options) : undefined]);
  const [nextHopProbe, nextHopAtRest] = willRelease ? [nextHop, undefined] : [undefined, nextHop];
  // A log that has lost lines is said to have; it tells nothing of where Postfix writes.
  const isWhole = log !== undefined && "events" in log && log.gap === undefined;
  const untold = !isWhole || start === undefined ? [] : untoldOf(log.events, reading.queue, start.sureMs ?? start.atMs);
  return {
    ...reading,
    program: site.program,
    timeZone: site.timeZone,
    tokenSender,
    ownProbe,
    tokenProbe,
    nextHopProbe,
    nextHopAtRest,
    log,
    untold,
  };
}

/** Whom the host is asked for in a domain: one that it must take mail for, and one that nobody has. */
export function recipientsOf(args: BackupMxQueueArgs, domain: string) {
  return [
    { address: `${args.probe.accepted}@${domain}`, expected: "accepted" as const },
    { address: `${args.probe.refused}@${domain}`, expected: "refused" as const },
  ];
}

/** Only a next hop written out (`relay:[mail.contoso.com]:25`) can be asked; one in a table is the host's own affair. */
async function probeNextHop(
  site: Site,
  args: BackupMxQueueArgs,
  reading: BufferReading,
  recorded: BufferRecorded | undefined,
  options: ReadOptions,
): Promise<HostReading | undefined> {
  const [, host, port] = /\[([^\]]+)\](?::(\d+))?/.exec(reading.nextHop) ?? [];
  if (host === undefined) return undefined;
  const recipients = args.domains.map((domain) => ({ address: `${args.probe.accepted}@${domain}`, expected: "accepted" as const }));
  const timeoutMs = askMs(host, recorded?.nextHop === undefined ? [] : [recorded.nextHop]);
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  return {
    host,
    reading: await site.probeSmtp({ host, port: port === undefined ? 25 : Number(port), recipients, timeoutMs, ...signal }),
  };
}

async function readLog(
  site: Site,
  args: BackupMxQueueArgs,
  start: BufferRecorded["start"],
  options: ReadOptions,
): Promise<ActualBuffer["log"]> {
  try {
    return await site.buffer(args).ledgerSince(start, options.signal === undefined ? {} : { signal: options.signal });
  } catch (error) {
    // A log that may not be read keeps no mail from going home.
    if (error instanceof Error && ["invalidAnswer", "denied", "rejected"].includes(reasonOf(error) ?? ""))
      return { unreadable: error.message };
    throw error;
  }
}
