// Cloudflare's rate limit: 1200 requests in five minutes per user; whoever exceeds it is refused for the next five minutes.
// Counted in lab time, in windows that start with the first request.

const WINDOW_MS = 300_000;
const LIMIT = 1_200;

export interface Allowance {
  readonly allowed: boolean;
  /** Requests left in this window. */
  readonly left: number;
  /** Seconds until the window ends, or until a refused user is heard again. */
  readonly seconds: number;
}

export class RateLimit {
  readonly #now: () => number;
  readonly #users = new Map<string, { startMs: number; count: number; blockedUntilMs: number }>();

  /** @param now lab milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one request of `user`. */
  take(user: string): Allowance {
    const nowMs = this.#now();
    let own = this.#users.get(user);
    if (own !== undefined && nowMs < own.blockedUntilMs) return refused(own.blockedUntilMs - nowMs);
    if (own === undefined || own.blockedUntilMs > 0 || nowMs >= own.startMs + WINDOW_MS) {
      own = { startMs: nowMs, count: 0, blockedUntilMs: 0 };
      this.#users.set(user, own);
    }
    own.count += 1;
    if (own.count > LIMIT) {
      own.blockedUntilMs = nowMs + WINDOW_MS;
      return refused(WINDOW_MS);
    }
    return { allowed: true, left: LIMIT - own.count, seconds: Math.ceil((own.startMs + WINDOW_MS - nowMs) / 1_000) };
  }
}

/** The headers that tell a client of its limit; `retry-after` only where it was exceeded. */
export function limitHeaders({ allowed, left, seconds }: Allowance): Readonly<Record<string, string>> {
  return {
    ratelimit: `"default";r=${left};t=${seconds}`,
    "ratelimit-policy": `"default";q=${LIMIT};w=${WINDOW_MS / 1_000}`,
    ...(allowed ? {} : { "retry-after": String(seconds) }),
  };
}

function refused(ms: number): Allowance {
  return { allowed: false, left: 0, seconds: Math.ceil(ms / 1_000) };
}
