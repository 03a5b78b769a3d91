// Which run this is, and what is known of another one's end.
import { deepEqual, equal } from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parentsOf } from "../../provider/host/parents.ts";
import { isOver, thisRun } from "../../provider/host/run-identity.ts";

describe("a run", () => {
  it("is that of the engine above, on this machine; of the process itself where there is none", () => {
    const [engine] = parentsOf(process.pid);
    const { machine, host } = thisRun(engine);
    deepEqual(thisRun(engine), { host, machine, pid: engine?.pid, startedAt: engine?.startedAt });
    deepEqual(thisRun(undefined), { host, machine, pid: process.pid, startedAt: "" });
  });

  it("has not ended while its engine lives, and has when that is gone", async () => {
    const engine = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const run = thisRun({ pid: engine.pid ?? 0, startedAt: "" });
    equal(isOver(run), false);
    engine.kill("SIGKILL");
    await once(engine, "exit");
    equal(isOver(run), true);
  });

  it("of another machine is never known to have ended: its process ids are not ours", () => {
    equal(isOver({ ...thisRun(undefined), pid: 2 ** 22 + 1, machine: "another" }), false);
  });
});
