// The Windows services of an Exchange 2019 server as its service control manager keeps them, with what it refuses.
// Who may ask and how it looks on the wire is not known here. Facts: facts/exchange.md 7 and recordings of Get-Service.

export type ServiceStatus = "Stopped" | "StartPending" | "StopPending" | "Running" | "ContinuePending" | "PausePending" | "Paused";
export type StartType = "Automatic" | "Manual" | "Disabled";

export interface Service {
  readonly name: string;
  readonly displayName: string;
  readonly dependsOn: readonly string[];
  readonly canPause: boolean;
  /** Started by Windows itself before Exchange's own services. */
  readonly isBase: boolean;
  startType: StartType;
  status: ServiceStatus;
}

/** Why the service control manager refused. */
export type Refusal = "notFound" | "disabled" | "hasDependents" | "notRunning" | "cannotPause";

export class ServiceRefused extends Error {
  override readonly name = "ServiceRefused";
  readonly refusal: Refusal;
  readonly service: string;
  constructor(refusal: Refusal, service: string) {
    super(`${service}: ${refusal}`);
    this.refusal = refusal;
    this.service = service;
  }
}

/** Hears of every change of a service's status. */
export type ServiceListener = (service: string, before: ServiceStatus, after: ServiceStatus) => void;

const topology = ["MSExchangeADTopology"];

/** Name, display name, dependencies. Manual ones are stopped unless somebody starts them. */
const exchangeServices: readonly (readonly [string, string, readonly string[], StartType?])[] = [
  ["MSExchangeADTopology", "Microsoft Exchange Active Directory Topology", ["NetTcpPortSharing"]],
  ["FMS", "Microsoft Filtering Management Service", topology],
  ["HostControllerService", "Microsoft Exchange Search Host Controller", []],
  ["MSComplianceAudit", "Microsoft Exchange Compliance Audit", topology],
  ["MSExchangeAntispamUpdate", "Microsoft Exchange Anti-spam Update", topology],
  ["MSExchangeCompliance", "Microsoft Exchange Compliance Service", topology],
  ["MSExchangeDagMgmt", "Microsoft Exchange DAG Management", ["MSExchangeADTopology", "NetTcpPortSharing"]],
  ["MSExchangeDelivery", "Microsoft Exchange Mailbox Transport Delivery", topology],
  ["MSExchangeDiagnostics", "Microsoft Exchange Diagnostics", []],
  ["MSExchangeEdgeSync", "Microsoft Exchange EdgeSync", topology],
  ["MSExchangeFastSearch", "Microsoft Exchange Search", topology],
  ["MSExchangeFrontEndTransport", "Microsoft Exchange Frontend Transport", topology],
  ["MSExchangeHM", "Microsoft Exchange Health Manager", []],
  ["MSExchangeHMRecovery", "Microsoft Exchange Health Manager Recovery", []],
  ["MSExchangeImap4", "Microsoft Exchange IMAP4", topology, "Manual"],
  ["MSExchangeIMAP4BE", "Microsoft Exchange IMAP4 Backend", topology, "Manual"],
  ["MSExchangeIS", "Microsoft Exchange Information Store", topology],
  ["MSExchangeMailboxAssistants", "Microsoft Exchange Mailbox Assistants", topology],
  ["MSExchangeMailboxReplication", "Microsoft Exchange Mailbox Replication", ["MSExchangeADTopology", "NetTcpPortSharing"]],
  ["MSExchangeMitigation", "Microsoft Exchange Emergency Mitigation Service", []],
  ["MSExchangePop3", "Microsoft Exchange POP3", topology, "Manual"],
  ["MSExchangePOP3BE", "Microsoft Exchange POP3 Backend", topology, "Manual"],
  ["MSExchangeRepl", "Microsoft Exchange Replication", topology],
  ["MSExchangeRPC", "Microsoft Exchange RPC Client Access", topology],
  ["MSExchangeServiceHost", "Microsoft Exchange Service Host", topology],
  ["MSExchangeSubmission", "Microsoft Exchange Mailbox Transport Submission", topology],
  ["MSExchangeThrottling", "Microsoft Exchange Throttling", topology],
  ["MSExchangeTransport", "Microsoft Exchange Transport", ["MSExchangeADTopology", "FMS"]],
  ["MSExchangeTransportLogSearch", "Microsoft Exchange Transport Log Search", topology],
  ["SearchExchangeTracing", "Tracing Service for Search in Exchange", []],
  ["wsbexchange", "Microsoft Exchange Server Extension for Windows Server Backup", [], "Manual"],
];

