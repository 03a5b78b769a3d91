// ReadinessGate: nothing that depends on it goes on before every probe succeeds. It changes nothing itself.
import { defineResource } from "../define-resource.ts";
import { observe } from "./observe.ts";
import { plan, problemsIn } from "./plan.ts";
import { readinessGate } from "./shape.ts";

export const resource = defineResource(readinessGate, {
  observe,
  plan,
  apply: async () => undefined,
  say: (step) => step.kind,
  headline: (args, actual) =>
    args.state === "closed"
      ? [`${args.name}: nothing is asked while the site is offline`]
      : [`${args.name}: ${actual.probes.length} things must work before the site comes back; ${problemsIn(actual).length} not yet`],
  outputs: (_args, actual) => (actual === undefined ? {} : { asked: actual.probes.length }),
  expectsSilence: (args) => args.state === "closed",
});
