// Who started a process, seen with real ones: shells are passed through, and the end of any of them is seen.
import { deepEqual, equal } from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { isRunning, parentsOf, watchParents } from "../../provider/host/parents.ts";

const idle = "setInterval(() => {}, 1000)";
/** Starts a shell that stays, which starts a process that says its id and does nothing. */
const starter = `require('node:child_process').spawn('sh', ['-c', '"$0" -e "process.stdout.write(String(process.pid)); ${idle}"; true', process.execPath], { stdio: 'inherit' }); ${idle}`;

describe("the parents of a process", () => {
  const started: ChildProcess[] = [];
  const pids: number[] = [];

  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
    for (const pid of pids.splice(0)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
  });

  async function family(): Promise<{ readonly child: number; readonly above: ChildProcess; readonly abovePid: number }> {
    const above = spawn(process.execPath, ["-e", starter], { stdio: ["ignore", "pipe", "ignore"] });
    started.push(above);
    const child = Number(String((await once(above.stdout, "data"))[0]));
    pids.push(child);
    return { child, above, abovePid: above.pid ?? 0 };
  }

  it("are the shells above it, and the first that is none", async () => {
    const { child, abovePid } = await family();
    const parents = parentsOf(child);
    deepEqual([parents.length, parents.at(-1)?.pid, parents.every(isRunning)], [2, abovePid, true]);
    deepEqual(
      parentsOf(abovePid).map(({ pid }) => pid),
      [process.pid],
    );
  });

  it("are missed when the one above the shell is killed, though the shell lives on", async () => {
    const { child, above, abovePid } = await family();
    const parents = parentsOf(child);
    const gone = new Promise<number>((resolve) => watchParents(child, parents, resolve));
    above.kill("SIGKILL");
    equal(await gone, abovePid);
    deepEqual(parents.map(isRunning), [true, false]);
  });

  it("are missed by nobody who has ended the watch", async () => {
    const { child, above } = await family();
    const parents = parentsOf(child);
    const gone: number[] = [];
    watchParents(child, parents, (pid) => gone.push(pid))();
    above.kill("SIGKILL");
    await new Promise<number>((resolve) => watchParents(child, parents, resolve));
    deepEqual(gone, []);
  });

  it("of a process that is not there are none", () => {
    deepEqual(parentsOf(2 ** 22 + 1), []);
  });
});

describe("a process that runs", () => {
  it("is known by its start, where the system tells that: a later one with the same id is another", () => {
    const [parent] = parentsOf(process.pid);
    equal(parent === undefined ? undefined : isRunning(parent), true);
    if (process.platform === "linux") equal(parent === undefined ? undefined : isRunning({ ...parent, startedAt: "1" }), false);
    equal(isRunning({ pid: 2 ** 22 + 1, startedAt: "" }), false);
  });

  it("has ended although whoever started it has not asked how", async () => {
    // `exec`: the shell that would ask is no more.
    const above = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const pid = Number(String((await once(above.stdout, "data"))[0]));
      equal(isRunning({ pid, startedAt: "" }), true);
      process.kill(pid, "SIGKILL");
      while (isRunning({ pid, startedAt: "" })) await new Promise((resolve) => setImmediate(resolve));
    } finally {
      above.kill("SIGKILL");
    }
  });
});