const windowsServices: readonly (readonly [string, string, StartType?])[] = [
  ["ClusSvc", "Cluster Service"],
  ["IISADMIN", "IIS Admin Service"],
  ["NetTcpPortSharing", "Net.Tcp Port Sharing Service"],
  ["RemoteRegistry", "Remote Registry"],
  ["W3SVC", "World Wide Web Publishing Service"],
  ["WinRM", "Windows Remote Management (WS-Management)"],
  ["WMSVC", "Web Management Service"],
  ["vmickvpexchange", "Hyper-V Data Exchange Service", "Manual"],
];

/** Of Exchange's services only this one reports CanPauseAndContinue in the recordings' sense that matters here. */
const pausable = "MSExchangeTransport";

/** The services of one server. */
export class Services {
  readonly #services = new Map<string, Service>();
  readonly #listener: ServiceListener;
  /** All of them in order; there are never more or fewer. */
  #byName: readonly Service[] | undefined;
  /** Names of those that run, for the many who only ask that. */
  readonly #running = new Set<string>();

  constructor(listener: ServiceListener) {
    this.#listener = listener;
    const add = (name: string, displayName: string, dependsOn: readonly string[], startType: StartType, isBase: boolean) => {
      const status = startType === "Automatic" ? "Running" : "Stopped";
      if (status === "Running") this.#running.add(name);
      this.#services.set(name.toLowerCase(), { name, displayName, dependsOn, canPause: name === pausable, isBase, startType, status });
    };
    for (const [name, displayName, startType = "Automatic"] of windowsServices) add(name, displayName, [], startType, true);
    for (const [name, displayName, dependsOn, startType = "Automatic"] of exchangeServices)
      add(name, displayName, dependsOn, startType, false);
  }

  all(): readonly Service[] {
    this.#byName ??= [...this.#services.values()].sort((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1));
    return this.#byName;
  }

  find(name: string): Service | undefined {
    return this.#services.get(name.toLowerCase());
  }

  /** By the exact name. */
  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  dependentsOf(name: string): readonly Service[] {
    return this.all().filter((service) => service.dependsOn.some((other) => other.toLowerCase() === name.toLowerCase()));
  }

  /** Starts it and what it depends on. @throws {ServiceRefused} `notFound`, `disabled` */
  start(name: string): void {
    const service = this.#get(name);
    if (service.status === "Running" || service.status === "Paused") return;
    if (service.startType === "Disabled") throw new ServiceRefused("disabled", service.name);
    for (const needed of service.dependsOn) this.start(needed);
    this.#become(service, "Running");
  }

  /** Stops it, with `force` what depends on it first. @throws {ServiceRefused} `notFound`, `hasDependents` */
  stop(name: string, force: boolean): void {
    const service = this.#get(name);
    if (service.status === "Stopped") return;
    const running = this.dependentsOf(service.name).filter((dependent) => dependent.status !== "Stopped");
    if (running.length > 0 && !force) throw new ServiceRefused("hasDependents", service.name);
    for (const dependent of running) this.stop(dependent.name, true);
    this.#become(service, "Stopped");
  }

  /** Windows pause. @throws {ServiceRefused} `notFound`, `notRunning`, `cannotPause` */
  pause(name: string): void {
    this.#become(this.#pausable(name), "Paused");
  }

  /** Ends a pause. @throws {ServiceRefused} `notFound`, `notRunning`, `cannotPause` */
  resume(name: string): void {
    this.#become(this.#pausable(name), "Running");
  }

  /** Power is gone or Windows shuts down: nothing runs, nothing remembers a pause. */
  halt(): void {
    for (const service of this.#services.values()) this.#become(service, "Stopped");
  }

  /** Windows starts what is Automatic: its own services, or Exchange's. */
  startAutomatic(which: "windows" | "exchange"): void {
    for (const service of this.#services.values()) {
      if (service.startType === "Automatic" && service.isBase === (which === "windows") && this.#canStart(service))
        this.start(service.name);
    }
  }

  /** Exchange's automatic services are on their way up. */
  announceStart(): void {
    for (const service of this.#services.values()) {
      if (service.startType === "Automatic" && !service.isBase && this.#canStart(service)) this.#become(service, "StartPending");
    }
  }

  #canStart(service: Service): boolean {
    return service.dependsOn.every((name) => {
      const needed = this.find(name);
      return needed !== undefined && needed.startType !== "Disabled" && this.#canStart(needed);
    });
  }

  #pausable(name: string): Service {
    const service = this.#get(name);
    if (service.status !== "Running" && service.status !== "Paused") throw new ServiceRefused("notRunning", service.name);
    if (!service.canPause) throw new ServiceRefused("cannotPause", service.name);
    return service;
  }

  #get(name: string): Service {
    const service = this.find(name);
    if (service === undefined) throw new ServiceRefused("notFound", name);
    return service;
  }

  #become(service: Service, status: ServiceStatus): void {
    const before = service.status;
    if (before === status) return;
    service.status = status;
    if (status === "Running") this.#running.add(service.name);
    else this.#running.delete(service.name);
    this.#listener(service.name, before, status);
  }
}
