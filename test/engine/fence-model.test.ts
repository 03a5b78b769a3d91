// The fence under all that a network and an operating system do: requests and answers that are late or lost, processes that stand still anywhere, are
// killed, or are two of one run. Whatever the order, no step of a turn is sent after a step of a newer one, and the newest run gets its steps done.
import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Clock } from "../../provider/engine/clock.ts";
import { Fence } from "../../provider/engine/fence.ts";
import { type Runner, TurnError, type TurnPlace } from "../../provider/engine/turn.ts";
import { MemoryTurns } from "../support/turns.ts";

/** One process: those with the same `run` are plugins of one engine. */
interface Process {
  readonly run: number;
  readonly steps: number;
  /** Steps that it sends until it is killed; more than it has: it ends by itself. */
  readonly livesFor: number;
  /** Whether it says at its end that it has ended. */
  readonly saysGoodbye: boolean;
}

interface Sent {
  readonly turn: number;
  readonly by: number;
}

const interleavings = Number(process.env["PULUMI_EXCHANGE_INTERLEAVINGS"] ?? 10_000);
const process_ = fc.record({
  run: fc.integer({ min: 1, max: 3 }),
  steps: fc.integer({ min: 1, max: 3 }),
  livesFor: fc.integer({ min: 0, max: 5 }),
  saysGoodbye: fc.boolean(),
});

describe("a fence", function () {
  this.timeout(600_000);

  it(`lets no step of an older turn follow one of a newer turn, in ${interleavings} interleavings`, async () => {
    let overtaken = 0;
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(process_, { minLength: 2, maxLength: 4 }),
      fc.infiniteStream(fc.constantFrom(0, 0, 0, 1, 2)),
      fc.infiniteStream(fc.constantFrom(1, 400, 400, 400, 1_100, 1_100, 2_999, 60_000)),
      async (scheduler, processes, losses, ticks) => {
        const world = new World(scheduler, losses, ticks);
        const ended = await world.run(processes);
        const turns = world.sent.map(({ turn }) => turn);
        deepEqual(
          turns,
          [...turns].sort((one, other) => one - other),
        );
        overtaken += ended.filter((how) => how === "overtaken").length;
      },
    );
    await fc.assert(property, { numRuns: interleavings, verbose: 1 });
    // Or nothing was proved.
    deepEqual([overtaken > interleavings / 10], [true], `${overtaken} runs were overtaken`);
  });
});

class World {
  readonly sent: Sent[] = [];
  readonly #scheduler: fc.Scheduler;
  readonly #losses: fc.Stream<number>;
  readonly #ticks: fc.Stream<number>;
  readonly #turns = new MemoryTurns();
  readonly #dead = new Set<number>();
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  #nowMs = 0;

  constructor(scheduler: fc.Scheduler, losses: fc.Stream<number>, ticks: fc.Stream<number>) {
    this.#scheduler = scheduler;
    this.#losses = losses;
    this.#ticks = ticks;
  }

  async run(processes: readonly Process[]): Promise<readonly string[]> {
    let isOver = false;
    const all = Promise.all(processes.map((process, index) => this.#live(process, index))).finally(() => {
      isOver = true;
    });
    const time = async () => {
      while (!isOver) {
        await this.#scheduler.schedule(Promise.resolve(), "time passes");
        this.#pass(this.#ticks.next().value);
      }
    };
    const passing = time();
    await this.#scheduler.waitFor(Promise.all([all, passing]));
    return all;
  }

  async #live({ run, steps, livesFor, saysGoodbye }: Process, by: number): Promise<string> {
    const runner = runnerOf(run);
    const fence = new Fence({
      place: this.#place(),
      program: "site/berlin",
      runner,
      isOver: ({ pid }) => this.#dead.has(pid),
      elapsed: this.#clock,
      nowMs: () => this.#nowMs,
      timeZone: "UTC",
    });
    const turn = fence.turn(() => undefined);
    await this.#standStill();
    while (
      await turn.enter().then(
        () => false,
        () => true,
      )
    ); // the engine tries again
    for (let step = 0; step < steps; step += 1) {
      if (step >= livesFor) {
        this.#dead.add(run);
        return "killed";
      }
      try {
        await this.#standStill();
        while (!(await turn.begin())) await this.#standStill();
        await this.#standStill();
        await turn.mayAct();
        if (this.#dead.has(run)) return "killed";
        this.sent.push({ turn: fence.number ?? 0, by });
      } catch (error) {
        if (error instanceof TurnError) return "overtaken";
        step -= 1; // the engine tries again
      }
    }
    if (saysGoodbye) await fence.close().catch(() => undefined);
    return "done";
  }

  /** As reading the site takes its time, or as a process is frozen. */
  #standStill(): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), "stands still");
  }

  /** Each request goes out late and is answered late; some get lost on either way. */
  #place(): TurnPlace {
    const over = async <Result>(what: string, act: () => Promise<Result>): Promise<Result> => {
      const loss = this.#losses.next().value;
      await this.#scheduler.schedule(Promise.resolve(), what);
      if (loss === 1) throw new Error("the request was lost");
      const result = await act();
      await this.#scheduler.schedule(Promise.resolve(), `answer to ${what}`);
      if (loss === 2) throw new Error("the answer was lost");
      return result;
    };
    const turns = this.#turns;
    return {
      name: turns.name,
      newest: () => over("newest", () => turns.newest()),
      take: (number, note) => over(`take ${number}`, () => turns.take(number, note)),
      end: (number) => over(`end ${number}`, () => turns.end(number)),
    };
  }

  get #clock(): Clock {
    return {
      now: () => this.#nowMs,
      sleep: (ms) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#sleepers.push({ atMs: this.#nowMs + ms, wake: resolve });
        return promise;
      },
    };
  }

  #pass(ms: number): void {
    this.#nowMs += ms;
    const due = this.#sleepers.filter(({ atMs }) => atMs <= this.#nowMs);
    for (const sleeper of due) {
      this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
      sleeper.wake();
    }
  }
}

function runnerOf(run: number): Runner {
  return { host: "runner-1", pid: run, startedAt: "", machine: "runner-1" };
}
