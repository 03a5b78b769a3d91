// How a run of the engine ends, and what it does while it waits and where it fails. That it may be interrupted anywhere: converge-interrupted.test.ts.
import assert from "node:assert/strict";
import { type Circumstances, converge } from "../../provider/engine/converge.ts";
import type { Kind } from "../../provider/engine/kind.ts";
import type { Plan, Wait } from "../../provider/engine/plan.ts";
import { eveningMs, HandClock } from "../support/hand-clock.ts";
import { around } from "../support/kept.ts";
import { LampError } from "../support/toy-kind.ts";

interface Knock {
  readonly kind: "knock";
  readonly on: string;
}

/** A door: what is planned follows from what it answers, and knocking may do something. */
interface Door {
  answer(nowMs: number): Plan<Knock> | undefined;
  knock?(on: string): void;
}

const door: Kind<Door, { readonly clock: HandClock }, Plan<Knock>, { readonly looks: number }, Knock> = {
  name: "Door",
  identity: [],
  desired: [],
  titleOf: () => "the door",
  observe: async (site, { clock }) => site.answer(clock.now()),
  adopt: () => ({ memory: { looks: 0 } }),
  isSelfContained: () => true,
  remember: (_args, _actual, memory) => ({ looks: memory.looks + 1 }),
  plan: (_args, actual) => actual,
  apply: async (site, _args, step) => site.knock?.(step.on),
  sayStep: (step) => `knock on ${step.on}`,
  headline: () => [],
  liveArgs: (args) => args,
  outputs: () => ({}),
  expectsSilence: () => false,
};

const nothing: Plan<Knock> = { steps: [], refusals: [] };
const knock: Knock = { kind: "knock", on: "wood" };
const earlier = [{ at: "2026-12-05T18:00:00Z", what: "oil the hinges" }];

async function run(site: Door, overrides: Partial<Circumstances> = {}, clock = new HandClock()) {
  const said: string[] = [];
  const ending = await converge(door, site, { clock }, { looks: 0 }, earlier, around(clock, overrides, said));
  return { ending, said, clock, waitedMs: clock.now() - eveningMs };
}

function only(...steps: (Knock | Wait)[]): Plan<Knock> {
  return { steps, refusals: [] };
}

/** Fails as often as there are reasons, then answers that nothing is left to do. */
function failing(errors: readonly unknown[]): Door & { readonly asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    answer: () => {
      asked += 1;
      if (asked <= errors.length) throw errors[asked - 1];
      return nothing;
    },
  };
}

