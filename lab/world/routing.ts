// Where a recipient's mail goes next and what that next hop answers just now. Members of the DAG deliver straight to the
// mailbox transport of the server where the database is mounted. When it is tried again is the queue's business.
import type { Cast } from "./cast.ts";
import type { Database } from "./databases.ts";
import { notFound } from "./front-end.ts";
import type { Ledger } from "./ledger.ts";
import type { Message, SmtpReply } from "./message.ts";
import type { DeliveryType } from "./queue.ts";

export interface Hop {
  readonly deliveryType: DeliveryType;
  readonly nextHopDomain: string;
}

/** `taken`, or why not, with the host that said so. */
export type HopAnswer = "taken" | { readonly error: string; readonly fqdn: string; readonly address: string };

/** What routing asks of a server. */
export interface MailboxHost {
  readonly fqdn: string;
  readonly address: string;
  /** It is up and its mailbox transport delivery service runs. */
  takesDelivery(): boolean;
}

const unableToConnect =
  '451 4.4.0 Primary target IP address responded with: "421 4.2.1 Unable to connect." Attempted failover to alternate host, ' +
  "but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts.";
/** The words after the code are not from a recording. */
const databaseOffline = "432 4.3.2 STOREDRV.Deliver; mailbox database is offline";
const smartHostAddress = "198.51.100.25";
const partnerAddress = "203.0.113.7";

/** Hosts outside that mail is handed to. Any of them can be told to refuse. */
export class Outside {
  readonly #refusals = new Map<string, SmtpReply>();

  /** Lets `host` answer every message with `reply`, or take mail again when there is none. */
  refuse(host: string, reply: SmtpReply | undefined): void {
    if (reply === undefined) this.#refusals.delete(host);
    else this.#refusals.set(host, reply);
  }

  refusalOf(host: string): SmtpReply | undefined {
    return this.#refusals.get(host);
  }
}

export class Routing {
  readonly #cast: Cast;
  readonly #databases: ReadonlyMap<string, Database>;
  readonly #hosts: ReadonlyMap<string, MailboxHost>;
  readonly #outside: Outside;
  readonly #ledger: Ledger;

  constructor(
    cast: Cast,
    databases: ReadonlyMap<string, Database>,
    hosts: ReadonlyMap<string, MailboxHost>,
    outside: Outside,
    ledger: Ledger,
  ) {
    this.#cast = cast;
    this.#databases = databases;
    this.#hosts = hosts;
    this.#outside = outside;
    this.#ledger = ledger;
  }

  /** The recipients that are somebody, or not of the site. For the others the sender gets a non-delivery report. */
  resolved({ id, to }: Message, nowMs: number): readonly string[] {
    return to.filter((recipient) => {
      const isOurs = this.#cast.domains.includes(recipient.slice(recipient.lastIndexOf("@") + 1));
      if (!isOurs || this.#cast.mailboxes.has(recipient)) return true;
      this.#ledger.bounced(id, recipient, `550 ${notFound}`, nowMs);
      return false;
    });
  }

  hopOf(recipient: string): Hop {
    const domain = recipient.slice(recipient.lastIndexOf("@") + 1);
    if (this.#cast.domains.includes(domain)) {
      const database = this.#cast.mailboxes.get(recipient);
      if (database === undefined) return { deliveryType: "Unreachable", nextHopDomain: "Unreachable Domain" };
      return { deliveryType: "SmtpDeliveryToMailbox", nextHopDomain: database };
    }
    if (domain === this.#cast.partner) return { deliveryType: "DnsConnectorDelivery", nextHopDomain: domain };
    return { deliveryType: "SmartHostConnectorDelivery", nextHopDomain: this.#cast.smartHost };
  }

  /** Offers the message to the next hop. What is taken is in the ledger for each recipient. */
  offer(hop: Hop, message: Message, nowMs: number): HopAnswer {
    const answer = hop.deliveryType === "SmtpDeliveryToMailbox" ? this.#toMailbox(hop) : this.#toOutside(hop);
    if (answer === "taken") for (const recipient of message.to) this.#ledger.delivered(message.id, recipient, hop.nextHopDomain, nowMs);
    return answer;
  }

  #toMailbox(hop: Hop): HopAnswer {
    const database = this.#databases.get(hop.nextHopDomain);
    const host = this.#hosts.get(database?.active ?? "");
    if (database === undefined || host === undefined) return { error: databaseOffline, fqdn: "", address: "" };
    if (!host.takesDelivery()) return { error: unableToConnect, fqdn: host.fqdn, address: host.address };
    if (!database.mounted) return { error: databaseOffline, fqdn: host.fqdn, address: host.address };
    database.mailArrived();
    return "taken";
  }

  #toOutside(hop: Hop): HopAnswer {
    const refusal = this.#outside.refusalOf(hop.nextHopDomain);
    if (refusal === undefined) return "taken";
    const error = `451 4.4.0 Primary target IP address responded with: "${refusal.code} ${refusal.text}"`;
    return { error, fqdn: hop.nextHopDomain, address: hop.nextHopDomain === this.#cast.partner ? partnerAddress : smartHostAddress };
  }
}
