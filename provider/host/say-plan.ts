// A plan in words, as a change board reads it: the change in one line, its steps and waits in order, and facts to approve.
import { isWait, type Plan, type Step } from "../engine/plan.ts";
import type { Moment, RecordedState } from "../engine/resource.ts";
import type { SiteResource } from "../resources/define-resource.ts";

export function sayPlan(
  resource: SiteResource,
  args: Readonly<Record<string, unknown>>,
  actual: unknown,
  recorded: RecordedState,
  plan: Plan<Step>,
  moment: Moment,
): string {
  const [first = resource.titleOf(args), ...facts] = resource.headline(args, actual, recorded, moment);
  const steps = plan.steps.map((step, index) => `  ${index + 1}. ${isWait(step) ? `wait for ${step.for}` : resource.say(step)}`);
  return [first, ...steps, ...facts].join("\n");
}