describe("a run of the engine", () => {
  it("with nothing to do is done, without a word", async () => {
    const { ending, said, clock } = await run({ answer: () => nothing });
    assert.deepEqual(ending, { end: "done", sentence: "", actual: nothing, memory: { looks: 1 }, journal: earlier });
    assert.deepEqual([said, clock.sleeps], [[], []]);
  });

  it("performs steps one by one, looking after each, and writes each into the journal", async () => {
    const left = ["wood", "glass"];
    const site: Door = {
      answer: () => only(...left.map((on): Knock => ({ kind: "knock", on }))),
      knock: (on) => {
        left.splice(left.indexOf(on), 1);
      },
    };
    const { ending, said, clock } = await run(site);
    assert.deepEqual([ending.end, ending.memory, clock.sleeps], ["done", { looks: 3 }, []]);
    assert.deepEqual(said, ["knock on wood", "knock on glass"]);
    assert.deepEqual(ending.journal, [
      ...earlier,
      { at: "2026-12-05T20:00:00Z", what: "knock on wood" },
      { at: "2026-12-05T20:00:00Z", what: "knock on glass" },
    ]);
  });

  it("that is refused changes nothing, and says every refusal with its remedy", async () => {
    const refusals = [
      { sentence: "It is locked.", remedy: "Find the key." },
      { sentence: "It is late.", remedy: "Come tomorrow." },
    ];
    const site: Door = { answer: () => ({ steps: [knock], refusals }), knock: () => assert.fail("it was knocked on") };
    const { ending } = await run(site);
    assert.deepEqual([ending.end, ending.sentence], ["refused", "It is locked.\nFind the key.\nIt is late.\nCome tomorrow."]);
    assert.deepEqual([ending.memory, ending.journal], [{ looks: 1 }, earlier]);
  });

  it("that finds no such thing fails, and keeps what it remembers", async () => {
    const { ending } = await run({ answer: () => undefined });
    assert.deepEqual(ending, {
      end: "failed",
      sentence: "the door: the site says that there is no such thing",
      actual: undefined,
      memory: { looks: 0 },
      journal: earlier,
    });
  });

  it("gives a step that changes nothing five chances, five seconds apart, then fails and says so", async () => {
    let knocks = 0;
    const site: Door = {
      answer: () => only(knock),
      knock: () => {
        knocks += 1;
      },
    };
    const { ending, clock } = await run(site);
    assert.deepEqual([ending.end, ending.sentence], ["failed", 'the door: "knock on wood" was accepted 5 times and changed nothing']);
    assert.deepEqual([knocks, clock.sleeps], [5, [5_000, 5_000, 5_000, 5_000]]);
    assert.equal(ending.journal.length, 6);
  });

  it("gives up when two steps undo each other for ever, as two programs would that want different things", async () => {
    let knocks = 0;
    const control = new AbortController();
    const site: Door = {
      answer: () => only({ kind: "knock", on: knocks % 2 === 0 ? "wood" : "glass" }),
      knock: () => {
        knocks += 1;
        if (knocks === 1_000) control.abort();
      },
    };
    const { ending } = await run(site, { signal: control.signal });
    assert.equal(ending.end, "failed");
    assert.ok(knocks <= 100, `${knocks} knocks`);
  });

  it("goes on when the fifth chance does it", async () => {
    let knocks = 0;
    const site: Door = {
      answer: () => (knocks < 5 ? only(knock) : nothing),
      knock: () => {
        knocks += 1;
      },
    };
    assert.equal((await run(site)).ending.end, "done");
  });
});

