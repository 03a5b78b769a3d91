// What a plan is: steps in order, waits among them, and refusals. Plain data, so it can be printed, compared and replayed.

/** One act at the site, as tagged data. */
export interface Step {
  readonly kind: string;
}

/** A gate in the plan: the site must say this before the next step. Asking is free of effects and may be repeated. */
export interface Wait {
  readonly kind: "wait";
  /** Which of its resource's waits it is, while its words and amounts change. */
  readonly key: string;
  /** What is waited for, in the administrator's words: `ns2.contoso-dns.net to answer 10 buffer.contoso-mail.net`. */
  readonly for: string;
  /** How much is left, where it can be counted: less of it is progress. `unit` in the singular, `message`; absent where `for` says of what. */
  readonly left?: { readonly count: number; readonly unit?: string };
  /** When it will be over, where that is known: milliseconds since 1970. */
  readonly dueAtMs?: number;
  /** Milliseconds until it is worth asking again. */
  readonly recheckMs: number;
  /** What a person is told when it has made no progress for too long; `{time}` stands for how long. Absent: the engine's own words. */
  readonly stuck?: Refusal;
}

/** Why nothing is done: one sentence of what, where, expected, found; one of what to do. */
export interface Refusal {
  readonly sentence: string;
  readonly remedy: string;
}

export interface Plan<S extends Step> {
  /** What is left to do, in order; none when the site is as desired. */
  readonly steps: readonly (S | Wait)[];
  /** Any of these, and not one step is applied. */
  readonly refusals: readonly Refusal[];
}

export function isWait(step: Step): step is Wait {
  return step.kind === "wait";
}

/** Both sentences, as an error shows them. */
export function wordsOf(refusal: Refusal): string {
  return `${refusal.sentence}\n${refusal.remedy}`;
}
