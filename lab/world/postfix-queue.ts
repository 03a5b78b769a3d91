// The queue of the lab's Postfix: hold, deferred with its retry times, active at a pace, maildrop; expiry and bounces.
// Behaves as Postfix 3.7.11 was measured to: held mail never expires; what is past its lifetime gets one attempt after its
// release and is bounced when that fails; a requeue starts the lifetime anew, keeps the arrival time and changes the id.
import type { Agenda } from "./events.ts";
import type { MailHost, Message } from "./message.ts";
import { deliver } from "./postfix-delivery.ts";
import { filter } from "./postfix-filter.ts";
import type { MailLog } from "./postfix-log.ts";
import { longQueueId, shortQueueId } from "./postfix-queue-id.ts";
import type { Bounce, Queued } from "./postfix-queued.ts";
import type { PostfixSettings } from "./postfix-settings.ts";

export interface QueueAround {
  readonly agenda: Agenda;
  readonly settings: PostfixSettings;
  readonly log: MailLog;
  readonly random: () => number;
  readonly name: string;
  readonly nextHop: MailHost;
  /** The host that this queue belongs to: as next hop it is a loop. */
  readonly self: MailHost;
  readonly messagesPerSecond: number;
  readonly onBounce: (bounce: Bounce) => void;
  /** What the content filter drops, where there is one. */
  readonly discards: (message: Message) => boolean;
  /** False while Postfix is stopped: nothing moves then. */
  readonly isRunning: () => boolean;
}

const blockBytes = 4_096;
const pickupMs = 60_000;
/** Bytes of the Received header that each requeue adds. */
const receivedBytes = 118;

export class PostfixQueue {
  readonly #around: QueueAround;
  readonly #queued = new Map<string, Queued>();
  readonly bounces: Bounce[] = [];
  #inode = 40_000;
  #bytesOnDisk = 0;
  #delivering = false;

  constructor(around: QueueAround) {
    this.#around = around;
    around.agenda.every(pickupMs, () => this.pickUp());
    this.#scanLater();
  }

