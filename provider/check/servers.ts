// Asks each server at both endpoints, and says by which way it let us in; and what the account may do there.
import { reasonOf } from "../common/reason.ts";
import type { Endpoint } from "../exchange/cmdlet.ts";
import { getService, transportService } from "../exchange/services.ts";
import type { OpenedSite } from "../host/open-site.ts";
import { failed, type Line, ok, sentenceOf } from "./line.ts";
import { type Held, heldOn, rightsFrom } from "./rights.ts";

const endpoints: Readonly<Record<Endpoint, string>> = { exchange: "Microsoft.Exchange", windows: "Microsoft.PowerShell" };

/** A line for each server and endpoint, and those of the account's rights, as the first server that lets it in has them. */
export async function checkServers(site: OpenedSite, servers: readonly string[]): Promise<readonly Line[]> {
  const held = new Map<string, Held>();
  const lines = await Promise.all(
    servers.flatMap((server) => [
      entered(site, server, "exchange", async () => {
        held.set(server, await heldOn(site.exchange, server));
        return "";
      }),
      entered(site, server, "windows", async () => {
        const { name, status } = await getService(site.exchange, server, transportService, { maxAgeMs: 0 });
        return `; ${name} is ${status}`;
      }),
    ]),
  );
  const server = servers.find((one) => held.has(one));
  const rights = server === undefined ? [] : rightsFrom(server, held.get(server) ?? "unknown");
  return [...lines, ...rights];
}

/** `seen` is what was read there besides. */
async function entered(site: OpenedSite, server: string, endpoint: Endpoint, ask: () => Promise<string>): Promise<Line> {
  try {
    const seen = await ask();
    return ok(`${server} (${endpoints[endpoint]}) lets us in by ${site.wayIn(server, endpoint) ?? "an unknown way"}${seen}`);
  } catch (error) {
    return failed(sentenceOf(error), whatToDo(server, error));
  }
}

/** Most errors of remoting say what to do themselves. */
function whatToDo(server: string, error: unknown): string {
  const reason = reasonOf(error);
  if (reason === "unreachable" || reason === "timedOut")
    return `See that ${server} is on, and that this machine may reach that port there (docs/remote-cmdlets.md).`;
  return reason === "throttled" || reason === "sessionLost" ? "Run this check again." : "";
}
