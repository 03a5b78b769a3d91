// Two set-ups at once: one works, the other waits, and a holder that died holds nothing.
import { deepEqual, equal, rejects } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { withLock } from "../../setup/lock.ts";

describe("a lock between processes", () => {
  let folder = "";
  let file = "";

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-lock-"));
    file = path.join(folder, "below", "build.lock");
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("lets the second wait for the first, and says who holds it, once", async () => {
    const order: string[] = [];
    const lookedTwice = Promise.withResolvers<void>();
    let looks = 0;
    const first = withLock(
      file,
      () => order.push("first waits"),
      async () => {
        order.push("first begins");
        await lookedTwice.promise;
        order.push("first ends");
      },
    );
    const waiting = withLock(
      file,
      (holder) => order.push(`second waits for ${holder === process.pid ? "us" : holder}`),
      async () => order.push("second begins"),
      async () => {
        looks += 1;
        if (looks === 2) lookedTwice.resolve();
      },
    );
    await Promise.all([first, waiting]);
    deepEqual(order, ["first begins", "second waits for us", "first ends", "second begins"]);
  });

  it("is taken from a process that has ended", async () => {
    await withLock(
      file,
      () => undefined,
      async () => undefined,
    );
    const ended = spawnSync(process.execPath, ["--version"]).pid;
    writeFileSync(file, String(ended));
    const waited: number[] = [];
    equal(
      await withLock(
        file,
        (holder) => waited.push(holder),
        async () => "done",
      ),
      "done",
    );
    deepEqual(waited, []);
  });

  it("is left, and nothing beside it, when the work fails", async () => {
    const work = withLock(
      file,
      () => undefined,
      () => Promise.reject(new Error("no room")),
    );
    await rejects(work, { message: "no room" });
    equal(existsSync(file), false);
    deepEqual(readdirSync(path.dirname(file)), []);
  });
});
