// What was done, step by step, for whoever asks the next morning. Kept in Pulumi's state, the newest last.

export interface JournalEntry {
  /** UTC, ISO 8601 without fractions. */
  readonly at: string;
  readonly what: string;
}

const kept = 100;

/** `journal` with one more line; the oldest go once there are 100. */
export function noted(journal: readonly JournalEntry[], atMs: number, what: string): readonly JournalEntry[] {
  return [...journal, { at: `${new Date(atMs).toISOString().slice(0, 19)}Z`, what }].slice(-kept);
}
