// People of the site who write to each other and to the outside. Their mail leaves the mailbox through the mailbox transport
// submission service of the server where the database is mounted, to any transport of the DAG that takes mail; until then it waits in the outbox.
import type { Agenda } from "./events.ts";
import type { Holder, Ledger } from "./ledger.ts";
import type { Message } from "./message.ts";
import type { Site } from "./site.ts";

export interface InternalOptions {
  /** Messages an hour of all users together; `120` unless told. `0`: none. */
  readonly perHour?: number;
  /** Share of messages to the outside, through the smart host or to the partner; `0.4` unless told. */
  readonly outsideShare?: number;
}

interface Waiting {
  readonly message: Message;
  readonly database: string;
}

const retryMs = 30_000;

export class InternalUsers implements Holder {
  readonly #site: Site;
  readonly #agenda: Agenda;
  readonly #ledger: Ledger;
  readonly #random: () => number;
  readonly #mailboxes: readonly (readonly [string, string])[];
  readonly #options: Required<InternalOptions>;
  #outbox: Waiting[] = [];
  #running = true;
  #isRetryDue = false;
  #nextId = 1;
  #turn = 0;

  constructor(site: Site, random: () => number, options: InternalOptions = {}) {
    this.#site = site;
    this.#agenda = site.agenda;
    this.#ledger = site.ledger;
    this.#random = random;
    this.#mailboxes = [...site.cast.mailboxes];
    this.#options = { perHour: 120, outsideShare: 0.4, ...options };
    if (this.#options.perHour > 0) this.#writeLater();
    site.ledger.watch(this);
  }

  /** Nobody writes anything new from now on; outboxes still empty. */
  stop(): void {
    this.#running = false;
  }

  *inventory(): Iterable<string> {
    for (const { message } of this.#outbox) yield message.id;
  }

  #writeLater(): void {
    const waitMs = (-Math.log(1 - this.#random()) * 3_600_000) / this.#options.perHour;
    this.#agenda.at(this.#agenda.now() + waitMs, () => {
      if (!this.#running) return;
      this.#write();
      this.#writeLater();
    });
  }

  #write(): void {
    const [from, database] = this.#somebody();
    const to = this.#random() < this.#options.outsideShare ? this.#stranger() : this.#somebody()[0];
    const message = {
      id: `internal-${this.#nextId++}@contoso.local`,
      from,
      to: [to],
      sizeBytes: 8_000 + Math.floor(this.#random() * 200_000),
      sentAtMs: this.#agenda.now(),
    };
    this.#ledger.sent(message);
    this.#outbox.push({ message, database });
    if (!this.#isRetryDue) this.#empty();
  }

  #empty(): void {
    this.#outbox = this.#outbox.filter((waiting) => !this.#submit(waiting));
    if (this.#outbox.length === 0 || this.#isRetryDue) return;
    this.#isRetryDue = true;
    this.#agenda.at(this.#agenda.now() + retryMs, () => {
      this.#isRetryDue = false;
      this.#empty();
    });
  }

  #submit({ message, database }: Waiting): boolean {
    const home = this.#site.database(database);
    const server = this.#site.server(home?.active ?? "");
    if (home?.mounted !== true || server === undefined || !server.isUp() || !server.runs("MSExchangeSubmission")) return false;
    const able = this.#site.servers.filter((one) => one.takesMail());
    return able[this.#turn++ % Math.max(able.length, 1)]?.transport.accept(message) ?? false;
  }

  #somebody(): readonly [string, string] {
    return this.#mailboxes[Math.floor(this.#random() * this.#mailboxes.length)] ?? ["", ""];
  }

  #stranger(): string {
    return this.#random() < 0.25 ? `orders@${this.#site.cast.partner}` : `friend${Math.floor(this.#random() * 500)}@elsewhere.example`;
  }
}
