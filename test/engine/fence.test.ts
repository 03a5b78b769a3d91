// One fence at a time: when it looks, when it waits, whom it ends and what a person is told. That no order of events gets past it: fence-model.test.ts.
import { deepEqual, equal, rejects } from "node:assert/strict";
import { Fence, validMs } from "../../provider/engine/fence.ts";
import type { Runner, Turn } from "../../provider/engine/turn.ts";
import { eveningMs, HandClock } from "../support/hand-clock.ts";
import { MemoryTurns } from "../support/turns.ts";

interface Run {
  readonly fence: Fence;
  readonly turn: Turn;
  /** What a person was told. */
  readonly said: string[];
}

/** A place for turns, and runs that use it: `started(4711)` is the `pulumi` with that process id on runner-1. */
function site() {
  const place = new MemoryTurns();
  const clock = new HandClock();
  const dead = new Set<number>();
  const started = (pid: number, host = "runner-1"): Run => {
    const said: string[] = [];
    const fence = new Fence({
      place,
      program: "site/berlin",
      runner: { host, pid, startedAt: "", machine: host },
      isOver: (runner: Runner) => dead.has(runner.pid),
      elapsed: clock,
      nowMs: () => eveningMs,
      timeZone: "Europe/Berlin",
    });
    return { fence, turn: fence.turn((text) => said.push(text)), said };
  };
  return { place, clock, dead, started };
}

const since = (turn: number, by: string) =>
  `Since this run began, site/berlin (process ${by}, since Sat 5 Dec 20:00 UTC (21:00 in Berlin)) has taken turn ${turn} on buffer.contoso-mail.net. This run takes no further step; what it has done is kept. If that run is the right one, there is nothing to do; if not, run \`pulumi up\` again: it takes the next turn.`;
const taken = (turn: number, by: string) =>
  `The turn of this run (1) is over: site/berlin (process ${by}, since Sat 5 Dec 20:00 UTC (21:00 in Berlin)) has taken turn ${turn} on buffer.contoso-mail.net. This run takes no further step; what it has done is kept. If that run is the right one, there is nothing to do; if not, run \`pulumi up\` again: it takes the next turn.`;

