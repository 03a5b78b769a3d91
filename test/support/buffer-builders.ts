// Readings and recorded states of the buffer host as tests want them: at rest, empty, fit to hold mail, unless told otherwise.
import type { ZoneSums } from "../../provider/mail/account.ts";
import type { QueueEntry } from "../../provider/mail/buffer-reading.ts";
import type { LogEvent } from "../../provider/mail/log-events.ts";
import type { ActualBuffer } from "../../provider/resources/backup-mx-queue/observe.ts";
import type { BackupMxQueueArgs } from "../../provider/resources/backup-mx-queue/shape.ts";
import type { PauseLedger } from "../../provider/resources/pause-shape.ts";
import { program, takesMail } from "./builders.ts";
import { eveningMs } from "./hand-clock.ts";

export const bufferHost = "buffer.contoso-mail.net";
/** Where the settings name no sender, the test message comes from the mailbox that it goes to. */
export const tokenSender = "postmaster@contoso.com";
export const lifetimeSeconds = 30 * 86_400;
export const claimed = { program, sinceMs: eveningMs - 3_600_000 };

export function bufferArgs(state: BackupMxQueueArgs["state"], overrides: Partial<BackupMxQueueArgs> = {}): BackupMxQueueArgs {
  return {
    host: bufferHost,
    port: 22,
    user: "mailops",
    hostKey: `SHA256:${"A".repeat(43)}`,
    sudo: true,
    configDirectory: "/etc/postfix",
    logFile: "/var/log/mail.log",
    domains: ["contoso.com", "contoso.de"],
    state,
    probe: { accepted: "postmaster", refused: "nobody-here-4711" },
    batchSize: 2,
    maxWaitSeconds: 900,
    stuckAfterSeconds: 900,
    ...overrides,
  };
}

/** A reading apart from what is in order; `claim: undefined` is a buffer that nobody has claimed. */
export type Seen = Partial<Omit<ActualBuffer, "claim">> & { readonly claim?: ActualBuffer["claim"] | undefined };

/** Claimed by this program already, so that rows show the steps after it. */
export function actualBuffer(overrides: Seen = {}): ActualBuffer {
  const { claim, ...rest } = { claim: claimed, ...overrides };
  return {
    readAtMs: eveningMs,
    holding: false,
    queue: [],
    lifetimeSeconds,
    freeBytes: 40_000_000_000,
    relayDomains: ["contoso.com", "contoso.de", "contoso.org"],
    nextHop: "relay:[mail.contoso.com]:25",
    filters: [],
    problems: [],
    program,
    timeZone: "Europe/Berlin",
    tokenSender,
    ownProbe: takesMail(),
    tokenProbe: undefined,
    nextHopProbe: undefined,
    nextHopAtRest: undefined,
    log: undefined,
    untold: [],
    ...rest,
    ...(claim === undefined ? {} : { claim }),
  };
}

/** A held message that came `ageSeconds` before the evening. */
export function held(id: string, ageSeconds = 60, overrides: Partial<QueueEntry> = {}): QueueEntry {
  return {
    id,
    queue: "hold",
    arrivedAtMs: eveningMs - ageSeconds * 1000,
    sizeBytes: 2_000,
    sender: "someone@partner.example",
    recipients: ["anna@contoso.com"],
    ...overrides,
  };
}

/** The test message of a pause, held. */
export function token(ageSeconds = 120, overrides: Partial<QueueEntry> = {}): QueueEntry {
  return held("TOKEN", ageSeconds, { sender: tokenSender, recipients: ["postmaster@contoso.com"], ...overrides });
}

export function logUpTo(offsetBytes: number, events: readonly LogEvent[] = [], readAtMs = eveningMs) {
  return { events, position: { offsetBytes, before: "4711" }, readAtMs, endedAtMs: readAtMs };
}

/** The log of a message that came and was held. */
export function arrivals(id: string, atMs = eveningMs - 60_000): readonly LogEvent[] {
  return [
    { atMs, kind: "arrived", id, from: "another host" },
    { atMs, kind: "held", id },
  ];
}

/** A ledger of nothing. */
export function ledger(overrides: Partial<PauseLedger> = {}): PauseLedger {
  return {
    fromMs: eveningMs - 36_000_000,
    toMs: eveningMs,
    accepted: 0,
    recipients: 0,
    delivered: 0,
    stillHere: 0,
    bounced: 0,
    discarded: 0,
    refused: 0,
    duplicated: 0,
    lost: 0,
    ...overrides,
  };
}

/** What a zone has of a ledger: nothing but what is said. */
export function zoneSums(zone: string, overrides: Partial<Omit<ZoneSums, "zone">> = {}): ZoneSums {
  return { zone, accepted: 0, delivered: 0, stillHere: 0, bounced: 0, discarded: 0, lost: 0, ...overrides };
}
