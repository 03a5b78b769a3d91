// The Exchange organisation as one: servers, databases, DAG, transport, front end. Composes; the rules are in the parts.
// Nobody here knows who asks: outcomes follow from the state alone.
import { type Cast, shown } from "./cast.ts";
import { Dag } from "./dag.ts";
import { Database } from "./databases.ts";
import type { Agenda } from "./events.ts";
import { frontEndOf } from "./front-end.ts";
import { guidOf } from "./guid.ts";
import type { Holder, Ledger } from "./ledger.ts";
import type { MailHost } from "./message.ts";
import { Outside, Routing } from "./routing.ts";
import { Server } from "./server.ts";
import { ShadowStore } from "./shadow.ts";
import { defaultSwitches, type Switches } from "./switches.ts";
import { Transport } from "./transport.ts";
import { defaultTransportTimes, type TransportTimes } from "./transport-times.ts";

export interface SiteOptions {
  readonly switches?: Partial<Switches>;
  readonly times?: Partial<TransportTimes>;
}

/** Two messages that transport gave up on long before the lab began; no ledger counts them. */
const poisoned = { server: "ex02", ids: ["poison-1@contoso.local", "poison-2@contoso.local"] };

export class Site implements Holder {
  readonly agenda: Agenda;
  readonly cast: Cast;
  readonly switches: Switches;
  readonly servers: readonly Server[];
  readonly databases: readonly Database[];
  readonly dag: Dag;
  readonly outside = new Outside();
  readonly shadows: ShadowStore;
  readonly ledger: Ledger;
  /** `mail.contoso.com`: port 25 of all servers behind one name. */
  readonly frontEnd: MailHost;

  constructor(agenda: Agenda, cast: Cast, ledger: Ledger, { switches = {}, times = {} }: SiteOptions = {}) {
    this.agenda = agenda;
    this.cast = cast;
    this.ledger = ledger;
    this.switches = { ...defaultSwitches, ...switches };
    const now = agenda.now();
    this.servers = cast.servers.map(
      (names) => new Server(names, guidOf(`server ${names.name}`), agenda, (server, service) => this.dag.memberChanged(server, service)),
    );
    this.databases = cast.databases.map(({ name, copies, retired }, index) => {
      const database = new Database(name, guidOf(`database ${name}`), copies, now, 48_000 + index * 3_517);
      if (retired) database.dismountedByAdministrator = true;
      else database.mount(now, "Service");
      for (const copy of database.copies) {
        copy.inspected = database.generation;
        copy.replayed = database.generation;
      }
      return database;
    });
    this.dag = new Dag(agenda, this.servers, this.databases, this.switches);
    this.shadows = new ShadowStore(agenda, this.servers);
    const byName = new Map(this.servers.map((server) => [server.name, server]));
    const routing = new Routing(cast, new Map(this.databases.map((database) => [database.name, database])), byName, this.outside, ledger);
    for (const server of this.servers) {
      const allTimes = { ...defaultTransportTimes, ...times };
      server.useTransport(new Transport(server, agenda, ledger, routing, this.shadows, allTimes));
    }
    this.#poison();
    this.frontEnd = frontEndOf(cast, this.servers);
    ledger.watch(this);
  }

  /** A server by short name or FQDN, in any case. */
  server(name: string): Server | undefined {
    const wanted = name.toLowerCase();
    return this.servers.find((server) => server.name === wanted || server.fqdn.toLowerCase() === wanted);
  }

  /** A database by name, in any case. */
  database(name: string): Database | undefined {
    const wanted = name.toLowerCase();
    return this.databases.find((database) => database.name.toLowerCase() === wanted || database.guid === wanted);
  }

  /** Presses the power button. @throws {RangeError} when no server bears that name */
  power(name: string, to: "on" | "off"): void {
    const server = this.server(name);
    if (server === undefined) throw new RangeError(`no server ${name}; there are ${this.servers.map((one) => shown(one.name)).join(", ")}`);
    server.setPower(to);
  }

  *inventory(): Iterable<string> {
    for (const server of this.servers) yield* server.transport.inventory();
  }

  #poison(): void {
    const now = this.agenda.now();
    const transport = this.server(poisoned.server)?.transport;
    const [recipient = ""] = this.cast.mailboxes.keys();
    for (const id of poisoned.ids) {
      const message = { id, from: "scanner@partner.example", to: [recipient], sizeBytes: 120_000, sentAtMs: now - 86_400_000 };
      transport?.poison.put({ message, acceptedAtMs: now, shadow: undefined }, now);
    }
  }
}
