// The sessions with one endpoint: opened, used one call at a time, kept for a while, given back. Whose turn it is and whether there is room for
// another is the pool's business (sessions.ts), which all endpoints of a server share.

/** A session that is open. */
export interface PooledSession {
  /** Whether another call may run in it. False once it is not known what state it is in. */
  readonly isUsable: boolean;
  /** Gives it back to the server. Never throws, and comes back within seconds whatever the server does. */
  close(): Promise<void>;
}

/** One endpoint's share in a pool. */
export interface SessionSource<S extends PooledSession> {
  /**
   * Runs `act` with a session of its own. One that is not usable afterwards is given back.
   * @throws whatever `act` threw, or why there is no session; the reason of `signal` when it aborted while waiting
   */
  use<Result>(act: (session: S) => Promise<Result>, signal: AbortSignal): Promise<Result>;
  /** Turns away who waits, and gives all sessions of this endpoint back once their calls have ended. Safe to call twice. */
  close(): Promise<void>;
}

export class SessionsClosed extends Error {
  override readonly name = "SessionsClosed";
}

/** What an endpoint needs of its pool. */
interface Pool {
  /** Milliseconds, as in the pool's options. */
  readonly options: { readonly idleMs: number; readonly refusedMs: number };
  wait<S extends PooledSession>(endpoint: EndpointSessions<S>, take: () => S | undefined, signal: AbortSignal): Promise<S>;
  pump(): void;
  turnAway(endpoint: EndpointSessions<PooledSession>, error: unknown): void;
}

interface Idle<S> {
  readonly session: S;
  readonly timer: NodeJS.Timeout;
}

export class EndpointSessions<S extends PooledSession> implements SessionSource<S> {
  readonly #pool: Pool;
  readonly #open: (signal: AbortSignal) => Promise<S>;
  /** The one used last at the end, so that those too many grow old. */
  #idle: readonly Idle<S>[] = [];
  #busy = 0;
  #opening: AbortController | undefined;
  #closing = 0;
  /** Calls, openings and closings that have not ended. */
  readonly #underWay = new Set<Promise<unknown>>();
  #isRefused = false;
  #isClosed = false;

  constructor(pool: Pool, open: (signal: AbortSignal) => Promise<S>) {
    this.#pool = pool;
    this.#open = open;
  }

  async use<Result>(act: (session: S) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    if (this.#isClosed) throw new SessionsClosed();
    const session = await this.#pool.wait(this, () => this.#take(), signal);
    return this.#follow(this.#run(session, act));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#pool.turnAway(this, new SessionsClosed());
    this.stopOpening();
    while (this.hasIdle) this.giveBackOldest();
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  /** Sessions that the server may count. */
  get held(): number {
    return this.#idle.length + this.#busy + this.#closing + (this.#opening === undefined ? 0 : 1);
  }

  get hasIdle(): boolean {
    return this.#idle.length > 0;
  }

  get isGivingBack(): boolean {
    return this.#closing > 0;
  }

  /** Whether another session would help who waits here: where there is none, or the wait for a busy one has become long. One at a time. */
  mayOpen(isImpatient: boolean): boolean {
    return this.#opening === undefined && (this.#busy === 0 || (isImpatient && !this.#isRefused));
  }

  open(): void {
    const stop = new AbortController();
    this.#opening = stop;
    void this.#follow(this.#openOne(stop.signal));
  }

  stopOpening(): void {
    this.#opening?.abort(new SessionsClosed());
  }

  giveBackOldest(): void {
    const [oldest, ...others] = this.#idle;
    if (oldest === undefined) return;
    clearTimeout(oldest.timer);
    this.#idle = others;
    this.#giveBack(oldest.session);
  }

  async #openOne(signal: AbortSignal): Promise<void> {
    try {
      const session = await this.#open(signal);
      this.#opening = undefined;
      if (this.#isClosed) this.#giveBack(session);
      else this.#keep(session);
    } catch (error) {
      this.#opening = undefined;
      if (!signal.aborted) this.#refused(error);
    }
    this.#pool.pump();
  }

  /** With other sessions at hand, those who wait make do with them for a while; with none, what was refused is refused to all of them. */
  #refused(error: unknown): void {
    if (this.#busy === 0 && !this.hasIdle) {
      this.#pool.turnAway(this, error);
      return;
    }
    this.#isRefused = true;
    setTimeout(() => {
      this.#isRefused = false;
      this.#pool.pump();
    }, this.#pool.options.refusedMs).unref();
  }

  #take(): S | undefined {
    const last = this.#idle.at(-1);
    if (last === undefined) return undefined;
    clearTimeout(last.timer);
    this.#idle = this.#idle.slice(0, -1);
    this.#busy += 1;
    return last.session;
  }

  async #run<Result>(session: S, act: (session: S) => Promise<Result>): Promise<Result> {
    try {
      return await act(session);
    } finally {
      this.#busy -= 1;
      if (session.isUsable && !this.#isClosed) this.#keep(session);
      else this.#giveBack(session);
      this.#pool.pump();
    }
  }

  #keep(session: S): void {
    const timer = setTimeout(() => this.giveBackOldest(), this.#pool.options.idleMs).unref();
    this.#idle = [...this.#idle, { session, timer }];
  }

  #giveBack(session: S): void {
    this.#closing += 1;
    const closing = session.close().finally(() => {
      this.#closing -= 1;
      this.#pool.pump();
    });
    void this.#follow(closing);
  }

  #follow<Result>(work: Promise<Result>): Promise<Result> {
    this.#underWay.add(work);
    const forget = () => void this.#underWay.delete(work);
    work.then(forget, forget);
    return work;
  }
}
