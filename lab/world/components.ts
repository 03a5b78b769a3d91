// The component states of one server: an entry for each requester, in the registry (local) and in the directory (remote),
// and how they combine. Rules: facts/exchange.md 2.2 and 2.3. What a state does to services is the server's business.
import type { DomainController } from "./cast.ts";
import type { Attribute } from "./directory.ts";

export type ComponentState = "Active" | "Inactive" | "Draining";

export interface RequesterEntry {
  readonly requester: string;
  readonly state: ComponentState;
  readonly atMs: number;
}

export interface ComponentReading {
  readonly component: string;
  readonly state: ComponentState;
  readonly local: readonly RequesterEntry[];
  readonly remote: readonly RequesterEntry[];
}

export type Place = "both" | "local" | "remote";

/** What Exchange 2019 lists, in its order. */
export const componentNames: readonly string[] = [
  "ServerWideOffline",
  "HubTransport",
  "FrontendTransport",
  "Monitoring",
  "RecoveryActionsEnabled",
  "AutoDiscoverProxy",
  "ActiveSyncProxy",
  "EcpProxy",
  "EwsProxy",
  "ImapProxy",
  "OabProxy",
  "OwaProxy",
  "PopProxy",
  "PushNotificationsProxy",
  "RpsProxy",
  "RwsProxy",
  "RpcProxy",
  "XropProxy",
  "HttpProxyAvailabilityGroup",
  "ForwardSyncDaemon",
  "ProvisioningRps",
  "MapiProxy",
  "EdgeTransport",
  "HighAvailability",
  "SharedCache",
  "MailboxDeliveryProxy",
  "RoutingUpdates",
  "RestProxy",
  "DefaultProxy",
  "Lsass",
  "RoutingService",
  "E4EProxy",
  "CafeLAMv2",
  "LogExportProvider",
];

/** Inactive on every healthy server on premises. */
const inactiveByDefault = new Set(["ForwardSyncDaemon", "ProvisioningRps"]);
/** ServerWideOffline does not reach these. */
const unmasked = new Set(["ServerWideOffline", "Monitoring", "RecoveryActionsEnabled"]);
/** These bear an entry of Setup from the start. */
const enteredBySetup = ["ServerWideOffline", "Monitoring", "RecoveryActionsEnabled"];

interface StoredEntry extends RequesterEntry {
  readonly component: string;
}

/** All entries of one place, by component and requester. In the directory they are one attribute of the server's object. */
export type Entries = ReadonlyMap<string, StoredEntry>;

/** The entries that Setup makes. */
export function entriesOfSetup(installedAtMs: number): Entries {
  return enteredBySetup.reduce<Entries>(
    (entries, component) => entered(entries, { component, requester: "Functional", state: "Active", atMs: installedAtMs }),
    new Map(),
  );
}

export class Components {
  #local: Entries;
  readonly #remote: Attribute<Entries>;
  readonly #controller: () => DomainController;
  /** Effective states, as far as they were asked for, and the controller whose entries they follow from. */
  readonly #known = new Map<string, ComponentState>();
  #knownAt: DomainController | undefined;

  /** `controller` says whose view of the directory the server has. */
  constructor(local: Entries, remote: Attribute<Entries>, controller: () => DomainController) {
    this.#local = local;
    this.#remote = remote;
    this.#controller = controller;
  }

  /** Writes the entry of `requester` for a component, in the directory at `controller`. False when there is no such component. */
  set(
    component: string,
    requester: string,
    state: ComponentState,
    atMs: number,
    place: Place = "both",
    controller: DomainController = this.#controller(),
  ): boolean {
    const name = nameOf(component);
    if (!componentNames.includes(name)) return false;
    this.forget();
    const entry = { component: name, requester, state, atMs };
    if (place !== "remote") this.#local = entered(this.#local, entry);
    if (place !== "local") this.#remote.write(entered(this.#remote.at(controller), entry), controller);
    return true;
  }

  /** The directory has changed: states follow anew from the entries. */
  forget(): void {
    this.#known.clear();
  }

  isOffline(): boolean {
    return this.effective("ServerWideOffline") === "Inactive";
  }

  /** The state that counts for the server itself: ServerWideOffline masks all but itself and two. */
  effective(component: string): ComponentState {
    const controller = this.#controller();
    if (controller !== this.#knownAt) this.forget();
    this.#knownAt = controller;
    const known = this.#known.get(component);
    if (known !== undefined) return known;
    const state = this.#stateOf(nameOf(component), this.#remote.at(controller));
    this.#known.set(component, state);
    return state;
  }

  /** Every component in Exchange's order, with the directory's entries as `controller` has them. */
  readings(controller: DomainController = this.#controller()): readonly ComponentReading[] {
    const remote = this.#remote.at(controller);
    return componentNames.map((component) => ({
      component,
      state: this.#stateOf(component, remote),
      local: entriesFor(component, this.#local),
      remote: entriesFor(component, remote),
    }));
  }

  #stateOf(component: string, remote: Entries): ComponentState {
    const isMasked = !unmasked.has(component) && this.#own("ServerWideOffline", remote) === "Inactive";
    return isMasked ? "Inactive" : this.#own(component, remote);
  }

  /** Inactive as soon as one requester says so; of one requester's two entries the newer is the truth. */
  #own(component: string, inDirectory: Entries): ComponentState {
    const truth = new Map<string, RequesterEntry>();
    for (const entry of [...entriesFor(component, this.#local), ...entriesFor(component, inDirectory)]) {
      const other = truth.get(entry.requester.toLowerCase());
      if (other === undefined || entry.atMs > other.atMs) truth.set(entry.requester.toLowerCase(), entry);
    }
    const states = new Set([...truth.values()].map((entry) => entry.state));
    if (states.has("Inactive") || (states.size === 0 && inactiveByDefault.has(component))) return "Inactive";
    return states.has("Draining") ? "Draining" : "Active";
  }
}

function entered(entries: Entries, entry: StoredEntry): Entries {
  return new Map(entries).set(`${entry.component} ${entry.requester.toLowerCase()}`, entry);
}

function entriesFor(component: string, entries: Entries): readonly RequesterEntry[] {
  return [...entries.values()].filter((entry) => entry.component === component);
}

function nameOf(component: string): string {
  const wanted = component.toLowerCase();
  return componentNames.find((name) => name.toLowerCase() === wanted) ?? component;
}
