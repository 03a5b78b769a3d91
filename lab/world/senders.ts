// Mail servers all over the world that send to the site all the time, each retrying as its kind does: MX by preference, equal ones
// in any order, the next host after no answer or a 4xx; a 5xx or giving up is a bounce. Without any MX a sender falls back to the
// address of the domain itself, a web server that is not ours: that mail is lost (RFC 5321 5.1; facts/mail-and-dns.md 0.1).
import type { Agenda } from "./events.ts";
import type { Holder, Ledger } from "./ledger.ts";
import type { MailHost, Message } from "./message.ts";
import type { MxHost, Resolvers } from "./resolvers.ts";
import { habitOf, type RetryHabit } from "./retry-habits.ts";

export interface SendersOptions {
  /** `300` unless told. */
  readonly count?: number;
  /** Messages an hour of each; `4` unless told. */
  readonly perHour?: number;
  /** Share of senders that try once only, from `0` (unless told) to `1`. */
  readonly neverRetryShare?: number;
  /** Share of messages with a second recipient in the same domain; `0.1` unless told. */
  readonly secondRecipientShare?: number;
  /** Share of messages to somebody who does not exist; `0` unless told. */
  readonly unknownShare?: number;
}

/** What a sender has of a message: the recipients without an outcome. */
interface Pending {
  readonly message: Message;
  readonly left: Set<string>;
  attempts: number;
}

interface Sender {
  readonly name: string;
  readonly habit: RetryHabit;
  readonly resolver: number;
  readonly queue: Set<Pending>;
}

/** Everything the senders touch. */
export interface Surroundings {
  readonly agenda: Agenda;
  readonly ledger: Ledger;
  readonly resolvers: Resolvers;
  /** The host behind a name of an MX record. */
  hostOf(name: string): MailHost | undefined;
  readonly recipients: readonly string[];
  random(): number;
}

export class Senders implements Holder {
  readonly #around: Surroundings;
  readonly #senders: readonly Sender[];
  readonly #options: Required<SendersOptions>;
  #running = true;
  #nextId = 1;

