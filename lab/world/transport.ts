// The transport service of one server: takes mail, sorts it into delivery queues, drains those, retries, expires.
// A paused one takes nothing and goes on draining; a started one first reads its queue database. Shadow copies are in shadow.ts.
// Rules: facts/exchange.md 3 and 12.2 to 12.4.
import type { Agenda } from "./events.ts";
import type { Ledger } from "./ledger.ts";
import type { Message } from "./message.ts";
import { type Item, Queue } from "./queue.ts";
import type { Hop, Routing } from "./routing.ts";
import type { ShadowStore } from "./shadow.ts";
import { exchangeTime } from "./text.ts";
import { defaultTransportTimes, perSecond, type TransportTimes } from "./transport-times.ts";

/** How the service stands with Windows and with its component state; the server answers. */
export interface TransportHost {
  readonly name: string;
  readonly fqdn: string;
  transportStatus(): "Running" | "Paused" | "Stopped";
  /** HubTransport as it counts now. */
  hubTransport(): "Active" | "Inactive" | "Draining";
  isOffline(): boolean;
}

const [submissionDelayMs, firstAttemptMs] = [200, 300];
const redirectTakesMs = 5_000;

export class Transport {
  readonly host: TransportHost;
  readonly times: TransportTimes;
  readonly submission: Queue;
  readonly poison: Queue;
  readonly unreachable: Queue;
  readonly #delivery = new Map<string, Queue>();
  readonly #agenda: Agenda;
  readonly #ledger: Ledger;
  readonly #routing: Routing;
  readonly #shadows: ShadowStore;
  #nextNumber = 1;
  #loadedAtMs: number;
  /** HubTransport as it was when the service started: a change counts from the next start. */
  #hubAtStart: "Active" | "Inactive" | "Draining" = "Active";
  #redirecting = false;

  constructor(host: TransportHost, agenda: Agenda, ledger: Ledger, routing: Routing, shadows: ShadowStore, times = defaultTransportTimes) {
    this.host = host;
    this.times = { ...times };
    this.#agenda = agenda;
    this.#ledger = ledger;
    this.#routing = routing;
    this.#shadows = shadows;
    const now = agenda.now();
    this.#loadedAtMs = now;
    this.submission = new Queue("Submission", "Undefined", "Submission", now);
    this.poison = new Queue("Poison", "Undefined", "Poison Message", now);
    this.unreachable = new Queue("Unreachable", "Unreachable", "Unreachable Domain", now);
  }

  /** Would take a message now. */
  takesMail(): boolean {
    return this.host.transportStatus() === "Running" && this.#hubAtStart === "Active" && !this.host.isOffline() && !this.#redirecting;
  }

  /** Runs, and takes nothing new since its start. */
  isDraining(): boolean {
    return this.host.transportStatus() === "Running" && this.#hubAtStart !== "Active";
  }

  isLoading(): boolean {
    return this.#agenda.now() < this.#loadedAtMs;
  }

  /** Takes a message, with a safety copy on another server, or answers false. */
  accept(message: Message): boolean {
    if (!this.takesMail()) return false;
    this.#ledger.accepted(message, this.host.name, this.#agenda.now());
    this.#submit({ message, acceptedAtMs: this.#agenda.now(), shadow: this.#shadows.keep(message, this.host.name) });
    return true;
  }

  /** Takes what another server redirected, or a safety copy whose primary is gone. */
  resubmit(item: Item): void {
    this.#submit(item);
  }

  /** Windows changed the service from running or paused to stopped, or the other way. */
  started(): void {
    this.#hubAtStart = this.host.hubTransport();
    this.#loadedAtMs = this.#agenda.now() + this.times.bootloaderMs;
    this.#agenda.at(this.#loadedAtMs, () => this.#loaded());
  }

  stopped(): void {
    for (const queue of this.#moving()) {
      queue.epoch++;
      queue.isDue = false;
    }
  }

