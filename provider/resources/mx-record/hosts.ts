// Whether the hosts that are about to enter an MX set are fit for it: a normal one by what is known of it, any other by all that can be asked. Pure.
import { demandsOf } from "../known-host.ts";
import { type Fitness, fitnessOf, ofAnyHost } from "../mail-host.ts";
import type { Decision } from "./plan.ts";
import { isNormalHost } from "./probes.ts";

/** What keeps them out for good, and what is waited for before anything is changed. */
export function fitnessOfHosts({ actual, recorded }: Pick<Decision, "actual" | "recorded">): Fitness {
  const found = actual.probes.map(({ host, reading }) => {
    const demands = isNormalHost(host, recorded) ? demandsOf(host, recorded.hosts ?? []) : ofAnyHost;
    return fitnessOf(host, reading, `The MX is left as it is. See to ${host}, then run \`pulumi up\` again.`, demands);
  });
  return { refusals: found.flatMap(({ refusals }) => refusals), waits: found.flatMap(({ waits }) => waits) };
}
