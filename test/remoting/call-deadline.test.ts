import { deepEqual, equal } from "node:assert/strict";
import { CallDeadline } from "../../provider/remoting/call-deadline.ts";

describe("the deadline of a call", () => {
  it("keeps the first reason, whatever comes later", async () => {
    const stop = new AbortController();
    const deadline = new CallDeadline({ timeoutMs: 1, signal: stop.signal });
    await new Promise((resolve) => deadline.signal.addEventListener("abort", resolve));
    stop.abort();
    equal(deadline.reason, "timedOut");
    deadline.dispose();
  });

  it("knows a signal that had aborted before", () => {
    const deadline = new CallDeadline({ signal: AbortSignal.abort() });
    deepEqual([deadline.signal.aborted, deadline.reason], [true, "stopped"]);
    deadline.dispose();
  });

  it("is given up by whoever closes what the call runs in", () => {
    const deadline = new CallDeadline({ timeoutMs: 60_000, signal: new AbortController().signal });
    deepEqual([deadline.signal.aborted, deadline.reason], [false, undefined]);
    deadline.giveUp("closed");
    deadline.giveUp("stopped");
    deepEqual([deadline.signal.aborted, deadline.reason], [true, "closed"]);
    deadline.dispose();
  });

  it("is open without time and signal, and stays so after it was disposed of", () => {
    const stop = new AbortController();
    const deadline = new CallDeadline({ timeoutMs: 60_000, signal: stop.signal });
    deadline.dispose();
    stop.abort();
    deepEqual([deadline.signal.aborted, deadline.reason], [false, undefined]);
  });
});
