// One Exchange server: its power, its Windows services, its settings, its component states and its transport, and how one moves the other.
// Booting takes minutes; services come up by their start types; a pause is forgotten. Rules: facts/exchange.md 12.5, 12.16, 12.17.
import type { ActivationPolicy, ActivationSettings } from "./activation.ts";
import type { DomainController, ServerName } from "./cast.ts";
import { type ComponentState, Components, entriesOfSetup, type Place } from "./components.ts";
import type { Member } from "./dag.ts";
import type { Directory } from "./directory.ts";
import type { Agenda } from "./events.ts";
import type { Item } from "./queue.ts";
import type { MailboxHost } from "./routing.ts";
import { type ServiceStatus, Services } from "./services.ts";
import type { ShadowKeeper } from "./shadow.ts";
import type { Transport, TransportHost } from "./transport.ts";

export type Power = "on" | "off" | "booting";
export type RemotingEndpoint = "Microsoft.Exchange" | "Microsoft.PowerShell";

/** Who hears of what happens to a server. */
export interface ServerListener {
  /** Its power or one of the services a DAG depends on has changed. */
  changed(server: Server, service: string | undefined): void;
  /** All remoting sessions at that endpoint are gone, though it may answer again at once. */
  sessionsLost(server: Server, endpoint: RemotingEndpoint): void;
}

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
  readonly activation: ActivationSettings;
  /** How far its clock is ahead of the lab's, in milliseconds. Nothing but the head of its answers goes by it. */
  clockAheadMs = 0;
  readonly #agenda: Agenda;
  readonly #directory: Directory;
  readonly #listener: ServerListener;
  #wasOffline = false;
  #transport: Transport | undefined;
  #power: Power = "on";
  /** Raised to forget what a boot still had to do. */
  #boot = 0;

  constructor(names: ServerName, guid: string, agenda: Agenda, directory: Directory, listener: ServerListener) {
    this.name = names.name;
    this.fqdn = names.fqdn;
    this.adSite = names.adSite;
    this.address = names.address;
    this.guid = guid;
    this.#agenda = agenda;
    this.#directory = directory;
    this.#listener = listener;
    this.activation = { policy: directory.attribute<ActivationPolicy>("Unrestricted"), moveNow: directory.attribute(false) };
    const entries = entriesOfSetup(agenda.now() - 90 * 86_400_000);
    const inDirectory = directory.attribute(entries, (controller) => {
      if (controller === this.controller) this.#componentsChanged();
    });
    this.components = new Components(entries, inDirectory, () => this.controller);
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

  /** The domain controller that it asks. */
  get controller(): DomainController {
    return this.#directory.controllerOf(this.name);
  }

  /** DatabaseCopyAutoActivationPolicy as the server's own domain controller has it, and set there. */
  get policy(): ActivationPolicy {
    return this.activation.policy.at(this.controller);
  }

  set policy(policy: ActivationPolicy) {
    this.activation.policy.write(policy, this.controller);
  }

  /** DatabaseCopyActivationDisabledAndMoveNow, likewise. */
  get moveNow(): boolean {
    return this.activation.moveNow.at(this.controller);
  }

  set moveNow(moveNow: boolean) {
    this.activation.moveNow.write(moveNow, this.controller);
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
  endpointAnswers(endpoint: RemotingEndpoint): boolean {
    if (!this.isUp() || !this.runs("WinRM")) return false;
    if (endpoint === "Microsoft.PowerShell") return true;
    return this.runs("W3SVC") && this.runs("MSExchangeADTopology") && this.#directory.answers(this.controller);
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
      this.#listener.changed(this, undefined);
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

  /** Windows restarts: off, and on its way up again at once. */
  restart(): void {
    this.setPower("off");
    this.setPower("on");
  }

  /** IIS starts a new worker process for Exchange's remote PowerShell: the endpoint answers on, and knows none of its sessions. */
  recycleRemoting(): void {
    this.#listener.sessionsLost(this, "Microsoft.Exchange");
  }

  /** Set-ServerComponentState with what follows from it, in the directory at `controller`. False when there is no such component. */
  setComponent(component: string, requester: string, state: ComponentState, place: Place = "both", controller = this.controller): boolean {
    if (!this.components.set(component, requester, state, this.#agenda.now(), place, controller)) return false;
    this.#componentsChanged();
    return true;
  }

  /** Its own entries changed, or those in the directory have arrived at its domain controller. */
  #componentsChanged(): void {
    this.components.forget();
    const isOffline = this.isOffline();
    if (isOffline === this.#wasOffline) return;
    this.#wasOffline = isOffline;
    if (isOffline) for (const name of popAndImap) this.services.stop(name, true);
    if (!this.runs("MSExchangeFrontEndTransport")) return;
    this.services.stop("MSExchangeFrontEndTransport", true);
    this.#agenda.at(this.#agenda.now() + 5_000, () => this.#startIfAutomatic("MSExchangeFrontEndTransport"));
  }

  #windowsIsUp(): void {
    this.#power = "on";
    this.services.startAutomatic("windows");
    this.services.announceStart();
    this.#listener.changed(this, undefined);
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
    if (before === "Running") this.#loseSessions(service);
    if (clusterServices.has(service)) this.#listener.changed(this, service);
  }

  /** Windows' endpoint lives on WinRM, Exchange's on WinRM and IIS. */
  #loseSessions(stopped: string): void {
    const isEnd = (stopped === "W3SVC" && this.runs("WinRM")) || (stopped === "WinRM" && this.runs("W3SVC"));
    if (isEnd) this.#listener.sessionsLost(this, "Microsoft.Exchange");
    if (stopped === "WinRM") this.#listener.sessionsLost(this, "Microsoft.PowerShell");
  }
}
