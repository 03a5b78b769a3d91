// What a run does while it waits: how long it does, what it shows meanwhile, and when a person must look.
import assert from "node:assert/strict";
import type { Wait } from "../../provider/engine/plan.ts";
import { eveningMs } from "../support/hand-clock.ts";
import { type Door, earlier, knock, nothing, only, run } from "../support/toy-door.ts";

/** Stuck after three minutes. */
const soon = { stuckAfterMs: 180_000 };

function another(key: string): Wait {
  return { kind: "wait", key, for: key, recheckMs: 60_000 };
}

describe("a run that waits", () => {
  const dueAtMs = eveningMs + 900_000;
  const until: Wait = { kind: "wait", key: "ttl", for: "the old TTL to run out", dueAtMs, recheckMs: 60_000 };
  const due: Door = { answer: (nowMs) => (nowMs < dueAtMs ? only(until, knock) : nothing) };

  it("for a known time within the limit waits it out, looking now and then, and says how long it still takes", async () => {
    const { ending, waitedMs, clock, said } = await run(due, { maxWaitMs: 900_000 });
    assert.deepEqual([ending.end, waitedMs, clock.sleeps.length], ["done", 900_000, 15]);
    assert.deepEqual(
      said.slice(-2),
      ["120 s left; waits for the old TTL to run out", "60 s left; waits for the old TTL to run out"].map((text) =>
        text.replace("120 s", "2 min"),
      ),
    );
  });

  it("never sleeps past the known end", async () => {
    const { waitedMs } = await run({ answer: (nowMs) => (nowMs < dueAtMs ? only({ ...until, recheckMs: 800_000 }) : nothing) });
    assert.equal(waitedMs, 900_000);
  });

  it("for a known time beyond the limit ends at once, saying what for and from when it can go on", async () => {
    const { ending, waitedMs } = await run(due, { maxWaitMs: 899_999 });
    assert.deepEqual([ending.end, waitedMs], ["deferred", 0]);
    assert.equal(
      ending.sentence,
      "A planned wait, nothing is wrong: it waits for the old TTL to run out.\nRun `pulumi up` again from Sat 5 Dec 20:15 UTC (21:15 in Berlin) on: it goes on from here.",
    );
    assert.deepEqual([ending.recorded, ending.journal], [{ looks: 1 }, earlier]);
  });

  it("takes the steps that stand before a long wait", async () => {
    const left = [knock];
    const later: Wait = { ...until, dueAtMs: Date.UTC(2026, 11, 24) };
    const { ending } = await run({ answer: () => only(...left, later), knock: () => void left.pop() }, { maxWaitMs: 0 });
    assert.deepEqual([ending.end, ending.journal.length], ["deferred", 2]);
  });

  /** Holds `counts[i]` messages in the i-th minute. */
  function draining(counts: readonly number[], more: Partial<Wait> = {}): Door {
    return {
      answer: (nowMs) => {
        const count = counts[Math.floor((nowMs - eveningMs) / 60_000)] ?? counts.at(-1) ?? 0;
        const wait: Wait = {
          kind: "wait",
          key: "queue",
          for: `${count} to go`,
          left: { count, unit: "message" },
          recheckMs: 60_000,
          ...more,
        };
        return count === 0 ? nothing : only(wait);
      },
    };
  }

  it("and sees no progress for as long as agreed ends stuck, with the words of the wait", async () => {
    const stuck = { sentence: "The queue has not moved.", remedy: "See to it." };
    const { ending, waitedMs } = await run(draining([9], { stuck }), soon);
    assert.deepEqual([ending.end, ending.sentence, waitedMs], ["stuck", "The queue has not moved.\nSee to it.", 180_000]);
    assert.deepEqual([ending.recorded.looks, ending.journal], [4, earlier]);
  });

  it("and is stuck without words of its own says what it waits for", async () => {
    const { ending } = await run(draining([9]), soon);
    assert.equal(
      ending.sentence,
      "Nothing has moved for a long time: it waits for 9 to go.\nSee to it, then run `pulumi up` again: it goes on from here.",
    );
  });

  it("goes on for as long as there is progress, though each part of it takes nearly too long", async () => {
    const { ending, waitedMs } = await run(draining([9, 9, 9, 8, 8, 8, 7, 7, 0]), soon);
    assert.deepEqual([ending.end, waitedMs], ["done", 480_000]);
  });

  it("takes no rise and fall above the least seen so far for progress", async () => {
    const { ending, waitedMs } = await run(draining([5, 9, 8, 7, 6, 5]), soon);
    assert.deepEqual([ending.end, waitedMs], ["stuck", 180_000]);
  });

  it("is not stuck where the end is known", async () => {
    const dawnMs = eveningMs + 36_000_000;
    const wait: Wait = { kind: "wait", key: "dawn", for: "dawn", dueAtMs: dawnMs, recheckMs: 60_000 };
    const site: Door = { answer: (nowMs) => (nowMs < dawnMs ? only(wait) : nothing) };
    assert.equal((await run(site, { ...soon, maxWaitMs: 36_000_000 })).ending.end, "done");
  });

  it("for an end that recedes is stuck, the agreed time after the end that was told first", async () => {
    const site: Door = { answer: (nowMs) => only({ ...until, dueAtMs: nowMs + 300_000 }) };
    const { ending, waitedMs } = await run(site, soon);
    assert.deepEqual([ending.end, waitedMs], ["stuck", 300_000 + 180_000]);
  });

  it("for an end that has come, and yet goes on waiting, rests between its looks and is stuck in time", async () => {
    const { ending, waitedMs, clock } = await run({ answer: () => only(until) }, { ...soon, maxWaitMs: 900_000 });
    assert.deepEqual([ending.end, waitedMs, clock.sleeps.length], ["stuck", 900_000 + 180_000, 18]);
  });

  it("for two things that take turns, none of which gets less, is stuck as for one", async () => {
    const site: Door = { answer: (nowMs) => only(another((nowMs - eveningMs) % 120_000 === 0 ? "ns1" : "ns2")) };
    const { ending, waitedMs } = await run(site, soon);
    assert.deepEqual([ending.end, waitedMs], ["stuck", 60_000 + 180_000]);
  });

  it("for what is counted now and then only takes that for no progress", async () => {
    const counted = draining([9]);
    const site: Door = {
      answer: (nowMs) => ((nowMs - eveningMs) % 120_000 === 0 ? counted.answer(nowMs) : only({ ...another("queue") })),
    };
    const { ending, waitedMs } = await run(site, soon);
    assert.deepEqual([ending.end, waitedMs], ["stuck", 180_000]);
  });

  it("for two things that are counted alike counts each by itself", async () => {
    const two = (key: string, count: number): Wait => ({
      kind: "wait",
      key,
      for: key,
      left: { count, unit: "message" },
      recheckMs: 60_000,
    });
    const site: Door = {
      answer: (nowMs) => {
        const minute = Math.floor((nowMs - eveningMs) / 60_000);
        if (minute < 2) return only(two("buffer", 1));
        return minute < 4 ? only(two("queue", 9)) : nothing;
      },
    };
    assert.equal((await run(site, soon)).ending.end, "done");
  });

  it("counts what has no unit, and leaves it to its words of what", async () => {
    const site: Door = {
      answer: (nowMs) => {
        const count = 4 - Math.floor((nowMs - eveningMs) / 120_000);
        return count === 0 ? nothing : only({ kind: "wait", key: "gate", for: `${count} servers`, left: { count }, recheckMs: 60_000 });
      },
    };
    const { ending, said } = await run(site, soon);
    assert.deepEqual(
      [ending.end, said.at(0), said.at(-1)],
      ["done", "4 left; waits for 4 servers", "1 left, not moved for 60 s; waits for 1 servers"],
    );
  });

  it("for one thing and then for another counts each from its own beginning", async () => {
    const site: Door = {
      answer: (nowMs) => {
        const minute = Math.floor((nowMs - eveningMs) / 60_000);
        return minute === 4 ? nothing : only(another(minute < 2 ? "ns1" : "ns2"));
      },
    };
    assert.equal((await run(site, soon)).ending.end, "done");
  });

  it("for one thing in changing words, under one key, is stuck when that takes too long", async () => {
    const site: Door = {
      answer: (nowMs) => only({ ...another("ns2"), for: `ns2, serial ${nowMs}` }),
    };
    const { ending, waitedMs } = await run(site, soon);
    assert.deepEqual([ending.end, waitedMs], ["stuck", 180_000]);
  });

  it("for the same thing again after a step counts from the beginning", async () => {
    let knocks = 0;
    const site: Door = {
      answer: (nowMs) => {
        const minute = Math.floor((nowMs - eveningMs) / 60_000);
        if (minute === 4) return nothing;
        const wait = another("ns2");
        return minute === 2 && knocks === 0 ? only(knock, wait) : only(wait);
      },
      knock: () => {
        knocks += 1;
      },
    };
    assert.equal((await run(site, soon)).ending.end, "done");
  });

  it("shows how fast it goes", async () => {
    const { said } = await run(draining([400, 340, 1, 0]));
    assert.deepEqual(said, [
      "400 left (messages); waits for 400 to go",
      "340 left, 1/s, 6 min (messages); waits for 340 to go",
      "1 left, 3/s, 0 s (message); waits for 1 to go",
    ]);
  });
});
