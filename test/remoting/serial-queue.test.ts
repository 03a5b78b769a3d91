import { deepEqual, equal, rejects } from "node:assert/strict";
import { Limits } from "../../provider/remoting/limits.ts";
import { SerialQueue } from "../../provider/remoting/serial-queue.ts";

describe("a serial queue", () => {
  it("runs one after the other, in the order of asking, also after one that fails", async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    const take = (name: string, fails = false) =>
      queue.run(async () => {
        log.push(`${name} begins`);
        await Promise.resolve();
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const [first] = await Promise.allSettled([take("a", true), take("b"), take("c")]);
    equal(first?.status, "rejected");
    deepEqual(log, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("lets one that gave up leave the queue at once, and those behind it still wait for those before it", async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = queue.run(() => gate.promise.then(() => void log.push("first")));
    const stop = new AbortController();
    const second = queue.run(
      async () => void log.push("second"),
      stop.signal,
      () => new Error("gave up"),
    );
    const third = queue.run(async () => void log.push("third"));
    stop.abort();
    await rejects(second, new Error("gave up"));
    deepEqual(log, []);
    gate.resolve();
    await Promise.all([first, third]);
    deepEqual(log, ["first", "third"]);
  });

  it("does not begin for one that gave up before its turn was free", async () => {
    const log: string[] = [];
    await rejects(
      new SerialQueue().run(
        async () => void log.push("ran"),
        AbortSignal.abort(),
        () => new Error("gave up"),
      ),
      new Error("gave up"),
    );
    deepEqual(log, []);
  });
});

describe("the limits of a call", () => {
  it("keep the first reason, whatever comes later", async () => {
    const stop = new AbortController();
    const limits = new Limits({ timeoutMs: 1, signal: stop.signal });
    await new Promise((resolve) => limits.signal.addEventListener("abort", resolve));
    stop.abort();
    equal(limits.reason, "timedOut");
    limits.dispose();
  });

  it("know a signal that had aborted before", () => {
    const limits = new Limits({ signal: AbortSignal.abort() });
    deepEqual([limits.signal.aborted, limits.reason], [true, "stopped"]);
    limits.dispose();
  });

  it("are given up by whoever closes what the call runs in", () => {
    const limits = new Limits({ timeoutMs: 60_000, signal: new AbortController().signal });
    deepEqual([limits.signal.aborted, limits.reason], [false, undefined]);
    limits.giveUp("closed");
    limits.giveUp("stopped");
    deepEqual([limits.signal.aborted, limits.reason], [true, "closed"]);
    limits.dispose();
  });

  it("are open without deadline and signal, and stay so after they were disposed of", () => {
    const stop = new AbortController();
    const limits = new Limits({ timeoutMs: 60_000, signal: stop.signal });
    limits.dispose();
    stop.abort();
    deepEqual([limits.signal.aborted, limits.reason], [false, undefined]);
  });
});
