import { deepEqual, equal, rejects } from "node:assert/strict";
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