describe("a run that fails", () => {
  const table: readonly { readonly reason: string; readonly attempts: number; readonly delayMs: number }[] = [
    { reason: "timedOut", attempts: 4, delayMs: 10_000 },
    { reason: "unreachable", attempts: 6, delayMs: 15_000 },
    { reason: "sessionLost", attempts: 4, delayMs: 2_000 },
    { reason: "throttled", attempts: 6, delayMs: 60_000 },
    { reason: "serverError", attempts: 5, delayMs: 15_000 },
    { reason: "invalidAnswer", attempts: 3, delayMs: 5_000 },
  ];
  for (const { reason, attempts, delayMs } of table) {
    const errors = Array.from({ length: attempts }, () => new LampError(reason));
    it(`with ${reason} is tried ${attempts} times, ${delayMs / 1000} s apart, and then has failed`, async () => {
      const site = failing(errors);
      const { ending, clock, said } = await run(site);
      assert.deepEqual([ending.end, ending.sentence, ending.cause], ["failed", `the row answers ${reason}`, errors.at(-1)]);
      assert.deepEqual([site.asked(), clock.sleeps], [attempts, Array(attempts - 1).fill(delayMs)]);
      assert.equal(said[0], `the row answers ${reason}; tries again (1)`);
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
      assert.deepEqual([ending.memory, ending.journal], [{ looks: 0 }, earlier]);
    });
  }

  it("waits as long as the other side asked for, if that is longer than its own patience", async () => {
    const { clock } = await run(failing([new LampError("throttled", 300_000), new LampError("throttled", 1_000)]));
    assert.deepEqual(clock.sleeps, [300_000, 60_000]);
  });

  it("counts failures in a row: a wait or a step that went well begins the count anew", async () => {
    let asked = 0;
    const site: Door = {
      answer: () => {
        asked += 1;
        if (asked > 24) return nothing;
        if (asked % 3 !== 0) throw new LampError("invalidAnswer");
        return asked % 2 === 0 ? only({ kind: "knock", on: String(asked) }) : only({ kind: "wait", for: "dawn", recheckMs: 1_000 });
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
    assert.deepEqual([ending.end, ending.actual, ending.memory], ["failed", only(knock), { looks: 1 }]);
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

describe("a run that waits", () => {
  const dueAtMs = eveningMs + 900_000;
  const until: Wait = { kind: "wait", for: "the old TTL to run out", dueAtMs, recheckMs: 60_000 };
  const due: Door = { answer: (nowMs) => (nowMs < dueAtMs ? only(until, knock) : nothing) };

  it("for a known time within the limit waits it out, looking now and then, and says how long it still takes", async () => {
    const { ending, waitedMs, clock, said } = await run(due, { maxWaitMs: 900_000 });
    assert.deepEqual([ending.end, waitedMs, clock.sleeps.length], ["done", 900_000, 15]);
    assert.deepEqual(said.slice(-2), ["120 s left; waits for the old TTL to run out", "60 s left; waits for the old TTL to run out"].map((text) => text.replace("120 s", "2 min")));
  });

  it("never sleeps past the known end", async () => {
    const { waitedMs } = await run({ answer: (nowMs) => (nowMs < dueAtMs ? only({ ...until, recheckMs: 800_000 }) : nothing) });
    assert.equal(waitedMs, 900_000);
  });

  it("for a known time beyond the limit ends at once, saying what for and from when it can go on", async () => {
    const { ending, waitedMs } = await run(due, { maxWaitMs: 899_999 });
    assert.deepEqual([ending.end, waitedMs], ["due later", 0]);
    assert.equal(
      ending.sentence,
      "waits for the old TTL to run out.\nRun `pulumi up` again from Sat 5 Dec 20:15 UTC (21:15 in Berlin) on: it goes on from here.",
    );
    assert.deepEqual([ending.memory, ending.journal], [{ looks: 1 }, earlier]);
  });

  it("takes the steps that stand before a long wait", async () => {
    const left = [knock];
    const later: Wait = { ...until, dueAtMs: Date.UTC(2026, 11, 24) };
    const { ending } = await run({ answer: () => only(...left, later), knock: () => void left.pop() }, { maxWaitMs: 0 });
    assert.deepEqual([ending.end, ending.journal.length], ["due later", 2]);
  });

  /** Holds `counts[i]` messages in the i-th minute. */
  function draining(counts: readonly number[], more: Partial<Wait> = {}): Door {
    return {
      answer: (nowMs) => {
        const count = counts[Math.floor((nowMs - eveningMs) / 60_000)] ?? counts.at(-1) ?? 0;
        const wait: Wait = { kind: "wait", for: `${count} to go`, left: { count, unit: "messages" }, recheckMs: 60_000, stuckAfterMs: 180_000, ...more };
        return count === 0 ? nothing : only(wait);
      },
    };
  }

  it("and sees no progress for as long as agreed ends stuck, with the words of the wait", async () => {
    const stuck = { sentence: "The queue has not moved.", remedy: "See to it." };
    const { ending, waitedMs } = await run(draining([9], { stuck }));
    assert.deepEqual([ending.end, ending.sentence, waitedMs], ["stuck", "The queue has not moved.\nSee to it.", 180_000]);
    assert.deepEqual([ending.memory.looks, ending.journal], [4, earlier]);
  });

  it("and is stuck without words of its own says what it waits for", async () => {
    const { ending } = await run(draining([9]));
    assert.equal(
      ending.sentence,
      "Nothing has moved for a long time: it waits for 9 to go.\nSee to it, then run `pulumi up` again: it goes on from here.",
    );
  });

  it("goes on for as long as there is progress, though each part of it takes nearly too long", async () => {
    const { ending, waitedMs } = await run(draining([9, 9, 9, 8, 8, 8, 7, 7, 0]));
    assert.deepEqual([ending.end, waitedMs], ["done", 480_000]);
  });

  it("takes no rise and fall above the least seen so far for progress", async () => {
    const { ending, waitedMs } = await run(draining([5, 9, 8, 7, 6, 5]));
    assert.deepEqual([ending.end, waitedMs], ["stuck", 180_000]);
  });

  it("is not stuck where nothing says after how long", async () => {
    const site: Door = { answer: (nowMs) => (nowMs < eveningMs + 36_000_000 ? only({ kind: "wait", for: "dawn", recheckMs: 60_000 }) : nothing) };
    assert.equal((await run(site)).ending.end, "done");
  });

  it("for one thing and then for another counts each from its own beginning", async () => {
    const site: Door = {
      answer: (nowMs) => {
        const minute = Math.floor((nowMs - eveningMs) / 60_000);
        return minute === 4 ? nothing : only({ kind: "wait", for: minute < 2 ? "ns1" : "ns2", recheckMs: 60_000, stuckAfterMs: 180_000 });
      },
    };
    assert.equal((await run(site)).ending.end, "done");
  });

  it("shows how fast it goes", async () => {
    const { said } = await run(draining([400, 340, 1, 0]));
    assert.deepEqual(said, ["400 messages left; waits for 400 to go", "340 messages left, 1 a second, about 6 min; waits for 340 to go", "1 messages left, 3 a second, about 0 s; waits for 1 to go"]);
  });
});

describe("a run that is stopped", () => {
  const where = "run `pulumi up` again and it goes on from here";

  it("before the first step does nothing at all", async () => {
    const { ending } = await run({ answer: () => assert.fail("it looked") }, { signal: AbortSignal.abort() });
    assert.deepEqual(ending, { end: "stopped", sentence: `stopped on request before the first step; ${where}`, actual: undefined, memory: { looks: 0 }, journal: earlier });
  });

  it("in a step finishes that step, and says after which step it stopped", async () => {
    const control = new AbortController();
    const { ending } = await run({ answer: () => only(knock), knock: () => control.abort() }, { signal: control.signal });
    assert.deepEqual([ending.end, ending.sentence], ["stopped", `stopped on request after "knock on wood"; ${where}`]);
    assert.deepEqual([ending.memory, ending.journal.at(-1)?.what], [{ looks: 1 }, "knock on wood"]);
  });

  const sleeps: readonly { readonly what: string; readonly site: Door }[] = [
    { what: "waiting", site: { answer: () => only({ kind: "wait", for: "dawn", recheckMs: 60_000 }) } },
    { what: "waiting to try again", site: failing(Array(6).fill(new LampError("throttled"))) },
    { what: "giving a step another chance", site: { answer: () => only(knock) } },
  ];
  const reasons: readonly { readonly why: string; readonly reason: unknown }[] = [
    { why: "without a reason", reason: undefined },
    { why: "with a reason of its own", reason: new Error("cancelled by the operator") },
    { why: "with a text", reason: "cancelled" },
    { why: "by a deadline", reason: new DOMException("too late", "TimeoutError") },
  ];
  for (const { what, site } of sleeps) {
    for (const { why, reason } of reasons) {
      it(`while ${what}, ${why}, ends at once`, async () => {
        const control = new AbortController();
        const clock = new HandClock();
        clock.at(eveningMs + 1_234, () => control.abort(reason));
        const { ending, waitedMs } = await run(site, { signal: control.signal }, clock);
        assert.deepEqual([ending.end, waitedMs], ["stopped", 1_234]);
      });
    }
  }

  it("while it is being answered ends stopped, whatever the answer", async () => {
    const control = new AbortController();
    const site: Door = {
      answer: () => {
        control.abort();
        throw new LampError("denied");
      },
    };
    assert.equal((await run(site, { signal: control.signal })).ending.end, "stopped");
  });
});
