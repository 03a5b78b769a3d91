import { deepEqual } from "node:assert/strict";
import { mock } from "node:test";
import { Watch } from "../../../provider/remoting/http/watch.ts";
import { WsmanError } from "../../../provider/remoting/problem.ts";

/** Timers as Node's are, on a clock of the test's own; those of node:test cannot be set anew. */
class Timers {
  readonly #running = new Map<object, { readonly act: () => void; readonly dueMs: number }>();
  #nowMs = 0;

  set(act: () => void, ms: number): object {
    const timer = { unref: () => timer, refresh: () => this.#start(timer, act, ms) };
    this.#start(timer, act, ms);
    return timer;
  }

  clear(timer: object): void {
    this.#running.delete(timer);
  }

  tick(ms: number): void {
    this.#nowMs += ms;
    for (const [timer, { act, dueMs }] of [...this.#running])
      if (dueMs <= this.#nowMs) {
        this.#running.delete(timer);
        act();
      }
  }

  #start(timer: object, act: () => void, ms: number): void {
    this.#running.set(timer, { act, dueMs: this.#nowMs + ms });
  }
}

describe("a watch over exchanges", () => {
  let given: string[] = [];
  let timers: Timers;
  let watch: Watch;

  beforeEach(() => {
    timers = new Timers();
    mock.method(globalThis, "setTimeout", (act: () => void, ms: number) => timers.set(act, ms));
    mock.method(globalThis, "clearTimeout", (timer: object) => timers.clear(timer));
    given = [];
    watch = new Watch((error) => given.push(error instanceof WsmanError ? error.problem.kind : error.message));
  });
  afterEach(() => mock.restoreAll());

  it("gives up the one whose server is silent for as long as that one allows", () => {
    watch.start(30_000, undefined);
    timers.tick(29_999);
    deepEqual(given, []);
    timers.tick(1);
    deepEqual(given, ["no answer within 30 s"]);
  });

  it("counts from the start of each, whatever ran before", () => {
    watch.start(5_000, undefined);
    watch.stop();
    timers.tick(4_000);
    watch.start(5_000, undefined);
    timers.tick(4_999);
    watch.stop();
    deepEqual(given, []);
    watch.start(5_000, undefined);
    watch.rest();
    timers.tick(4_000);
    watch.start(5_000, undefined);
    timers.tick(2_000);
    watch.stop();
    deepEqual(given, []);
    timers.tick(10_000);
    watch.start(5_000, undefined);
    watch.stop();
    timers.tick(4_000);
    watch.start(30_000, undefined);
    timers.tick(2_000);
    watch.stop();
    watch.start(5_000, undefined);
    timers.tick(4_999);
    deepEqual(given, []);
    timers.tick(1);
    deepEqual(given, ["no answer within 5 s"]);
  });

  it("gives up the one whose caller does, and no other", () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const third = new AbortController();
    watch.start(5_000, first.signal);
    watch.stop();
    first.abort();
    watch.start(5_000, second.signal);
    watch.stop();
    watch.start(5_000, third.signal);
    second.abort();
    watch.stop();
    watch.start(5_000, third.signal);
    deepEqual(given, []);
    third.abort();
    deepEqual(given, ["aborted"]);
  });

  it("that rests gives nothing up, and watches again when it is told to", () => {
    const caller = new AbortController();
    watch.start(5_000, caller.signal);
    watch.rest();
    timers.tick(60_000);
    deepEqual(given, []);
    watch.start(5_000, caller.signal);
    caller.abort();
    deepEqual(given, ["aborted"]);
  });
});