  /** All messages, newest first, as postqueue lists them. */
  entries(): readonly Queued[] {
    return [...this.#queued.values()].toSorted((one, other) => other.arrivedAtMs - one.arrivedAtMs);
  }

  entry(id: string): Queued | undefined {
    return this.#queued.get(id);
  }

  /** A file a message, in whole blocks. */
  get bytesOnDisk(): number {
    return this.#bytesOnDisk;
  }

  /** An id that nothing in the queue has. */
  newId(): string {
    const { agenda, settings, random } = this.#around;
    const microseconds = (agenda.now() % 1_000) * 1_000 + Math.floor(random() * 1_000);
    const inode = this.#inode++;
    return settings.value("enable_long_queue_ids") === "yes"
      ? longQueueId(agenda.now(), microseconds, inode)
      : shortQueueId(microseconds, inode % 4_096);
  }

  /** Takes a message in, on hold or on its way. */
  add(id: string, message: Message, queue: "hold" | "incoming"): void {
    const now = this.#around.agenda.now();
    this.#put({
      id,
      message,
      arrivedAtMs: now,
      queuedAtMs: now,
      sizeBytes: message.sizeBytes,
      queue,
      waiting: waitingFor(message.to),
      nextTryAtMs: now,
    });
  }

  /** Lets a held message go to the deferred queue, due at the next scan. */
  release(entry: Queued): void {
    entry.queue = "deferred";
    entry.nextTryAtMs = this.#around.agenda.now();
  }

  requeue(entry: Queued): void {
    entry.queue = "maildrop";
  }

  remove(entry: Queued): void {
    if (this.#queued.delete(entry.id)) this.#bytesOnDisk -= onDisk(entry);
  }

  /** Goes on after Postfix was started again. */
  resume(): void {
    this.#deliverLater();
  }

  /** Tries all deferred mail now. */
  flush(): void {
    this.#activate(() => true);
  }

  /** Brings what lies in maildrop back under new ids. */
  pickUp(): void {
    const { agenda, log } = this.#around;
    if (!this.#around.isRunning()) return;
    for (const entry of [...this.#queued.values()].filter(({ queue }) => queue === "maildrop")) {
      const id = this.newId();
      this.remove(entry);
      log.write("pickup", `${id}: uid=103 from=<${entry.message.from}> orig_id=${entry.id}`);
      log.write("cleanup", `${id}: message-id=<${entry.message.id}>`);
      const waiting = waitingFor([...entry.waiting.keys()]);
      this.#put({ ...entry, id, queuedAtMs: agenda.now(), sizeBytes: entry.sizeBytes + receivedBytes, queue: "incoming", waiting });
    }
  }

  #put(entry: Queued): void {
    this.#queued.set(entry.id, entry);
    this.#bytesOnDisk += onDisk(entry);
    if (entry.queue === "incoming") this.#start(entry);
  }

  #scanLater(): void {
    const { agenda, settings } = this.#around;
    agenda.at(agenda.now() + settings.durationMs("queue_run_delay"), () => {
      this.#activate((entry) => entry.nextTryAtMs <= agenda.now());
      this.#scanLater();
    });
  }

  #activate(isDue: (entry: Queued) => boolean): void {
    if (!this.#around.isRunning()) return;
    for (const entry of this.#queued.values()) if (entry.queue === "deferred" && isDue(entry)) this.#start(entry);
  }

  #start(entry: Queued): void {
    entry.queue = "active";
    this.#around.log.write(
      "qmgr",
      `${entry.id}: from=<${entry.message.from}>, size=${entry.sizeBytes}, nrcpt=${entry.waiting.size} (queue active)`,
    );
    this.#deliverLater();
  }

  #deliverLater(): void {
    const { agenda, messagesPerSecond, isRunning } = this.#around;
    if (this.#delivering) return;
    this.#delivering = true;
    agenda.at(agenda.now() + 1_000 / messagesPerSecond, () => {
      this.#delivering = false;
      const next = this.#nextActive();
      if (next === undefined || !isRunning()) return;
      if (this.#around.settings.value("content_filter") !== "" && !next.isFiltered) this.#filter(next);
      else this.#deliver(next);
      this.#deliverLater();
    });
  }

  #nextActive(): Queued | undefined {
    for (const entry of this.#queued.values()) if (entry.queue === "active") return entry;
    return undefined;
  }

  /** What the content filter gives back is another message of the same content, and is not filtered again. */
  #filter(entry: Queued): void {
    const { log, discards, settings } = this.#around;
    const id = this.newId();
    const isBack = filter(entry, id, log, settings.value("content_filter"), discards);
    this.remove(entry);
    if (isBack) this.#put({ ...entry, id, queue: "incoming", isFiltered: true, waiting: waitingFor([...entry.waiting.keys()]) });
  }

  #deliver(entry: Queued): void {
    const { agenda, log, settings } = this.#around;
    const now = agenda.now();
    const bounced: string[] = [];
    for (const { recipient, status, reply, dsn, relay } of deliver(entry, this.#around)) {
      const delay = ((now - entry.arrivedAtMs) / 1_000).toFixed(2);
      log.write(
        "relay/smtp",
        `${entry.id}: to=<${recipient}>, relay=${relay}, delay=${delay}, delays=${delay}/0/0/0, dsn=${dsn}, status=${status} (${reply})`,
      );
      if (status === "deferred") entry.waiting.set(recipient, reply);
      else entry.waiting.delete(recipient);
      if (status === "bounced") bounced.push(recipient);
      if (status === "bounced") this.#recordBounce(entry, recipient, reply);
    }
    const lifetimeMs = settings.durationMs(entry.message.from === "" ? "bounce_queue_lifetime" : "maximal_queue_lifetime");
    const ageMs = now - entry.queuedAtMs;
    if (entry.waiting.size > 0 && ageMs >= lifetimeMs) {
      log.write("qmgr", `${entry.id}: from=<${entry.message.from}>, status=expired, returned to sender`);
      for (const [recipient, reason] of entry.waiting) {
        bounced.push(recipient);
        this.#recordBounce(entry, recipient, `expired: ${reason ?? ""}`);
      }
      entry.waiting.clear();
    }
    if (bounced.length > 0 && entry.message.from !== "") this.#notify(entry);
    if (entry.waiting.size === 0) {
      log.write("qmgr", `${entry.id}: removed`);
      this.remove(entry);
      return;
    }
    entry.queue = "deferred";
    entry.nextTryAtMs =
      now + Math.min(Math.max(ageMs, settings.durationMs("minimal_backoff_time")), settings.durationMs("maximal_backoff_time"));
  }

  #recordBounce({ id, message }: Queued, recipient: string, reason: string): void {
    const bounce = { id, messageId: message.id, recipient, reason, atMs: this.#around.agenda.now() };
    this.bounces.push(bounce);
    this.#around.onBounce(bounce);
  }

  /** The notice to the sender goes the same way as all mail. */
  #notify({ id, message }: Queued): void {
    const { agenda, log, name } = this.#around;
    const notice = this.newId();
    const messageId = `${notice}@${name}`;
    log.write("cleanup", `${notice}: message-id=<${messageId}>`);
    log.write("bounce", `${id}: sender non-delivery notification: ${notice}`);
    this.add(
      notice,
      { id: messageId, from: "", to: [message.from], sizeBytes: message.sizeBytes + 2_000, sentAtMs: agenda.now() },
      "incoming",
    );
  }
}

function onDisk({ sizeBytes }: Queued): number {
  return Math.ceil(sizeBytes / blockBytes) * blockBytes;
}

function waitingFor(recipients: readonly string[]): Map<string, string | undefined> {
  return new Map(recipients.map((recipient) => [recipient, undefined]));
}
