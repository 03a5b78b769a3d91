// What a run does about failures: which pass by themselves, how often and how far apart they are tried again, and what is told when it gives up.
import assert from "node:assert/strict";
import type { Reason } from "../../provider/common/reason.ts";
import { type Door, earlier, failing, knock, nothing, only, run } from "../support/toy-door.ts";
import { LampError } from "../support/toy-kind.ts";

describe("a run that fails", () => {
  const table: readonly { readonly reason: Reason; readonly attempts: number; readonly delayMs: number }[] = [
    { reason: "timedOut", attempts: 4, delayMs: 10_000 },
    { reason: "unreachable", attempts: 6, delayMs: 15_000 },
    { reason: "sessionLost", attempts: 4, delayMs: 2_000 },
    { reason: "throttled", attempts: 6, delayMs: 60_000 },
    { reason: "notReady", attempts: 30, delayMs: 10_000 },
    { reason: "serverError", attempts: 5, delayMs: 15_000 },
    { reason: "invalidAnswer", attempts: 3, delayMs: 5_000 },
    { reason: "changedMeanwhile", attempts: 4, delayMs: 2_000 },
  ];
  for (const { reason, attempts, delayMs } of table) {
    const errors = Array.from({ length: attempts }, () => new LampError(reason));
    it(`with ${reason} is tried ${attempts} times, ${delayMs / 1000} s apart, and then has failed`, async () => {
      const site = failing(errors);
      const { ending, clock, said } = await run(site);
      assert.deepEqual([ending.end, ending.sentence, ending.cause], ["failed", `the row answers ${reason}`, errors.at(-1)]);
      assert.deepEqual([site.asked(), clock.sleeps], [attempts, Array(attempts - 1).fill(delayMs)]);
      assert.equal(said[0], `try 2 soon; the row answers ${reason}`);
    });

    it(`with ${reason} goes on when the last try succeeds`, async () => {
      assert.equal((await run(failing(errors.slice(1)))).ending.end, "done");
    });
  }

  for (const error of [new LampError("denied"), new LampError("rejected"), new Error("no reason at all"), "just a text"]) {
    it(`with ${String(error)} has failed at once`, async () => {
      const site = failing([error]);
      const { ending, clock } = await run(site);
      assert.deepEqual([ending.end, ending.cause, site.asked(), clock.sleeps], ["failed", error, 1, []]);
      assert.equal(ending.sentence, error instanceof Error ? error.message : "just a text");
      assert.deepEqual([ending.recorded, ending.journal], [{ looks: 0 }, earlier]);
    });
  }

  it("waits as long as the other side asked for, once; if that was too early, no less than its own patience", async () => {
    const errors = [2_500, 1_000, 300_000].map((askedMs) => new LampError("throttled", askedMs));
    assert.deepEqual((await run(failing(errors))).clock.sleeps, [2_500, 60_000, 300_000]);
    assert.deepEqual((await run(failing([new LampError("throttled", 0)]))).clock.sleeps, [1_000]);
  });

  it("counts failures in a row: a wait or a step that went well begins the count anew", async () => {
    let asked = 0;
    const site: Door = {
      answer: () => {
        asked += 1;
        if (asked > 24) return nothing;
        if (asked % 3 !== 0) throw new LampError("invalidAnswer");
        return asked % 2 === 0
          ? only({ kind: "knock", on: String(asked) })
          : only({ kind: "wait", key: "dawn", for: "dawn", recheckMs: 1_000 });
      },
    };
    assert.equal((await run(site)).ending.end, "done");
  });

  it("in a step has the step tried again, and the journal tells only what was done", async () => {
    let knocks = 0;
    const site: Door = {
      answer: () => (knocks < 2 ? only(knock) : nothing),
      knock: () => {
        knocks += 1;
        if (knocks === 1) throw new LampError("sessionLost");
      },
    };
    const { ending } = await run(site);
    assert.deepEqual([ending.end, ending.journal.length, knocks], ["done", 2, 2]);
  });

  it("keeps what was remembered and done before it failed", async () => {
    let knocks = 0;
    const site: Door = {
      answer: () => {
        if (knocks === 1) throw new LampError("denied");
        return only(knock);
      },
      knock: () => {
        knocks += 1;
      },
    };
    const { ending } = await run(site);
    assert.deepEqual([ending.end, ending.actual, ending.recorded], ["failed", only(knock), { looks: 1 }]);
    assert.deepEqual(ending.journal.at(-1), { at: "2026-12-05T20:00:00Z", what: "knock on wood" });
  });

  it("because its status line cannot be shown does not throw", async () => {
    const status = () => {
      throw new Error("nobody is watching");
    };
    const { ending } = await run(failing([new LampError("timedOut")]), { status });
    assert.ok(["done", "failed"].includes(ending.end), ending.end);
  });
});
