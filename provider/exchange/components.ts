// Reads server component states, as far as they are marks of maintenance. Source: Get-ServerComponentState; rules of how states combine. Only the
// server itself is asked, for half of the states stand in its registry: of a server that is off, another one has only an error to tell whose words
// are not known, while its own silence says what is to be known.
import type { ReadOptions } from "../common/options.ts";
import { listOf, property } from "../remoting/clixml/read.ts";
import type { PsObject, PsValue } from "../remoting/clixml/values.ts";
import { defineCmdlet } from "./cmdlet.ts";
import type { Organisation } from "./organisation.ts";
import { optionalTextIn, textIn } from "./parse.ts";
import { exchangeServers, inferred } from "./roles.ts";

export interface Component {
  /** FQDN of its server, as the server itself says it; empty where it does not. */
  readonly serverFqdn: string;
  readonly component: string;
  readonly state: string;
  /** The state that the requester Maintenance asks for; empty when it asks for nothing. The newer of its local and directory entry. */
  readonly maintenance: string;
}

export const GetServerComponentState = defineCmdlet({
  name: "Get-ServerComponentState",
  endpoint: "exchange",
  scope: "thisServer",
  writes: false,
  domainController: true,
  parameters: { Identity: "ServerIdParameter" },
  role: inferred(exchangeServers),
});

/** All components of one server. @see Get-ServerComponentState */
export async function getServerComponents(organisation: Organisation, server: string, options: ReadOptions): Promise<readonly Component[]> {
  return organisation.shared(`components ${server}`, options.maxAgeMs, async () => {
    const objects = await organisation.run(server, GetServerComponentState, { Identity: server }, options);
    return objects.map((object) => ({
      serverFqdn: optionalTextIn(object, "ServerFqdn").toLowerCase(),
      component: textIn(object, "Component", GetServerComponentState),
      state: textIn(object, "State", GetServerComponentState),
      maintenance: maintenanceEntry(object),
    }));
  });
}

function maintenanceEntry(object: PsObject): string {
  const entries = [...listOf(property(object, "LocalStates")), ...listOf(property(object, "RemoteStates"))].map(entryOf);
  const ours = entries.filter((entry) => entry.requester.toLowerCase() === "maintenance");
  const newest = ours.sort((one, other) => other.atMs - one.atMs)[0];
  return newest?.state ?? "";
}

/** An entry comes as an object, or flattened to `Requestor:Maintenance; State:Inactive; Timestamp:…`. */
function entryOf(value: PsValue): { requester: string; state: string; atMs: number } {
  if (isObject(value) && value.properties.size + value.notes.size > 0) {
    return {
      requester: optionalTextIn(value, "Requester"),
      state: optionalTextIn(value, "State"),
      atMs: Date.parse(optionalTextIn(value, "Timestamp")) || 0,
    };
  }
  const text = typeof value === "string" ? value : isObject(value) ? (value.text ?? "") : "";
  const part = (name: RegExp) => name.exec(text)?.[1]?.trim() ?? "";
  return {
    requester: part(/Request[eo]r\s*:\s*([^;]*)/i),
    state: part(/State\s*:\s*([^;]*)/i),
    atMs: Date.parse(part(/Timestamp\s*:\s*([^;]*)/i)) || 0,
  };
}

function isObject(value: PsValue): value is PsObject {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "object";
}
