// What a session says without waiting for an answer: over which connection, when, and whether all of it has been said. None of their answers is
// read, and neither those nor a failure change anything. After five seconds one counts as said.
import { endOf } from "../serial-queue.ts";
import type { Connection, Connections } from "./client.ts";

/** Goodbyes are not waited for longer than this. */
const GOODBYE_MS = 5_000;

export class Goodbyes {
  readonly #connections: Connections;
  #said: Promise<void> = Promise.resolve();
  /** Writes the one that is still to be said. */
  #later: (() => string) | undefined;
  #isAsideBusy = false;
  /** Requests on the main connection that have not been answered. */
  #awaited = 0;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Over the main connection, before any request to come. */
  say(write: () => string): void {
    this.sayNow();
    void this.#say(write, this.#connections.main);
  }

  /**
   * Over the second connection, where no request waits behind it, when nothing else is under way or with `sayNow`. Before that, writing it would
   * keep the next request waiting here, and reading it would there, where a server does one thing at a time.
   */
  sayLater(write: () => string): void {
    this.sayNow();
    this.#later = write;
    this.#sayWhenIdle();
  }

  /** What is still to be said. While the second connection has not answered the last one, this one waits its turn on the main one: none pile up. */
  sayNow(): void {
    const write = this.#later;
    this.#later = undefined;
    if (write === undefined) return;
    if (this.#isAsideBusy) {
      void this.#say(write, this.#connections.main);
      return;
    }
    this.#isAsideBusy = true;
    void this.#say(write, this.#connections.aside).then(() => {
      this.#isAsideBusy = false;
    });
  }

  /** A request on the main connection, until its answer. */
  async during<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    this.#awaited += 1;
    try {
      return await request();
    } finally {
      this.#awaited -= 1;
      if (this.#later !== undefined) this.#sayWhenIdle();
    }
  }

  /** Resolves when all so far have been said. Until then no connection must be closed. */
  async settled(): Promise<void> {
    this.sayNow();
    await this.#said;
  }

  #sayWhenIdle(): void {
    setImmediate(() => {
      if (this.#awaited === 0) this.sayNow();
    });
  }

  #say(write: () => string, connection: Connection): Promise<void> {
    const said = endOf(connection.post(write(), { timeoutMs: GOODBYE_MS }));
    this.#said = this.#said.then(() => said);
    return said;
  }
}
