// ReadinessGate: nothing that depends on it goes on before every probe succeeds. It changes nothing itself.
import { defineResource } from "../define-resource.ts";
import { headline } from "./headline.ts";
import { observe } from "./observe.ts";
import { plan } from "./plan.ts";
import { readinessGate } from "./shape.ts";

export const resource = defineResource(readinessGate, {
  observe,
  plan,
  apply: async () => undefined,
  say: (step) => step.kind,
  headline,
  isAlwaysSaid: ({ state, servers, ports }) => state === "open" && servers.length + ports.length > 0,
  outputs: (_args, actual) => (actual === undefined ? {} : { asked: actual.probes.length }),
  expectsSilence: (args) => args.state === "closed",
});
