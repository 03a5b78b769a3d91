// A server that restarts, and IIS that does: what answers, and whose sessions are lost.
import assert from "node:assert/strict";
import { bootMs } from "../../../lab/world/server.ts";
import { minute, pass, second, serverOf, stillWorld } from "./worlds.ts";

function scene() {
  const world = stillWorld();
  const lost: string[] = [];
  world.site.onSessionsLost((server, endpoint) => lost.push(`${server} ${endpoint} ${(world.events.now() - start) / second}`));
  const start = world.events.now();
  const ex02 = serverOf(world, "ex02");
  const answers = () => [ex02.endpointAnswers("Microsoft.PowerShell"), ex02.endpointAnswers("Microsoft.Exchange")];
  return { world, lost, ex02, answers };
}

describe("a restart of a server", () => {
  it("takes it away at once, brings Windows back after its boot time and Exchange after that", () => {
    const { world, ex02, answers } = scene();
    world.site.restart("EX02");
    assert.deepEqual([ex02.power, ...answers()], ["booting", false, false]);
    pass(world, bootMs - second);
    assert.deepEqual([ex02.power, ...answers()], ["booting", false, false]);
    pass(world, second);
    assert.deepEqual([ex02.power, ...answers()], ["on", true, false]);
    pass(world, 2 * minute);
    assert.deepEqual(answers(), [true, true]);
    assert.equal(serverOf(world, "ex01").power, "on");
  });

  it("loses the sessions of both of its endpoints, once", () => {
    const { world, lost } = scene();
    world.site.restart("ex02");
    pass(world, 10 * minute);
    assert.deepEqual(lost.sort(), ["ex02 Microsoft.Exchange 0", "ex02 Microsoft.PowerShell 0"]);
  });

  it("again before it is up begins the boot anew", () => {
    const { world, ex02 } = scene();
    ex02.restart();
    pass(world, bootMs - second);
    ex02.restart();
    pass(world, 2 * second);
    assert.equal(ex02.power, "booting");
    pass(world, bootMs);
    assert.equal(ex02.power, "on");
  });

  it("of a server that does not exist is a mistake of whoever scripts it", () => {
    assert.throws(() => scene().world.site.restart("ex99"), {
      name: "RangeError",
      message: "no server ex99; there are EX01, EX02, EX03, EX04",
    });
  });
});

describe("IIS", () => {
  it("that recycles Exchange's worker process loses its sessions and goes on answering", () => {
    const { lost, ex02, answers } = scene();
    ex02.recycleRemoting();
    assert.deepEqual([lost, answers()], [["ex02 Microsoft.Exchange 0"], [true, true]]);
  });

  it("that is stopped takes Exchange's endpoint and its sessions with it, and leaves Windows'", () => {
    const { world, lost, ex02, answers } = scene();
    ex02.services.stop("W3SVC", true);
    assert.deepEqual([lost, answers()], [["ex02 Microsoft.Exchange 0"], [true, false]]);
    pass(world, 5 * second);
    ex02.services.start("W3SVC");
    assert.deepEqual([lost.length, answers()], [1, [true, true]]);
  });

  it("has no sessions left to lose when WinRM was stopped before it", () => {
    const { lost, ex02 } = scene();
    ex02.services.stop("WinRM", true);
    ex02.services.stop("W3SVC", true);
    assert.deepEqual(lost, ["ex02 Microsoft.Exchange 0", "ex02 Microsoft.PowerShell 0"]);
  });
});
