// One queue of one transport service: what waits in it, whether it is in retry and why, and how fast it moves.
// Plain state with the few rules that are its own; when anything moves is the transport's business. Facts: facts/exchange.md 3.1 to 3.3.
import type { Message } from "./message.ts";

export type DeliveryType =
  | "Undefined"
  | "SmtpDeliveryToMailbox"
  | "SmartHostConnectorDelivery"
  | "DnsConnectorDelivery"
  | "ShadowRedundancy"
  | "Unreachable";

export type QueueStatus = "Active" | "Ready" | "Retry" | "Suspended";

/** The safety copy of a message on another server, dropped once the primary has no more to do. */
export interface ShadowCopy {
  readonly message: Message;
  readonly primary: string;
  readonly sinceMs: number;
  /** Parts of the message that the primary still has to deliver. */
  open: number;
}

/** A message in a queue; `message.to` are the recipients that this part is for. */
export interface Item {
  readonly message: Message;
  /** When this server's organisation first took it; expiry counts from here. */
  readonly acceptedAtMs: number;
  readonly shadow: ShadowCopy | undefined;
}

export interface Retry {
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly nextMs: number;
  /** In Exchange's form: `[{LRT=…};{LED=…};{FQDN=…};{IP=…}]` */
  readonly lastError: string;
}

/** A delivery queue vanishes when it has been empty for this long (QueueMaxIdleTime). */
export const queueMaxIdleMs = 180_000;

export class Queue {
  /** What stands behind the server's name in its identity: `Submission`, `17`, `Shadow\3`. */
  readonly label: string;
  readonly deliveryType: DeliveryType;
  readonly nextHopDomain: string;
  readonly items: Item[] = [];
  retry: Retry | undefined;
  suspended = false;
  /** Raised to forget whatever run was due. */
  epoch = 0;
  /** A run is due. */
  isDue = false;
  emptySinceMs: number;
  readonly incoming = new Rate();
  readonly outgoing = new Rate();

  constructor(label: string, deliveryType: DeliveryType, nextHopDomain: string, nowMs: number) {
    this.label = label;
    this.deliveryType = deliveryType;
    this.nextHopDomain = nextHopDomain;
    this.emptySinceMs = nowMs;
  }

  put(item: Item, nowMs: number): void {
    this.items.push(item);
    this.incoming.count(nowMs);
  }

  /** Takes the first one out, for good. */
  take(nowMs: number): Item | undefined {
    const item = this.items.shift();
    if (this.items.length === 0) this.emptySinceMs = nowMs;
    this.outgoing.count(nowMs);
    return item;
  }

  status(): QueueStatus {
    if (this.suspended) return "Suspended";
    if (this.retry !== undefined) return "Retry";
    return this.items.length > 0 ? "Active" : "Ready";
  }

  hasVanished(nowMs: number): boolean {
    return this.items.length === 0 && nowMs - this.emptySinceMs >= queueMaxIdleMs;
  }
}

/** Messages a second, over the last whole minute. */
export class Rate {
  #minute = 0;
  #now = 0;
  #before = 0;

  count(nowMs: number): void {
    this.#turn(nowMs);
    this.#now++;
  }

  perSecond(nowMs: number): number {
    this.#turn(nowMs);
    return this.#before / 60;
  }

  #turn(nowMs: number): void {
    const minute = Math.floor(nowMs / 60_000);
    if (minute === this.#minute) return;
    this.#before = minute === this.#minute + 1 ? this.#now : 0;
    this.#now = 0;
    this.#minute = minute;
  }
}
