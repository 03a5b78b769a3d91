// Sessions with a server whose opening, calls and goodbyes end when a test says so. Time is moved by the test too.
import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { PooledSession, SessionSource } from "../../provider/remoting/endpoint-sessions.ts";
import { SessionPool, type SessionPoolOptions } from "../../provider/remoting/sessions.ts";

/** Milliseconds after which a call that waits has another session opened. */
export const impatienceMs = 1_000;

interface Opening {
  readonly endpoint: string;
  readonly signal: AbortSignal;
  done(): void;
  refuse(error: Error): void;
}

interface HandSession extends PooledSession {
  readonly name: string;
  isUsable: boolean;
}

export interface Call {
  readonly answered: Promise<string>;
  /** The session that it runs in; `undefined` while it waits. */
  readonly session: () => string | undefined;
  end(): void;
  /** It fails, and breaks its session unless told otherwise. */
  fail(error: Error, breaks?: boolean): void;
  stop(): void;
}

type EndpointName = "exchange" | "windows";

/** Endpoints `exchange` and `windows` of one server; sessions are called `exchange 1`, `windows 2`, in the order of their opening. */
export class HandServer {
  readonly openings: Opening[] = [];
  readonly closed: string[] = [];
  /** Goodbyes are answered at once unless this is set. */
  slowGoodbye: Promise<void> | undefined;
  readonly #sources: Readonly<Record<EndpointName, SessionSource<HandSession>>>;
  #opened = 0;

  constructor(options: SessionPoolOptions = {}) {
    const pool = new SessionPool(options);
    this.#sources = {
      exchange: pool.endpoint((signal) => this.#open("exchange", signal)),
      windows: pool.endpoint((signal) => this.#open("windows", signal)),
    };
  }

  call(endpoint: EndpointName = "exchange"): Call {
    const stop = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let used: HandSession | undefined;
    const answered = this.#sources[endpoint].use((session) => {
      used = session;
      return promise;
    }, stop.signal);
    answered.catch(() => {});
    return {
      answered,
      session: () => used?.name,
      end: () => resolve("answer"),
      fail: (error, breaks = true) => {
        if (used !== undefined) used.isUsable = !breaks;
        reject(error);
      },
      stop: () => stop.abort(new Error("gave up")),
    };
  }

  close(endpoint: EndpointName = "exchange"): Promise<void> {
    return this.#sources[endpoint].close();
  }

  /** Lets the newest opening succeed, and everybody hear of it. */
  async opened(): Promise<void> {
    this.openings.at(-1)?.done();
    await turn();
  }

  async #open(endpoint: string, signal: AbortSignal): Promise<HandSession> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.openings.push({ endpoint, signal, done: resolve, refuse: reject });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    await promise;
    this.#opened += 1;
    const name = `${endpoint} ${this.#opened}`;
    return { name, isUsable: true, close: () => this.#close(name) };
  }

  async #close(name: string): Promise<void> {
    this.closed.push(name);
    await this.slowGoodbye;
  }
}

/** Lets `ms` milliseconds pass, after everybody has heard of what has happened, and lets everybody hear of that. */
export async function pass(ms: number): Promise<void> {
  await turn();
  mock.timers.tick(ms);
  await turn();
}

/** As many calls as given, each running in a session of its own. */
export async function busy(server: HandServer, count: number): Promise<readonly Call[]> {
  const calls: Call[] = [];
  for (let number = 1; number <= count; number++) {
    calls.push(server.call());
    if (number > 1) await pass(impatienceMs);
    await server.opened();
  }
  return calls;
}
