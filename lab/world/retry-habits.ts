// How long real senders keep trying, and how often: the table of facts/mail-and-dns.md section 7 as data.
// A habit answers when to try next; doing it is the sender's business.

export interface RetryHabit {
  readonly name: string;
  /** Gives up and tells its user when the message is older than this, in milliseconds. */
  readonly givesUpMs: number;
  /** Milliseconds until the next attempt, after `attempts` failed ones of a message that is `ageMs` old. */
  wait(ageMs: number, attempts: number): number;
  /** Out of 100 senders, so many have this habit. */
  readonly share: number;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const retryHabits: readonly RetryHabit[] = [
  { name: "Postfix", share: 30, givesUpMs: 5 * day, wait: (ageMs) => Math.min(Math.max(ageMs, 300_000), 4_000_000) },
  { name: "Exchange Online", share: 20, givesUpMs: day, wait: (_age, attempts) => Math.min(15 * 2 ** (attempts - 1), 60) * minute },
  /** Weak sources. */
  { name: "Gmail", share: 15, givesUpMs: 2 * day, wait: (_age, attempts) => Math.min(5 * 2 ** attempts, 240) * minute },
  { name: "Exim", share: 10, givesUpMs: 4 * day, wait: eximWait },
  { name: "Exchange Server", share: 10, givesUpMs: 2 * day, wait: (_age, attempts) => (attempts <= 6 ? 5 : 10) * minute },
  { name: "Sendmail", share: 5, givesUpMs: 5 * day, wait: () => 30 * minute },
  { name: "cloud gateway", share: 5, givesUpMs: 4 * hour, wait: () => 30 * minute },
  { name: "OpenSMTPD", share: 3, givesUpMs: 4 * day, wait: (_age, attempts) => Math.min(attempts * attempts * 6, 4 * 60) * minute },
  { name: "patient provider", share: 2, givesUpMs: 31 * day, wait: (_age, attempts) => Math.min(15 * attempts, 180) * minute },
];

/** Scripts, scanners and web forms: one attempt. */
export const neverRetries: RetryHabit = { name: "script", share: 0, givesUpMs: 0, wait: () => 0 };

/** The habit of the sender for whom chance said `roll` (0 to 1), when `neverRetryShare` of all never retry. */
export function habitOf(roll: number, neverRetryShare: number): RetryHabit {
  if (roll < neverRetryShare) return neverRetries;
  let left = ((roll - neverRetryShare) / (1 - neverRetryShare)) * 100;
  for (const habit of retryHabits) {
    left -= habit.share;
    if (left < 0) return habit;
  }
  return retryHabits[0] ?? neverRetries;
}

/** `F,2h,15m; G,16h,1h,1.5; F,4d,6h` */
function eximWait(ageMs: number, attempts: number): number {
  if (ageMs < 2 * hour) return 15 * minute;
  if (ageMs < 16 * hour) return Math.min(hour * 1.5 ** Math.max(0, attempts - 9), 16 * hour);
  return 6 * hour;
}
