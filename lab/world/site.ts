// The Exchange organisation as one: servers, databases, DAG, transport, front end. Composes; the rules are in the parts.
// Nobody here knows who asks: outcomes follow from the state alone.
import { type Account, type AccountOptions, accountOf } from "./accounts.ts";
import { type Cast, shown } from "./cast.ts";
import { Dag } from "./dag.ts";
import { Database } from "./databases.ts";
import { Directory, type ReplicationDelays } from "./directory.ts";
import type { Agenda } from "./events.ts";
import { frontEndOf } from "./front-end.ts";
import { guidOf } from "./guid.ts";
import type { Holder, Ledger } from "./ledger.ts";
import type { MailHost } from "./message.ts";
import { Outside, Routing } from "./routing.ts";
import { type RemotingEndpoint, Server, type ServerListener } from "./server.ts";
import { ShadowStore } from "./shadow.ts";
import { defaultSwitches, type Switches } from "./switches.ts";
import { Transport } from "./transport.ts";
import { defaultTransportTimes, type TransportTimes } from "./transport-times.ts";

export interface SiteOptions {
  readonly switches?: Partial<Switches>;
  readonly times?: Partial<TransportTimes>;
  /** How long a change in the directory takes to other domain controllers. Nothing unless told. */
  readonly replication?: Partial<ReplicationDelays>;
  /** Rights by user name. Who is not named has them all. */
  readonly accounts?: Readonly<Record<string, AccountOptions>>;
}

/** Two messages that transport gave up on long before the lab began; no ledger counts them. */
const poisoned = { server: "ex02", ids: ["poison-1@contoso.local", "poison-2@contoso.local"] };

export class Site implements Holder {
  readonly agenda: Agenda;
  readonly cast: Cast;
  readonly switches: Switches;
  readonly directory: Directory;
  readonly servers: readonly Server[];
  /** Those that the directory knows. */
  readonly databases: Database[];
  readonly dag: Dag;
  readonly outside = new Outside();
  readonly shadows: ShadowStore;
  readonly ledger: Ledger;
  /** `mail.contoso.com`: port 25 of all servers behind one name. */
  readonly frontEnd: MailHost;
  /** Port 25 of each server under its own name, in the order of the servers. */
  readonly frontEnds: readonly MailHost[];
  /** The rights of a user, by his name as it was typed. */
  readonly account: (user: string) => Account;
  readonly #heeding: ((server: string, endpoint: RemotingEndpoint) => void)[] = [];

  constructor(
    agenda: Agenda,
    cast: Cast,
    ledger: Ledger,
    { switches = {}, times = {}, replication = {}, accounts = {} }: SiteOptions = {},
  ) {
    this.agenda = agenda;
    this.cast = cast;
    this.ledger = ledger;
    this.account = (user) => accountOf(accounts, user);
    this.switches = { ...defaultSwitches, ...switches };
    const now = agenda.now();
    this.directory = new Directory(agenda, cast.domainControllers, cast.servers, replication);
    const listener: ServerListener = {
      changed: (server, service) => this.dag.memberChanged(server, service),
      sessionsLost: ({ name }, endpoint) => {
        for (const heed of this.#heeding) heed(name, endpoint);
      },
    };
    this.servers = cast.servers.map((names) => new Server(names, guidOf(`server ${names.name}`), agenda, this.directory, listener));
    this.databases = cast.databases.map(({ name, copies, retired }, index) => {
      const database = new Database(name, guidOf(`database ${name}`), copies, now, 48_000 + index * 3_517, (server) => {
        return this.switches.laggedCopies[`${name}\\${server}`] ?? 0;
      });
      if (retired) database.dismountedByAdministrator = true;
      else database.mount(now, "Service");
      database.settle(now);
      return database;
    });
    this.dag = new Dag(this, this.servers, this.databases, this.switches);
    this.shadows = new ShadowStore(agenda, this.servers);
    const byName = new Map(this.servers.map((server) => [server.name, server]));
    const routing = new Routing(cast, new Map(this.databases.map((database) => [database.name, database])), byName, this.outside, ledger);
    for (const server of this.servers) {
      const allTimes = { ...defaultTransportTimes, ...times };
      server.useTransport(new Transport(server, agenda, ledger, routing, this.shadows, allTimes));
    }
    this.#poison();
    const behind = { behind: this.servers, cast, switches: this.switches };
    this.frontEnd = frontEndOf({ name: cast.mailHost, before: this.servers, ...behind });
    this.frontEnds = this.servers.map((server) => frontEndOf({ name: server.fqdn, before: [server], ...behind }));
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
    this.#known(name).setPower(to);
  }

  /** Restarts Windows. @throws {RangeError} when no server bears that name */
  restart(name: string): void {
    this.#known(name).restart();
  }

  /** `heed` hears when all remoting sessions at an endpoint of a server are lost: whoever serves it forgets them. */
  onSessionsLost(heed: (server: string, endpoint: RemotingEndpoint) => void): void {
    this.#heeding.push(heed);
  }

  *inventory(): Iterable<string> {
    for (const server of this.servers) yield* server.transport.inventory();
  }

  #known(name: string): Server {
    const server = this.server(name);
    if (server === undefined) throw new RangeError(`no server ${name}; there are ${this.servers.map((one) => shown(one.name)).join(", ")}`);
    return server;
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
