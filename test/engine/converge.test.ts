// How a run of the engine goes and how it may be stopped. Where it fails and where it waits: converge-failing.test.ts, converge-waiting.test.ts.
// That it may be interrupted anywhere: converge-interrupted.test.ts.
import assert from "node:assert/strict";
import { eveningMs, HandClock } from "../support/hand-clock.ts";
import { type Door, earlier, failing, type Knock, knock, nothing, only, run } from "../support/toy-door.ts";
import { LampError } from "../support/toy-kind.ts";

describe("a run of the engine", () => {
  it("with nothing to do is done, without a word", async () => {
    const { ending, said, clock } = await run({ answer: () => nothing });
    assert.deepEqual(ending, { end: "done", sentence: "", actual: nothing, recorded: { looks: 1 }, journal: earlier });
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
    assert.deepEqual([ending.end, ending.recorded, clock.sleeps], ["done", { looks: 3 }, []]);
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
    assert.deepEqual([ending.recorded, ending.journal], [{ looks: 1 }, earlier]);
  });

  it("that finds no such thing fails, and keeps what it remembers", async () => {
    const { ending } = await run({ answer: () => undefined });
    assert.deepEqual(ending, {
      end: "failed",
      sentence: "the door: the site says that there is no such thing",
      actual: undefined,
      recorded: { looks: 0 },
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
    assert.deepEqual(
      [ending.end, ending.sentence],
      [
        "failed",
        'the door: "knock on wood" was done 5 times and is due again: it changes nothing, or somebody undoes it.\nSee who undoes it, and put an end to that; then run `pulumi up` again: it goes on from here.',
      ],
    );
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

describe("a run that is stopped", () => {
  const where = "run `pulumi up` again and it goes on from here";

  it("before the first step does nothing at all", async () => {
    const { ending } = await run({ answer: () => assert.fail("it looked") }, { signal: AbortSignal.abort() });
    assert.deepEqual(ending, {
      end: "stopped",
      sentence: `stopped on request before the first step; ${where}`,
      actual: undefined,
      recorded: { looks: 0 },
      journal: earlier,
    });
  });

  it("in a step finishes that step, and says after which step it stopped", async () => {
    const control = new AbortController();
    const { ending } = await run({ answer: () => only(knock), knock: () => control.abort() }, { signal: control.signal });
    assert.deepEqual([ending.end, ending.sentence], ["stopped", `stopped on request after "knock on wood"; ${where}`]);
    assert.deepEqual([ending.recorded, ending.journal.at(-1)?.what], [{ looks: 1 }, "knock on wood"]);
  });

  const sleeps: readonly { readonly what: string; readonly site: Door }[] = [
    { what: "waiting", site: { answer: () => only({ kind: "wait", key: "dawn", for: "dawn", recheckMs: 60_000 }) } },
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

  it("while giving a step another chance does not perform it", async () => {
    const control = new AbortController();
    const clock = new HandClock();
    clock.at(eveningMs + 1_000, () => control.abort());
    const { ending } = await run({ answer: () => only(knock) }, { signal: control.signal }, clock);
    assert.deepEqual(
      ending.journal.map(({ what }) => what),
      ["oil the hinges", "knock on wood"],
    );
  });

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
