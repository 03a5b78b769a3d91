// One Exchange server: its power, its Windows services, its component states and its transport, and how one moves the other.
// Booting takes minutes; services come up by their start types; a pause is forgotten. Rules: facts/exchange.md 12.5, 12.16, 12.17.
import type { ServerName } from "./cast.ts";
import { type ComponentState, Components, type Place } from "./components.ts";
import type { ActivationPolicy, Member } from "./dag.ts";
import type { Agenda } from "./events.ts";
import type { Item } from "./queue.ts";
import type { MailboxHost } from "./routing.ts";
import { type ServiceStatus, Services } from "./services.ts";
import type { ShadowKeeper } from "./shadow.ts";
import type { Transport, TransportHost } from "./transport.ts";

export type Power = "on" | "off" | "booting";

export const bootMs = 180_000;
const topologyStartMs = 30_000;
const exchangeStartMs = 60_000;
const popAndImap = ["MSExchangeImap4", "MSExchangeIMAP4BE", "MSExchangePop3", "MSExchangePOP3BE"];
/** Services whose state decides what a DAG member can do. */
const clusterServices = new Set(["ClusSvc", "MSExchangeRepl", "MSExchangeIS"]);

export class Server implements TransportHost, MailboxHost, ShadowKeeper, Member {
  readonly name: string;
  readonly fqdn: string;
  readonly adSite: string;
  readonly address: string;
  readonly guid: string;
  readonly services: Services;
  readonly components: Components;
  policy: ActivationPolicy = "Unrestricted";
  moveNow = false;
  readonly #agenda: Agenda;
  readonly #changed: (server: Server, service: string | undefined) => void;
  #transport: Transport | undefined;
  #power: Power = "on";
  /** Raised to forget what a boot still had to do. */
  #boot = 0;

  /** `changed` hears of power and of the services a DAG depends on. */
  constructor(names: ServerName, guid: string, agenda: Agenda, changed: (server: Server, service: string | undefined) => void) {
    this.name = names.name;
    this.fqdn = names.fqdn;
    this.adSite = names.adSite;
    this.address = names.address;
    this.guid = guid;
    this.#agenda = agenda;
    this.#changed = changed;
    this.components = new Components(agenda.now() - 90 * 86_400_000);
    this.services = new Services((service, before, after) => this.#serviceChanged(service, before, after));
  }

  get transport(): Transport {
    if (this.#transport === undefined) throw new Error(`${this.name} was not given its transport`);
    return this.#transport;
  }

  /** Wires the transport, which needs its host first. */
  useTransport(transport: Transport): void {
    this.#transport = transport;
  }

  get power(): Power {
    return this.#power;
  }

  isUp(): boolean {
    return this.#power === "on";
  }

  runs(service: string): boolean {
    return this.services.isRunning(service);
  }

  /** Does that remoting endpoint answer? Exchange's own lives in IIS and needs the directory. */
  endpointAnswers(configuration: "Microsoft.Exchange" | "Microsoft.PowerShell"): boolean {
    if (!this.isUp() || !this.runs("WinRM")) return false;
    return configuration === "Microsoft.PowerShell" || (this.runs("W3SVC") && this.runs("MSExchangeADTopology"));
  }

  transportAnswers(): boolean {
    return this.isUp() && this.transportStatus() !== "Stopped";
  }

  transportStatus(): "Running" | "Paused" | "Stopped" {
    const status = this.services.find("MSExchangeTransport")?.status;
    return status === "Running" || status === "Paused" ? status : "Stopped";
  }

  hubTransport(): ComponentState {
    return this.components.effective("HubTransport");
  }

  isOffline(): boolean {
    return this.components.isOffline();
  }

  takesMail(): boolean {
    return this.transport.takesMail();
  }

  resubmit(item: Item): void {
    this.transport.resubmit(item);
  }

  takesDelivery(): boolean {
    return this.isUp() && this.runs("MSExchangeDelivery");
  }

  /** Greets on port 25 of the front end. */
  frontEndAnswers(): boolean {
    return this.isUp() && this.runs("MSExchangeFrontEndTransport") && this.components.effective("FrontendTransport") !== "Inactive";
  }

  /** Turns it off at once, or on: Windows is up after some minutes, Exchange a minute later. */
  setPower(to: "on" | "off"): void {
    if (to === "off") {
      this.#boot++;
      this.#power = "off";
      this.services.halt();
      this.#changed(this, undefined);
    } else if (this.#power === "off") {
      this.#power = "booting";
      const boot = ++this.#boot;
      const then = (delayMs: number, what: () => void) =>
        this.#agenda.at(this.#agenda.now() + delayMs, () => {
          if (this.#boot === boot) what();
        });
      then(bootMs, () => this.#windowsIsUp());
      then(bootMs + topologyStartMs, () => this.#startIfAutomatic("MSExchangeADTopology"));
      then(bootMs + exchangeStartMs, () => this.services.startAutomatic("exchange"));
    }
  }

  /** Set-ServerComponentState with what follows from it. False when there is no such component. */
  setComponent(component: string, requester: string, state: ComponentState, place: Place = "both"): boolean {
    const wasOffline = this.isOffline();
    if (!this.components.set(component, requester, state, this.#agenda.now(), place)) return false;
    if (wasOffline !== this.isOffline()) this.#serverWideOfflineChanged();
    return true;
  }

  #serverWideOfflineChanged(): void {
    if (this.isOffline()) for (const name of popAndImap) this.services.stop(name, true);
    if (!this.runs("MSExchangeFrontEndTransport")) return;
    this.services.stop("MSExchangeFrontEndTransport", true);
    this.#agenda.at(this.#agenda.now() + 5_000, () => this.#startIfAutomatic("MSExchangeFrontEndTransport"));
  }

  #windowsIsUp(): void {
    this.#power = "on";
    this.services.startAutomatic("windows");
    this.services.announceStart();
    this.#changed(this, undefined);
  }

  #startIfAutomatic(service: string): void {
    if (this.isUp() && this.services.find(service)?.startType === "Automatic") this.services.start(service);
  }

  #serviceChanged(service: string, before: ServiceStatus, after: ServiceStatus): void {
    if (service === "MSExchangeTransport") {
      const ran = before === "Running" || before === "Paused";
      if (!ran && after === "Running") this.transport.started();
      if (ran && after !== "Running" && after !== "Paused") this.transport.stopped();
    }
    if (clusterServices.has(service)) this.#changed(this, service);
  }
}
