// contoso.com at the lab's Cloudflare with the product's adapter in front, what was asked there, and what somebody else does right before a change.
import { type RunningCloudflare, startCloudflare } from "../../lab/serve/cloudflare.ts";
import { FaultScript } from "../../lab/serve/faults.ts";
import type { RecordDraft } from "../../lab/world/zone-records.ts";
import type { ZonesOptions } from "../../lab/world/zones.ts";
import type { RecordSets } from "../../provider/dns/record-sets.ts";
import { type DnsWorld, dnsWorld, labToken, setsAt } from "./dns-lab.ts";

export interface CloudflareSite extends DnsWorld {
  readonly sets: RecordSets;
  readonly baseUrl: string;
  readonly faults: FaultScript;
  /** The calls so far, as fault scripts name them. */
  readonly asked: readonly string[];
  /** Done once, when the next change has arrived and before it is made. */
  meanwhile: () => void;
  /** All records of the zone. */
  kept(): readonly string[];
}

let running: RunningCloudflare | undefined;

export async function cloudflareSite(options: ZonesOptions & { readonly records?: readonly RecordDraft[] } = {}): Promise<CloudflareSite> {
  const world = dnsWorld(options);
  const faults = new FaultScript();
  const asked: string[] = [];
  const take = (edge: "cloudflare", server: string, call: string) => {
    asked.push(call);
    if (!call.startsWith("GET")) {
      site.meanwhile();
      site.meanwhile = () => undefined;
    }
    return faults.take(edge, server, call);
  };
  running = await startCloudflare({ zones: world.zones, token: labToken, faults: { take } });
  const { baseUrl } = running;
  const site: CloudflareSite = {
    ...world,
    sets: setsAt(baseUrl),
    baseUrl,
    faults,
    asked,
    meanwhile: () => undefined,
    kept: () =>
      [...world.zone.records.values()].map(
        ({ name, priority, content, ttl, comment }) => `${name} ${priority} ${content} ${ttl} ${comment}`,
      ),
  };
  return site;
}

export async function stopCloudflareSite(): Promise<void> {
  await running?.stop();
  running = undefined;
}
