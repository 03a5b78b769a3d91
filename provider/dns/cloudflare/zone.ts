// Finds a zone by name: its id, its name servers, and whether what is written there has any effect on the Internet.
import { z } from "zod";
import { hostName, sayName } from "../../common/host-name.ts";
import { DnsError } from "../record-sets.ts";
import type { CloudflareApi } from "./api.ts";

export interface CloudflareZone {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly nameServers: readonly string[];
  /** `free`, `pro`, `business`, `enterprise`; `undefined` where it is not said. */
  readonly plan: string | undefined;
}

const zone = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  type: z.string().optional(),
  name_servers: z.array(z.string()).nullish(),
  plan: z.object({ legacy_id: z.string().nullish() }).nullish(),
});

/** The zone called `name`. @throws {DnsError} `notFound`, `rejected` when it is not in use, or as the API does */
export async function findZone(api: CloudflareApi, name: string): Promise<CloudflareZone> {
  const wanted = hostName(name);
  // It says names in Unicode, also when it is asked in A-labels; which of them it finds a zone by is its own affair.
  const spellings = [...new Set([wanted, sayName(wanted)])];
  const doing = `looking up zone ${wanted}`;
  const listed: z.infer<typeof zone>[] = [];
  for (const spelling of spellings) {
    if (listed.length === 0) listed.push(...(await api.list({ doing, needs: "Zone Read" }, "/zones", { name: spelling }, zone)));
  }
  const named = listed.filter((candidate) => hostName(candidate.name) === wanted);
  const [found, second] = named.some(isActive) ? named.filter(isActive) : named;
  if (found === undefined) throw new DnsError("notFound", `Cloudflare: there is no zone "${wanted}" that this token may see`);
  if (second !== undefined) {
    const ids = named.map((candidate) => candidate.id).join(" and ");
    throw new DnsError(
      "rejected",
      `Cloudflare: this token sees several zones "${wanted}": ${ids}. Use a token that is limited to one of them.`,
    );
  }
  if (!isActive(found)) {
    const why = "so nothing that is written there has an effect on the Internet. Activate it with the domain's registrar first.";
    throw new DnsError("rejected", `Cloudflare: zone "${wanted}" is ${found.status}, not active, ${why}`);
  }
  if (found.type !== undefined && found.type !== "full") {
    const why = "so Cloudflare does not decide its MX. Change them where the zone is kept.";
    throw new DnsError("rejected", `Cloudflare: zone "${wanted}" is of type ${found.type}, not full, ${why}`);
  }
  return { id: found.id, name: wanted, nameServers: (found.name_servers ?? []).map(hostName), plan: found.plan?.legacy_id ?? undefined };
}

function isActive(candidate: z.infer<typeof zone>): boolean {
  return candidate.status === "active";
}
