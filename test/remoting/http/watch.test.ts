import { deepEqual } from "node:assert/strict";
import { mock } from "node:test";
import { Watch } from "../../../provider/remoting/http/watch.ts";
import { WsmanError } from "../../../provider/remoting/problem.ts";

/** Timers as Node's are, on a clock of the test's own; those of node:test cannot be set anew. One that is cleared stays so. */
class Timers {
  readonly #running = new Map<object, { readonly act: () => void; readonly dueMs: number }>();
  readonly #cleared = new Set<object>();
  #nowMs = 0;

  set(act: () => void, ms: number): object {
    const timer = { unref: () => timer, refresh: () => !this.#cleared.has(timer) && this.#start(timer, act, ms) };
    this.#start(timer, act, ms);
    return timer;
  }

  clear(timer: object): void {
    this.#running.delete(timer);
    this.#cleared.add(timer);
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

  function goesWell(timeoutMs: number, signal?: AbortSignal): void {
    watch.start(timeoutMs, signal);
    watch.stop();
  }

  function givesUpAfter(timeoutMs: number, words: string): void {
    watch.start(timeoutMs, undefined);
    timers.tick(timeoutMs - 1);
    deepEqual(given, []);
    timers.tick(1);
    deepEqual(given, [words]);
  }

  it("gives up the one whose server is silent for as long as that one allows", () => {
    givesUpAfter(30_000, "no answer within 30 s");
  });

  it("counts from the start of each, whatever ran before", () => {
    goesWell(5_000);
    timers.tick(4_000);
    givesUpAfter(5_000, "no answer within 5 s");
  });

  it("counts anew after a rest", () => {
    watch.start(5_000, undefined);
    watch.rest();
    timers.tick(4_000);
    givesUpAfter(5_000, "no answer within 5 s");
  });

  it("gives nothing up that has ended", () => {
    goesWell(5_000);
    timers.tick(5_000);
    deepEqual(given, []);
  });

  it("gives no exchange the time of another", () => {
    goesWell(5_000);
    timers.tick(4_000);
    watch.start(30_000, undefined);
    timers.tick(29_999);
    deepEqual(given, []);
  });

  it("gives up the one whose caller does, and no other", () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const third = new AbortController();
    goesWell(5_000, first.signal);
    first.abort();
    goesWell(5_000, second.signal);
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