  /** Queues with their items, without the poison queue while it is empty. Empty delivery queues vanish in time. */
  queues(): readonly Queue[] {
    const now = this.#agenda.now();
    for (const [key, queue] of this.#delivery) if (queue.hasVanished(now)) this.#delivery.delete(key);
    const hidden = [this.poison, this.unreachable].filter((queue) => queue.items.length > 0);
    return [this.submission, ...hidden, ...this.#delivery.values()];
  }

  /** Tries the queue again at once if it is in retry, or sorts its messages anew. */
  retryNow(queue: Queue, resubmit: boolean): void {
    if (resubmit) {
      for (const item of queue.items.splice(0)) this.#submit(item);
      queue.emptySinceMs = this.#agenda.now();
      queue.retry = undefined;
    } else if (queue.retry !== undefined) this.#runIn(queue, 0);
  }

  /** Nothing leaves the queue from now on, though it still takes what is put there; or it moves again. */
  suspend(queue: Queue, suspended: boolean): void {
    queue.suspended = suspended;
    if (!suspended && queue.items.length > 0) this.#runIn(queue, 0);
  }

  /** Hands the active messages of delivery queues to `targets` in turn, some seconds from now. Takes no mail meanwhile. */
  redirect(targets: readonly Transport[]): void {
    this.#redirecting = true;
    this.#agenda.at(this.#agenda.now() + redirectTakesMs, () => {
      this.#redirecting = false;
      if (!this.#drains() || targets.some((target) => !target.#drains())) return;
      let turn = 0;
      for (const queue of this.#delivery.values()) {
        for (const item of queue.items.splice(0)) targets[turn++ % targets.length]?.resubmit(item);
        queue.retry = undefined;
        queue.emptySinceMs = this.#agenda.now();
      }
    });
  }

  *inventory(): Iterable<string> {
    for (const queue of [...this.#moving(), this.poison, this.unreachable]) for (const item of queue.items) yield item.message.id;
  }

  #submit(item: Item): void {
    this.submission.put(item, this.#agenda.now());
    if (!this.submission.isDue) this.#runIn(this.submission, submissionDelayMs);
  }

  #loaded(): void {
    if (this.isLoading() || !this.#drains()) return;
    for (const queue of this.#moving()) {
      this.#expire(queue);
      queue.retry = undefined;
      if (queue.items.length > 0) this.#runIn(queue, firstAttemptMs);
    }
  }

  #drains(): boolean {
    return this.host.transportStatus() !== "Stopped" && !this.isLoading();
  }

  #runIn(queue: Queue, delayMs: number): void {
    const epoch = ++queue.epoch;
    queue.isDue = true;
    this.#agenda.at(this.#agenda.now() + delayMs, () => {
      if (queue.epoch === epoch) this.#run(queue);
    });
  }

  #run(queue: Queue): void {
    queue.isDue = false;
    if (!this.#drains() || queue.suspended) return;
    if (queue.retry !== undefined) this.#expire(queue);
    const item = queue.items[0];
    if (item === undefined) {
      queue.retry = undefined;
      return;
    }
    const goesOn = queue === this.submission ? this.#sort(queue, item) : this.#attempt(queue, item);
    if (goesOn && queue.items.length > 0) this.#runIn(queue, 1000 / (perSecond[queue.deliveryType] ?? 1));
  }

  /** Splits a message by next hop. */
  #sort(queue: Queue, item: Item): true {
    const now = this.#agenda.now();
    const parts = new Map<Queue, string[]>();
    for (const recipient of this.#routing.resolved(item.message, now)) {
      const hop = this.#queueFor(this.#routing.hopOf(recipient));
      const part = parts.get(hop);
      if (part === undefined) parts.set(hop, [recipient]);
      else part.push(recipient);
    }
    if (item.shadow !== undefined) item.shadow.open += parts.size - 1;
    queue.take(now);
    for (const [hop, to] of parts) {
      hop.put(to.length === item.message.to.length ? item : { ...item, message: { ...item.message, to } }, now);
      if (!hop.isDue && hop !== this.unreachable) this.#runIn(hop, firstAttemptMs);
    }
    return true;
  }

  #attempt(queue: Queue, item: Item): boolean {
    const now = this.#agenda.now();
    const answer = this.#routing.offer(queue, item.message, now);
    if (answer === "taken") {
      queue.take(now);
      queue.retry = undefined;
      if (item.shadow !== undefined) item.shadow.open--;
      return true;
    }
    const count = (queue.retry?.count ?? 0) + 1;
    const waitMs = this.#waitBefore(queue, count);
    const lastError = `[{LRT=${exchangeTime(now)}};{LED=${answer.error}};{FQDN=${answer.fqdn}};{IP=${answer.address}}]`;
    queue.retry = { count, firstMs: queue.retry?.firstMs ?? now, lastMs: now, nextMs: now + waitMs, lastError };
    this.#runIn(queue, waitMs);
    return false;
  }

  #waitBefore(queue: Queue, count: number): number {
    const { mailboxRetryMs, glitchRetry, transientRetry, connectionRetryMs } = this.times;
    if (queue.deliveryType === "SmtpDeliveryToMailbox") return mailboxRetryMs;
    if (count <= glitchRetry.count) return glitchRetry.everyMs;
    return count <= glitchRetry.count + transientRetry.count ? transientRetry.everyMs : connectionRetryMs;
  }

  /** Older than the expiration timeout: its sender gets a non-delivery report. */
  #expire(queue: Queue): void {
    const now = this.#agenda.now();
    for (let index = queue.items.length - 1; index >= 0; index--) {
      const item = queue.items[index];
      if (item === undefined || now - item.acceptedAtMs <= this.times.messageExpirationMs) continue;
      queue.items.splice(index, 1);
      if (item.shadow !== undefined) item.shadow.open--;
      for (const recipient of item.message.to)
        this.#ledger.bounced(item.message.id, recipient, "550 4.4.7 QUEUE.Expired; message expired", now);
    }
    if (queue.items.length === 0) queue.emptySinceMs = now;
  }

  #queueFor(hop: Hop): Queue {
    if (hop.deliveryType === "Unreachable") return this.unreachable;
    const key = `${hop.deliveryType} ${hop.nextHopDomain}`;
    const found = this.#delivery.get(key);
    if (found !== undefined && !found.hasVanished(this.#agenda.now())) return found;
    const made = new Queue(String(this.#nextNumber++), hop.deliveryType, hop.nextHopDomain, this.#agenda.now());
    this.#delivery.set(key, made);
    return made;
  }

  #moving(): readonly Queue[] {
    return [this.submission, ...this.#delivery.values()];
  }
}
