// How soon nothing of a run is left, and nothing more reaches the site, when its engine has been killed: `kill -9` of `pulumi up` at fifty moments of a pause.
// And how often a whole pause asks whose turn it is, in the lab's world without sockets.
import { setTimeout as sleep } from "node:timers/promises";
import { FaultScript } from "../lab/serve/faults.ts";
import { isRunning } from "../provider/host/parents.ts";
import { MemoryRehearsal, minute } from "../test/support/memory-rehearsal.ts";
import { Rehearsal, rehearsalLab } from "../test/support/rehearsal.ts";
import { type Figure, median } from "./figures.ts";

const kills = 50;
/** Milliseconds that the plugin may live on. */
const targetMs = 2_000;

/** Knows when the lab was asked for anything last. */
class Listener extends FaultScript {
  lastMs = 0;

  override take(...asked: Parameters<FaultScript["take"]>): ReturnType<FaultScript["take"]> {
    this.lastMs = performance.now();
    return super.take(...asked);
  }

  override takeRequest(...asked: Parameters<FaultScript["takeRequest"]>): ReturnType<FaultScript["takeRequest"]> {
    this.lastMs = performance.now();
    return super.takeRequest(...asked);
  }
}

export async function timeEndings(say: (line: string) => void): Promise<readonly Figure[]> {
  const faults = new Listener();
  const lab = await rehearsalLab({ faults });
  const stack = await new Rehearsal(lab).init();
  const ended: number[] = [];
  const asked: number[] = [];
  try {
    for (const word of ["online", "prepared"]) await stack.up(word);
    for (let kill = 0; ended.length < kills; kill += 1) {
      if (stack.locks().length > 0) await stack.cancel();
      lab.skip(900_000);
      const up = stack.up(kill % 10 < 5 ? "offline" : "online");
      await sleep(1_200 + ((kill * 433) % 2_600));
      const plugins = stack.plugins().map((pid) => ({ pid, startedAt: "" }));
      const killedMs = performance.now();
      stack.killEngine();
      const { code } = await up;
      if (code === 0 || !plugins.some(isRunning)) continue; // it was done before
      while (plugins.some(isRunning)) await sleep(5);
      ended.push(performance.now() - killedMs);
      await stack.left();
      asked.push(Math.max(0, faults.lastMs - killedMs));
    }
  } finally {
    stack.remove();
    await lab.stop();
  }
  say(`From the engine's death, ${kills} times, in milliseconds (median, worst):`);
  say(`  until the plugin has ended      ${Math.round(median(ended))}, ${Math.round(Math.max(...ended))}`);
  say(`  until the site is asked last    ${Math.round(median(asked))}, ${Math.round(Math.max(...asked))}`);
  return [
    { what: "worst time from the engine's death to the plugin's end", value: Math.max(...ended), target: targetMs, unit: " ms" },
    { what: "worst time from the engine's death to the last request", value: Math.max(...asked), target: targetMs, unit: " ms" },
  ];
}

/** Readings of whose turn it is in a whole pause, for each change that the pause makes. */
export async function countTurns(say: (line: string) => void): Promise<readonly Figure[]> {
  const site = new MemoryRehearsal();
  let [changes, readings] = [0, 0];
  for (const [word, restMs] of [
    ["online", 5 * minute],
    ["prepared", 15 * minute],
    ["offline", 40 * minute],
    ["online", 0],
  ] as const) {
    const ran = await site.up(word);
    changes += ran.changes.length;
    readings += ran.calls.filter((call) => /: ls\b/.test(call)).length;
    site.pass(restMs);
  }
  say(`A whole pause of 4 servers, 3 zones, 8 databases: ${changes} changes, ${readings} readings of whose turn it is.`);
  return [{ what: "readings of whose turn it is, for each change", value: readings / changes, target: 1, unit: "" }];
}
