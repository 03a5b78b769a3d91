// A run that is stopped or killed anywhere, run again in either direction, ends where asked, and what is normal is given back as it was.
import assert from "node:assert/strict";
import fc from "fast-check";
import { HandClock } from "../support/hand-clock.ts";
import { circumstancesOf, type Kept, type Outcome, up } from "../support/kept.ts";
import {
  dimmed,
  dusk,
  type LampArgs,
  LampError,
  type LampRecorded,
  type LampRow,
  LampSite,
  lampRow,
  lampsLit,
} from "../support/toy-kind.ts";

type Direction = LampArgs["state"];
type Interruption = "killed" | "stopped";

const normal = { lit: ["first", "second"], brightness: 80 };
const directions: readonly Direction[] = ["dark", "lit"];

/** A program that has the row, and its site. */
class Evening {
  readonly clock = new HandClock();
  readonly site = new LampSite(lampsLit(), this.clock);
  last: Direction = "lit";
  kept: Kept<LampRecorded> = { recorded: { normal }, journal: [] };

  /** One run; `plan` says by number of its remote call what befalls it. */
  async up(state: Direction, faults: Iterable<readonly [number, Fault]> = [], overrides: { maxWaitMs?: number; stopAtMs?: number } = {}) {
    const { stopAtMs, ...rest } = overrides;
    const control = new AbortController();
    const { promise: killed, resolve: kill } = Promise.withResolvers<void>();
    const first = this.site.calls.length;
    this.site.faults.clear();
    for (const [call, fault] of faults) this.site.faults.set(first + call, toSite(fault, control, kill));
    if (stopAtMs !== undefined) this.clock.at(this.clock.now() + stopAtMs, () => control.abort());
    const circumstances = circumstancesOf(this.clock, { ...rest, signal: control.signal });
    const { kept, outcome } = await up(
      lampRow,
      this.site,
      { row: "row", state: this.last },
      { row: "row", state },
      this.kept,
      circumstances,
      killed,
    );
    this.kept = kept;
    if (outcome !== "killed") this.last = state;
    assert.deepEqual(this.kept.recorded.normal, normal, "what is normal was forgotten");
    return outcome;
  }

  /** Runs until nothing is left to do, coming back when told to. */
  async upUntilDone(state: Direction): Promise<void> {
    for (let run = 0; run < 3; run += 1) {
      const outcome = await this.up(state);
      if (endOf(outcome) === "done") return;
      assert.equal(endOf(outcome), "deferred");
      this.clock.pass(dusk);
    }
    assert.fail(`three runs, and the row is not ${state}`);
  }

  async assertIs(state: Direction): Promise<void> {
    const settled: LampRow = { ...this.site.row, lamps: this.site.row.lamps.map((lamp) => (lamp.lit ? lamp : { ...lamp, warmth: 0 })) };
    const out = lampsLit().lamps.map((lamp) => ({ ...lamp, lit: false, warmth: 0 }));
    assert.deepEqual(settled, state === "lit" ? lampsLit() : { sign: true, brightness: dimmed, lamps: out });
    const calls = this.site.calls.length;
    assert.equal(endOf(await this.up(state)), "done");
    assert.deepEqual(this.site.calls.slice(calls), ["look", "look"], "a plan over its own result is empty");
  }
}

interface Fault {
  readonly when: "before" | "after";
  readonly what: Interruption | "fails";
}

function toSite(
  { when, what }: Fault,
  control: AbortController,
  kill: () => void,
): { when: "before" | "after"; act: () => void | Promise<void> } {
  switch (what) {
    case "stopped":
      return { when, act: () => control.abort() };
    case "killed":
      return {
        when,
        act: () => {
          kill();
          return new Promise<void>(() => {});
        },
      };
    case "fails":
      return {
        when,
        act: () => {
          throw new LampError("timedOut");
        },
      };
  }
}

function endOf(outcome: Outcome<LampRow, LampRecorded>): string {
  return outcome === "killed" ? outcome : outcome.end;
}

/** A row that is about to be brought to `direction`, from the other side. */
async function about(direction: Direction): Promise<Evening> {
  const evening = new Evening();
  if (direction === "lit") await evening.upUntilDone("dark");
  return evening;
}

describe("converge, interrupted", () => {
  for (const direction of directions) {
    it(`brings the row to ${direction} when nothing interrupts it, and its own result asks for nothing more`, async () => {
      const evening = await about(direction);
      assert.equal(endOf(await evening.up(direction)), "done");
      await evening.assertIs(direction);
    });

    for (const what of ["killed", "stopped"] as const) {
      for (const when of ["before", "after"] as const) {
        for (const next of directions) {
          it(`on the way to ${direction}, ${what} ${when} any remote call and then asked for ${next}, ends there`, async () => {
            for (let call = 0, reached = true; reached; call += 1) {
              const evening = await about(direction);
              const outcome = await evening.up(direction, [[call, { when, what }]]);
              reached = outcome === "killed" || outcome.end === "stopped";
              assert.ok(reached || call > 8, `the run made only ${call} calls`);
              await evening.upUntilDone(next);
              await evening.assertIs(next);
              await evening.upUntilDone("lit");
              await evening.assertIs("lit");
            }
          });
        }
      }
    }
  }

  it("stopped during any sleep, ends at once and goes on from there", async () => {
    const whole = await about("dark");
    const startMs = whole.clock.now();
    await whole.up("dark");
    const lastsMs = whole.clock.now() - startMs;
    for (let stopAtMs = 1; stopAtMs < lastsMs; stopAtMs += 7_000) {
      const evening = await about("dark");
      assert.equal(endOf(await evening.up("dark", [], { stopAtMs })), "stopped");
      assert.equal(evening.clock.now(), startMs + stopAtMs);
      await evening.upUntilDone("dark");
      await evening.assertIs("dark");
    }
  });

  it("through any series of runs, faults and changes of mind, never throws, never forgets what is normal, and gives it back", async () => {
    const fault = fc.tuple(
      fc.nat(14),
      fc.record({
        when: fc.constantFrom("before" as const, "after" as const),
        what: fc.constantFrom("killed" as const, "stopped" as const, "fails" as const),
      }),
    );
    const run = fc.record({
      state: fc.constantFrom(...directions),
      faults: fc.array(fault, { maxLength: 4 }),
      overrides: fc.record(
        { maxWaitMs: fc.constantFrom(0, 900_000), stopAtMs: fc.integer({ min: 1, max: 900_000 }) },
        { requiredKeys: [] },
      ),
      thenPassMs: fc.nat(dusk),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 4 }), fc.constantFrom(...directions), async (runs, last) => {
        const evening = new Evening();
        for (const { state, faults, overrides, thenPassMs } of runs) {
          // A refresh that fails ends the run before anything is planned: the first call is the refresh's.
          const later = faults.map(([call, it]) => [call === 0 && it.what === "fails" ? 1 : call, it] as const);
          await evening.up(state, later, overrides);
          evening.clock.pass(thenPassMs);
        }
        await evening.upUntilDone(last);
        await evening.assertIs(last);
        await evening.upUntilDone("lit");
        await evening.assertIs("lit");
      }),
      { numRuns: 150 },
    );
  });
});
