// A plan in words, as a change board reads it: the change in one line, its steps and waits in order, and facts to approve.
import { isWait, type Plan, type Step } from "../engine/plan.ts";
import type { Moment, RecordedState } from "../engine/resource.ts";
import type { SiteResource } from "../resources/define-resource.ts";

export interface Block {
  /** The change in one line. */
  readonly headline: string;
  readonly steps: readonly string[];
  readonly facts: readonly string[];
  /** Milliseconds from now until the last of its waits is over whose end is known; 0 where there is none. */
  readonly waitsMs: number;
}

export function blockOf(
  resource: SiteResource,
  args: Readonly<Record<string, unknown>>,
  actual: unknown,
  recorded: RecordedState,
  plan: Plan<Step>,
  moment: Moment,
): Block {
  const [headline = resource.titleOf(args), ...facts] = resource.headline(args, actual, recorded, moment);
  const steps = plan.steps.map((step) => (isWait(step) ? `wait for ${step.for}` : resource.say(step)));
  const dues = plan.steps.flatMap((step) => (isWait(step) && step.dueAtMs !== undefined ? [step.dueAtMs] : []));
  return { headline, steps, facts, waitsMs: dues.length === 0 ? 0 : Math.max(0, Math.max(...dues) - moment.nowMs) };
}

/** What is no step, and is said as one line. */
export function factOf(headline: string): Block {
  return { headline, steps: [], facts: [], waitsMs: 0 };
}

/** Its steps are numbered from `first` on. */
export function sayBlock({ headline, steps, facts }: Block, first: number): string {
  return [headline, ...steps.map((step, index) => `  ${first + index}. ${step}`), ...facts].join("\n");
}
