// The sessions of one user with one server: how many, who gets the next one, when another is opened and when one is given back. The endpoints
// of a server share them. Knows nothing of what runs in a session. Sources: Exchange's and WinRM's quotas, facts of idle shells.
import { EndpointSessions, type PooledSession, type SessionSource } from "./endpoint-sessions.ts";

export interface SessionPoolOptions {
  /** Sessions at one time, those being opened or given back included (`1` to `18`, Exchange's own limit). Default 4. */
  readonly most?: number;
  /** Milliseconds after which an idle session is given back; Windows disconnects one after about two minutes. Default 60,000. */
  readonly idleMs?: number;
  /**
   * Milliseconds that a call waits for a busy session before another one is opened. Default 1,000: about what opening takes on a real server
   * (three round trips, the proof of who asks, a runspace), so that a call never waits for more than twice the better choice.
   */
  readonly patienceMs?: number;
  /** Milliseconds in which no further session is tried after one was refused beside others that work. Default 60,000. */
  readonly refusedMs?: number;
}

interface Waiter {
  readonly endpoint: EndpointSessions<PooledSession>;
  /** Whether it has waited for long enough to have another session opened. */
  isImpatient: boolean;
  /** Takes an idle session of its endpoint; false when there is none. */
  serve(): boolean;
  fail(error: unknown): void;
}

/** First come, first served, over all endpoints. */
export class SessionPool {
  readonly options: Required<SessionPoolOptions>;
  readonly #endpoints: EndpointSessions<PooledSession>[] = [];
  #waiting: Waiter[] = [];

  constructor(options: SessionPoolOptions = {}) {
    this.options = { most: 4, idleMs: 60_000, patienceMs: 1_000, refusedMs: 60_000, ...options };
  }

  /** A share for one endpoint, whose sessions `open` makes; `open` gives up when its signal aborts. */
  endpoint<S extends PooledSession>(open: (signal: AbortSignal) => Promise<S>): SessionSource<S> {
    const endpoint = new EndpointSessions(this, open);
    this.#endpoints.push(endpoint);
    return endpoint;
  }

  /** An idle session of `endpoint`, taken by `take` when its turn has come. */
  wait<S extends PooledSession>(endpoint: EndpointSessions<S>, take: () => S | undefined, signal: AbortSignal): Promise<S> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const idle = this.#waiting.length === 0 ? take() : undefined;
    if (idle !== undefined) return Promise.resolve(idle);
    const { promise, resolve, reject } = Promise.withResolvers<S>();
    const waiter: Waiter = {
      endpoint,
      isImpatient: false,
      serve: () => {
        const session = take();
        if (session !== undefined) resolve(session);
        return session !== undefined;
      },
      fail: reject,
    };
    const onAbort = () => {
      this.#remove(waiter);
      reject(signal.reason);
      if (!this.#waiting.some((other) => other.endpoint === endpoint)) endpoint.stopOpening();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const patience = setTimeout(() => {
      waiter.isImpatient = true;
      this.pump();
    }, this.options.patienceMs);
    this.#waiting.push(waiter);
    this.pump();
    return promise.finally(() => {
      clearTimeout(patience);
      signal.removeEventListener("abort", onAbort);
    });
  }

  /** Lets everybody have what there is, in the order of their coming, and opens or gives back what that takes. */
  pump(): void {
    for (const waiter of [...this.#waiting]) {
      if (waiter.serve()) this.#remove(waiter);
      else if (waiter.endpoint.mayOpen(waiter.isImpatient)) this.#makeRoomFor(waiter.endpoint);
    }
  }

  /** Nobody of that endpoint will get a session. */
  turnAway(endpoint: EndpointSessions<PooledSession>, error: unknown): void {
    for (const waiter of this.#waiting.filter((one) => one.endpoint === endpoint)) {
      this.#remove(waiter);
      waiter.fail(error);
    }
  }

  #makeRoomFor(endpoint: EndpointSessions<PooledSession>): void {
    const held = this.#endpoints.reduce((sum, one) => sum + one.held, 0);
    if (held < this.options.most) endpoint.open();
    else if (!this.#endpoints.some((one) => one.isGivingBack)) this.#endpoints.find((one) => one.hasIdle)?.giveBackOldest();
  }

  #remove(waiter: Waiter): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiter);
  }
}
