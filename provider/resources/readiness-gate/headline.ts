// What a gate asks, in words for whoever approves it.
import type { ActualGate } from "./observe.ts";
import { problemsIn } from "./plan.ts";
import type { ReadinessGateArgs } from "./shape.ts";

export function headline({ name, state, servers, ports }: ReadinessGateArgs, actual: ActualGate): readonly string[] {
  if (state === "closed") return [`${name}: nothing is asked while the site is offline`];
  const asked = [
    ...(servers.length === 0 ? [] : [`${servers.join(", ")} must answer with the services of directory, replication and store running`]),
    ...(ports.length === 0 ? [] : [`${ports.join(", ")} must accept a connection`]),
  ];
  return [
    `${name}: before anything comes back, ${asked.join(", and ")}`,
    ...(problemsIn(actual).length === 0 ? ["All of it does now."] : []),
  ];
}