describe("a run's turn", () => {
  it("is taken at the first step, says nothing where nobody was before, and is not asked about again for three seconds", async () => {
    const { place, clock, started } = site();
    const { fence, turn, said } = started(1);
    equal(place.looks, 0);
    equal(await turn.begin(), false, "what was read before the turn is read again");
    deepEqual([fence.number, place.looks, said], [1, 2, []]);
    for (let step = 0; step < 5; step += 1) deepEqual([await turn.begin(), await turn.mayAct()], [true, undefined]);
    equal(place.looks, 2);
    clock.pass(validMs - 1);
    await turn.mayAct();
    equal(place.looks, 2);
    clock.pass(1);
    await turn.mayAct();
    equal(place.looks, 3);
  });

  it("is looked at once for all who ask at the same time", async () => {
    const { place, clock, started } = site();
    const { fence, turn } = started(1);
    const others = [turn, fence.turn(() => undefined), fence.turn(() => undefined)];
    deepEqual(await Promise.all(others.map((other) => other.begin())), [false, false, false]);
    equal(place.looks, 2);
    clock.pass(validMs);
    await Promise.all(others.map((other) => other.mayAct()));
    equal(place.looks, 3);
  });

  it("follows one that has ended without a word, and waits only where another process of that run may still live", async () => {
    const { started, clock, dead } = site();
    const first = started(1);
    await first.turn.begin();
    await first.fence.close();
    dead.add(1);
    const next = started(2);
    await next.turn.begin();
    deepEqual([next.fence.number, next.said, clock.sleeps], [2, [], []]);
    await next.fence.close();
    const last = started(3);
    await last.turn.begin();
    deepEqual([last.fence.number, last.said, clock.sleeps], [3, [], [validMs]]);
  });

  it("ends that of a dead process openly, and does not wait", async () => {
    const { started, dead, clock } = site();
    await started(4711).turn.begin();
    dead.add(4711);
    const { turn, said } = started(812);
    await turn.begin();
    deepEqual(said, [
      "This run takes turn 2 and ends turn 1, that of site/berlin (process 4711 on runner-1, since Sat 5 Dec 20:00 UTC (21:00 in Berlin)), which did not end by itself. That process is no more.",
    ]);
    deepEqual(clock.sleeps, []);
  });

  it("ends that of a run that may still live, and waits until what that one saw last is no longer good", async () => {
    const { started, clock } = site();
    const first = started(4711, "runner-3");
    await first.turn.begin();
    const next = started(812);
    let meanwhile: Promise<boolean> | undefined;
    clock.at(clock.now() + validMs - 1, () => {
      equal(next.fence.number, undefined);
      meanwhile = first.turn.begin();
    });
    await next.turn.begin();
    deepEqual([clock.sleeps, await meanwhile], [[validMs], true], "until then the first may go on");
    deepEqual(next.said, [
      "This run takes turn 2 and ends turn 1, that of site/berlin (process 4711 on runner-3, since Sat 5 Dec 20:00 UTC (21:00 in Berlin)), which did not end by itself. Whether it still lives is not known from here; it takes no further step. Waits 3 s for what it may just have sent.",
    ]);
    await rejects(first.turn.mayAct(), { name: "TurnError", reason: "overtaken", message: taken(2, "812 on runner-1") });
    await rejects(first.turn.begin(), { message: taken(2, "812 on runner-1") }, "once over, always over");
    await next.turn.mayAct();
  });

  it("is that of another plugin of the same engine, which waits as that one does", async () => {
    const { started, clock, place } = site();
    await started(4711, "runner-3").turn.begin();
    const [one, other] = [started(812), started(812)];
    await one.turn.begin();
    await other.turn.begin();
    deepEqual([one.fence.number, other.fence.number, (await place.newest())?.number, clock.sleeps], [2, 2, 2, [validMs, validMs]]);
  });

  it("is not given where another run has taken one since this one began: whoever waited does not undo what was done meanwhile", async () => {
    const { place, started, dead } = site();
    const [one, other] = [started(1), started(2)];
    for (const { turn } of [one, other]) await turn.enter();
    await other.turn.begin();
    dead.add(2);
    await rejects(one.turn.begin(), { name: "TurnError", message: since(1, "2 on runner-1") });
    deepEqual([(await place.newest())?.number, one.fence.number], [1, undefined]);
    const next = started(3);
    await next.turn.enter();
    await next.turn.begin();
    equal(next.fence.number, 2);
  });

  it("is not given to who was slower", async () => {
    const { started } = site();
    const [one, other] = [started(1), started(2)];
    const [first, second] = await Promise.allSettled([one.turn.begin(), other.turn.begin()]);
    deepEqual([first.status, second.status === "rejected" && second.reason.message], ["fulfilled", since(1, "1 on runner-1")]);
  });

  it("is not looked at twice when a run begins", async () => {
    const { place, started } = site();
    const { turn, fence } = started(1);
    await Promise.all([turn.enter(), fence.turn(() => undefined).enter()]);
    await turn.enter();
    equal(place.looks, 1);
  });

  it("is known for its own although the answer to taking it was lost, and still says whom it ends", async () => {
    const { place, started, dead } = site();
    await started(1).turn.begin();
    dead.add(1);
    const { fence, turn, said } = started(2);
    const take = place.take.bind(place);
    place.take = async (...wanted) => {
      place.take = take;
      await take(...wanted);
      throw new Error("the answer was lost");
    };
    await rejects(turn.begin(), { message: "the answer was lost" });
    await turn.begin();
    deepEqual([fence.number, said.length, (await place.newest())?.number], [2, 1, 2]);
  });

  it("that is over is explained once, and the other operations of the run are brief", async () => {
    const { clock, started, dead } = site();
    const { fence, turn } = started(1);
    await turn.begin();
    dead.add(1);
    await started(2).turn.begin();
    clock.pass(validMs);
    const others = [fence.turn(() => undefined), fence.turn(() => undefined)];
    const reasons = await Promise.allSettled([turn, ...others].map((each) => each.mayAct()));
    const brief = "This run takes no further step, for the reason that is given at another resource.";
    deepEqual(
      reasons.map((reason) => reason.status === "rejected" && reason.reason.message),
      [taken(2, "2 on runner-1"), brief, brief],
    );
    await rejects(turn.mayAct(), { message: taken(2, "2 on runner-1") });
  });

  it("is over where somebody removed it", async () => {
    const { place, clock, started } = site();
    const { turn } = started(1);
    await turn.begin();
    place.forget();
    clock.pass(validMs);
    await rejects(turn.mayAct(), {
      message:
        "The turns of this site no longer stand on buffer.contoso-mail.net as this run has seen them (1): somebody removed them. This run takes no further step; what it has done is kept. Run `pulumi up` again: it takes the next turn and goes on from here.",
    });
  });

  it("is over where somebody removed it and another run has the same number since", async () => {
    const { place, clock, started } = site();
    const { turn } = started(1);
    await turn.begin();
    place.forget();
    await started(2).turn.begin();
    clock.pass(validMs);
    await rejects(turn.mayAct(), {
      message:
        /^The turns of this site no longer stand on buffer\.contoso-mail\.net as this run has seen them \(1\): somebody removed them\./,
    });
  });

  it("is not believed where the answer takes longer than it is good for, and a person is told", async () => {
    const { place, clock, started } = site();
    const { turn } = started(1);
    const newest = place.newest.bind(place);
    place.newest = async () => {
      clock.pass(validMs);
      return newest();
    };
    await rejects(turn.begin(), { message: "buffer.contoso-mail.net answers too slowly to say whose turn it is: not within 3 s." });
  });

  it("of a run that has ended is not used again, and one that never began leaves no trace", async () => {
    const { place, started } = site();
    const { fence, turn } = started(1);
    await fence.close();
    equal(place.looks, 0);
    await rejects(turn.begin(), { message: "This run has ended." });
    equal(await place.newest(), undefined);
  });
});
