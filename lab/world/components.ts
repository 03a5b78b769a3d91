// The component states of one server: an entry for each requester, in the registry (local) and in the directory (remote),
// and how they combine. Rules: facts/exchange.md 2.2 and 2.3. What a state does to services is the server's business.

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

interface Entries {
  readonly local: Map<string, RequesterEntry>;
  readonly remote: Map<string, RequesterEntry>;
}

export class Components {
  readonly #entries = new Map<string, Entries>(componentNames.map((name) => [name, { local: new Map(), remote: new Map() }]));
  readonly #known = new Map<string, ComponentState>();

  constructor(installedAtMs: number) {
    for (const name of enteredBySetup) this.set(name, "Functional", "Active", installedAtMs);
  }

  /** Writes the entry of `requester` for a component. False when there is no such component. */
  set(component: string, requester: string, state: ComponentState, atMs: number, place: Place = "both"): boolean {
    const entries = this.#entries.get(nameOf(component));
    if (entries === undefined) return false;
    this.#known.clear();
    const key = requester.toLowerCase();
    if (place !== "remote") entries.local.set(key, { requester, state, atMs });
    if (place !== "local") entries.remote.set(key, { requester, state, atMs });
    return true;
  }

  isOffline(): boolean {
    return this.effective("ServerWideOffline") === "Inactive";
  }

  /** The state that counts: ServerWideOffline masks all but itself and two. */
  effective(component: string): ComponentState {
    const known = this.#known.get(component);
    if (known !== undefined) return known;
    const name = nameOf(component);
    const state = !unmasked.has(name) && this.isOffline() ? "Inactive" : this.#own(name);
    this.#known.set(component, state);
    return state;
  }

  /** Every component in Exchange's order. */
  readings(): readonly ComponentReading[] {
    return componentNames.map((component) => {
      const entries = this.#entries.get(component);
      return {
        component,
        state: this.effective(component),
        local: [...(entries?.local.values() ?? [])],
        remote: [...(entries?.remote.values() ?? [])],
      };
    });
  }

  /** Inactive as soon as one requester says so; of one requester's two entries the newer is the truth. */
  #own(component: string): ComponentState {
    const entries = this.#entries.get(component);
    const states = new Set<ComponentState>();
    for (const requester of new Set([...(entries?.local.keys() ?? []), ...(entries?.remote.keys() ?? [])])) {
      const local = entries?.local.get(requester);
      const remote = entries?.remote.get(requester);
      const newer = local === undefined || (remote !== undefined && remote.atMs > local.atMs) ? remote : local;
      if (newer !== undefined) states.add(newer.state);
    }
    if (states.has("Inactive") || (states.size === 0 && inactiveByDefault.has(component))) return "Inactive";
    return states.has("Draining") ? "Draining" : "Active";
  }
}

function nameOf(component: string): string {
  const wanted = component.toLowerCase();
  return componentNames.find((name) => name.toLowerCase() === wanted) ?? component;
}
