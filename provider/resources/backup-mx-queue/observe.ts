// Reads the buffer: its settings and queue, what it says at port 25, whether Exchange would take what it holds, and its log when it counts.

import type { ReadOptions } from "../../common/options.ts";
import { reasonOf } from "../../common/reason.ts";
import type { BufferReading } from "../../mail/buffer-reading.ts";
import type { LogReading } from "../../mail/log-reading.ts";
import type { SmtpReading } from "../../mail/probe.ts";
import type { Site } from "../site.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "./shape.ts";

export interface ActualBuffer extends BufferReading {
  readonly program: string;
  readonly tokenSender: string;
  /** What the host itself answers at port 25; asked while it is about to hold mail. */
  readonly ownProbe: SmtpReading | undefined;
  /** What the next hop answers; asked while mail is about to go there. */
  readonly nextHopProbe: { readonly host: string; readonly reading: SmtpReading } | undefined;
  /** The log since the pause began, or why it cannot be read. */
  readonly log: LogReading | { readonly gap: string } | undefined;
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
  const [ownProbe, nextHopProbe, log] = await Promise.all([
    willHold
      ? site.probeSmtp({ host: args.host, recipients: args.domains.flatMap((domain) => recipientsOf(args, domain)), ...signal })
      : undefined,
    willRelease ? probeNextHop(site, args, reading, options) : undefined,
    settled || options.maxAgeMs > 0 || recorded?.start === undefined ? readLog(site, args, recorded, options) : undefined,
  ]);
  return { ...reading, program: site.program, tokenSender: site.tokenSender, ownProbe, nextHopProbe, log };
}

function recipientsOf(args: BackupMxQueueArgs, domain: string) {
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
  options: ReadOptions,
): Promise<ActualBuffer["nextHopProbe"]> {
  const [, host, port] = /\[([^\]]+)\](?::(\d+))?/.exec(reading.nextHop) ?? [];
  if (host === undefined) return undefined;
  const recipients = args.domains.map((domain) => ({ address: `${args.probe.accepted}@${domain}`, expected: "accepted" as const }));
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  return { host, reading: await site.probeSmtp({ host, port: port === undefined ? 25 : Number(port), recipients, ...signal }) };
}

async function readLog(
  site: Site,
  args: BackupMxQueueArgs,
  recorded: BufferRecorded | undefined,
  options: ReadOptions,
): Promise<ActualBuffer["log"]> {
  try {
    return await site.buffer(args).ledgerSince(recorded?.start?.position, options.signal === undefined ? {} : { signal: options.signal });
  } catch (error) {
    if (error instanceof Error && reasonOf(error) === "invalidAnswer") return { gap: error.message };
    throw error;
  }
}
