// The words in which servers say that a limit is reached, wherever they come: faults, pages, states, error records. Exchange has no codes for it.
// Sources: facts on limits; messages of Exchange 2010 to Online as administrators reported them. Only English: requests ask for it.

/** A limit that passes by itself. */
export interface Quota {
  /** What to do about it, as the end of a sentence. */
  readonly advice: string;
  /** Milliseconds until the server will listen again, an hour at most; absent when it names no time. */
  readonly retryAfterMs?: number;
}

/** Nobody waits longer than this because a server says so; the text keeps what it said. */
const LONGEST_WAIT_MS = 3_600_000;

const LOAD = /load quota of (\d+) requests per (\d+) seconds/i;
const CONCURRENT = /maximum (?:number )?of (?:(\d+) )?concurrent (shells|commands|operations|users)/i;
const CONNECTIONS = /maximum number of connections allowed\s*:\s*(\d+)/i;
const BUDGET = /exceeded (?:your|the) budget\b/i;
const WAIT = /(?:approved for at least|wait for(?: at least)?|wait at least) (\d+) (milliseconds|seconds|minutes)/i;
const UNIT_MS: Readonly<Record<string, number>> = { milliseconds: 1, seconds: 1_000, minutes: 60_000 };

/** The limit of which a text speaks; nothing when it speaks of none. */
export function quotaIn(text: string): Quota | undefined {
  const what = adviceIn(text);
  if (what === undefined) return undefined;
  const [, amount, unit = ""] = WAIT.exec(text) ?? [];
  if (amount === undefined) return { advice: what };
  const retryAfterMs = Math.min(Number(amount) * (UNIT_MS[unit.toLowerCase()] ?? 1), LONGEST_WAIT_MS);
  return { advice: `${what}; ask again in ${retryAfterMs / 1000} s`, retryAfterMs };
}

function adviceIn(text: string): string | undefined {
  const load = LOAD.exec(text);
  if (load !== null) return `more than ${load[1]} requests in ${load[2]} s, so this one was not executed`;
  const [, count, noun] = CONCURRENT.exec(text) ?? [];
  if (noun !== undefined) return ADVICE[noun.toLowerCase()]?.(count === undefined ? "" : `${count} `);
  const connections = CONNECTIONS.exec(text)?.[1];
  if (connections !== undefined) return ADVICE["shells"]?.(`${connections} `);
  return BUDGET.test(text) ? "the user's throttling policy allows no more for now" : undefined;
}

const ADVICE: Readonly<Record<string, (count: string) => string>> = {
  shells: (count) =>
    `all ${count}sessions of this user are taken: close some, or raise PowerShellMaxConcurrency of the user's throttling policy`,
  commands: (count) => `all ${count}commands of this session are taken: another session will do`,
  operations: (count) => `all ${count}operations of this user are taken: let others of the user end`,
  users: (count) => `all ${count}users that the server takes at a time are there: let others end`,
};