  constructor(around: Surroundings, options: SendersOptions = {}) {
    this.#around = around;
    this.#options = { count: 300, perHour: 4, neverRetryShare: 0, secondRecipientShare: 0.1, unknownShare: 0, ...options };
    this.#senders = Array.from({ length: this.#options.count }, (_, index) => ({
      name: `sender${index + 1}.example`,
      habit: habitOf(around.random(), this.#options.neverRetryShare),
      resolver: index % around.resolvers.count,
      queue: new Set(),
    }));
    for (const sender of this.#senders) this.#writeLater(sender);
    around.ledger.watch(this);
  }

  /** Writes nothing new from now on; what waits is still tried. */
  stop(): void {
    this.#running = false;
  }

  /** Messages that wait for another attempt. */
  waiting(): number {
    return this.#senders.reduce((sum, sender) => sum + sender.queue.size, 0);
  }

  *inventory(): Iterable<string> {
    for (const sender of this.#senders) for (const pending of sender.queue) yield pending.message.id;
  }

  #writeLater(sender: Sender): void {
    const { agenda, random } = this.#around;
    const waitMs = (-Math.log(1 - random()) * 3_600_000) / this.#options.perHour;
    agenda.at(agenda.now() + waitMs, () => {
      if (!this.#running) return;
      this.#write(sender);
      this.#writeLater(sender);
    });
  }

  #write(sender: Sender): void {
    const { agenda, ledger, random } = this.#around;
    const to = this.#recipients();
    const id = `${this.#nextId++}@${sender.name}`;
    const message = { id, from: `user@${sender.name}`, to, sizeBytes: 4_000 + Math.floor(random() * 400_000), sentAtMs: agenda.now() };
    ledger.sent(message);
    const pending: Pending = { message, left: new Set(to), attempts: 0 };
    sender.queue.add(pending);
    this.#attempt(sender, pending);
  }

  #recipients(): readonly string[] {
    const { random, recipients } = this.#around;
    const first = recipients[Math.floor(random() * recipients.length)] ?? "";
    const domain = first.slice(first.lastIndexOf("@"));
    if (random() < this.#options.unknownShare) return [`nobody-here${domain}`];
    if (random() >= this.#options.secondRecipientShare) return [first];
    const second = recipients[Math.floor(random() * recipients.length)] ?? "";
    return second !== first && second.endsWith(domain) ? [first, second] : [first];
  }

  #attempt(sender: Sender, pending: Pending): void {
    const [first = ""] = pending.left;
    const exchanges = this.#around.resolvers.mx(first.slice(first.lastIndexOf("@") + 1), sender.resolver);
    if (exchanges.length === 0) {
      for (const recipient of pending.left) {
        this.#around.ledger.vanished(
          pending.message.id,
          recipient,
          "no MX: fell back to the address of the domain",
          this.#around.agenda.now(),
        );
      }
      pending.left.clear();
    }
    for (const { exchange } of this.#inOrder(exchanges)) {
      if (pending.left.size === 0) break;
      const host = this.#around.hostOf(exchange.replace(/\.$/, "").toLowerCase());
      if (host !== undefined) this.#speak(host, pending);
    }
    if (pending.left.size === 0) sender.queue.delete(pending);
    else this.#tryAgain(sender, pending);
  }

  #tryAgain(sender: Sender, pending: Pending): void {
    const { agenda } = this.#around;
    const ageMs = agenda.now() - pending.message.sentAtMs;
    pending.attempts++;
    if (ageMs >= sender.habit.givesUpMs) {
      for (const recipient of pending.left)
        this.#bounce(pending, recipient, `${sender.habit.name} gave up after ${Math.round(ageMs / 60_000)} minutes`);
      sender.queue.delete(pending);
      return;
    }
    const jitter = 0.95 + this.#around.random() * 0.1;
    agenda.at(agenda.now() + sender.habit.wait(ageMs, pending.attempts) * jitter, () => this.#attempt(sender, pending));
  }

  /** One SMTP transaction: recipients accepted and acknowledged, or refused for good, are settled. */
  #speak(host: MailHost, pending: Pending): void {
    const greeting = host.open();
    if (greeting?.code !== 220) return;
    const caller = { helo: senderOf(pending.message), from: pending.message.from };
    const granted = host.sender(caller);
    if (isPermanent(granted.code))
      for (const recipient of pending.left) this.#bounce(pending, recipient, `${granted.code} ${granted.text}`);
    if (!isSuccess(granted.code)) return;
    const accepted: string[] = [];
    for (const recipient of pending.left) {
      const reply = host.recipient(recipient, caller);
      if (isSuccess(reply.code)) accepted.push(recipient);
      else if (isPermanent(reply.code)) this.#bounce(pending, recipient, `${reply.code} ${reply.text}`);
    }
    if (accepted.length === 0) return;
    const reply = host.accept({ ...pending.message, to: accepted });
    for (const recipient of accepted) {
      if (isSuccess(reply.code)) pending.left.delete(recipient);
      else if (isPermanent(reply.code)) this.#bounce(pending, recipient, `${reply.code} ${reply.text}`);
    }
    if (isSuccess(reply.code)) this.#around.ledger.accepted(pending.message, host.name, this.#around.agenda.now());
  }

  #bounce(pending: Pending, recipient: string, reason: string): void {
    pending.left.delete(recipient);
    this.#around.ledger.bounced(pending.message.id, recipient, reason, this.#around.agenda.now());
  }

  #inOrder(exchanges: readonly MxHost[]): readonly MxHost[] {
    if (exchanges.length < 2) return exchanges;
    return exchanges
      .map((host) => ({ host, order: this.#around.random() }))
      .sort((one, other) => one.host.preference - other.host.preference || one.order - other.order)
      .map(({ host }) => host);
  }
}

/** The host that sends it. */
function senderOf({ from }: Message): string {
  return from.slice(from.lastIndexOf("@") + 1);
}

function isSuccess(code: number): boolean {
  return code >= 200 && code < 300;
}

function isPermanent(code: number): boolean {
  return code >= 500;
}
