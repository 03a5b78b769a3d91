// What a gate waits for: everything that does not work yet. Pure.
import type { Plan, Step } from "../../engine/plan.ts";
import type { ActualGate } from "./observe.ts";
import type { ReadinessGateArgs } from "./shape.ts";

export function plan(args: ReadinessGateArgs, actual: ActualGate): Plan<Step> {
  const problems = problemsIn(actual);
  const [first] = problems;
  if (args.state === "closed" || first === undefined) return { steps: [], refusals: [] };
  const minutes = Math.round(args.stuckAfterSeconds / 60);
  return {
    steps: [
      {
        kind: "wait",
        key: "ready",
        for: `${problems.length} of ${actual.probes.length} servers and ports that are not ready: ${problems.join("; ")}`,
        recheckMs: 10_000,
        stuckAfterMs: args.stuckAfterSeconds * 1000,
        stuck: {
          sentence: `Not ready for ${minutes} minutes: ${problems.join("; ")}.`,
          remedy: "Nothing was mounted or resumed. See to it, then run `pulumi up` again.",
        },
      },
    ],
    refusals: [],
  };
}

export function problemsIn(actual: ActualGate): readonly string[] {
  return actual.probes.flatMap(({ what, problem }) => (problem === undefined ? [] : [`${what} (${problem})`]));
}
