// How long transport waits, tries and keeps: defaults of Exchange 2019 (facts/exchange.md 3.6), each to be varied by a world.
import type { DeliveryType } from "./queue.ts";

export interface TransportTimes {
  /** How long a started service reads its queue database. */
  readonly bootloaderMs: number;
  messageExpirationMs: number;
  readonly mailboxRetryMs: number;
  readonly glitchRetry: { readonly count: number; readonly everyMs: number };
  readonly transientRetry: { readonly count: number; readonly everyMs: number };
  readonly connectionRetryMs: number;
}

/** The defaults of Exchange 2019 (facts/exchange.md 3.6). */
export const defaultTransportTimes: TransportTimes = {
  bootloaderMs: 45_000,
  messageExpirationMs: 2 * 24 * 3_600_000,
  mailboxRetryMs: 300_000,
  glitchRetry: { count: 4, everyMs: 60_000 },
  transientRetry: { count: 6, everyMs: 300_000 },
  connectionRetryMs: 600_000,
};

/** Messages a second that leave a queue, by where they go. */
export const perSecond: Readonly<Partial<Record<DeliveryType, number>>> = {
  Undefined: 50,
  SmtpDeliveryToMailbox: 20,
  SmartHostConnectorDelivery: 8,
  DnsConnectorDelivery: 8,
};
