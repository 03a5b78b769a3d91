// Two runs of one program at one site: one that was frozen before any of its changes while the other brought the site to the opposite word, and two that
// were started without a lock between them. Whoever has the older turn changes nothing more once the newer run has, and the site ends as it was.
import { deepEqual, match } from "node:assert/strict";
import fc from "fast-check";
import { differences } from "../../lab/picture.ts";
import { type Word, words } from "../../provider/components/word.ts";
import { type MemoryRehearsal, minute, type Ran, smallSite } from "../support/memory-rehearsal.ts";
import { RunClock } from "../support/run-clock.ts";
import { newFences } from "../support/turns.ts";

const overtaken =
  /^\w+ [\w.-]+: (?:The turn of this run \(\d+\) is over:|Since this run began,) site\/berlin \(process \d+ on runner-1, since .*\) has taken turn \d+ on buffer\.contoso-mail\.net\. This run takes no further step; what it has done is kept\./;

/** A small site on the way out, or on the way back. */
async function siteBefore(word: "offline" | "online"): Promise<MemoryRehearsal> {
  const site = smallSite();
  await site.bringTo(word === "offline" ? "prepared" : "offline");
  return site;
}

describe("a run that is frozen before a change, and thawed when another has brought the site to the opposite word", function () {
  this.timeout(300_000);
  for (const [word, opposite] of [
    ["offline", "online"],
    ["online", "offline"],
  ] as const) {
    it(`on the way to ${word}: changes nothing more, says why in one sentence, and the site ends as it was`, async () => {
      const before = await siteBefore(word);
      const { changes } = await (await before.copy()).up(word);
      const problems: string[] = [];
      for (const [index, change] of changes.entries()) {
        const found = await frozenBefore(await before.copy(), index + 1, word, opposite);
        problems.push(...found.map((problem) => `before change ${index + 1} (${change.what}): ${problem}`));
      }
      deepEqual([changes.length > 10, problems], [true, []]);
    });
  }

  async function frozenBefore(
    site: MemoryRehearsal,
    change: number,
    word: "offline" | "online",
    opposite: Word,
  ): Promise<readonly string[]> {
    const frozen = site.start(word, { freezeBefore: change });
    await frozen.frozen;
    const other = await site.up(opposite);
    const before = site.portrait();
    frozen.thaw();
    const thawed = await frozen.ran;
    // The opposite word may ask for no change at all: then nobody has taken the turn away.
    if (other.changes.length > 0) {
      if (thawed.ended !== "failed") return [`ended as ${thawed.ended}`];
      const [told, ...others] = [...thawed.sentences].sort((one) => (overtaken.test(one) ? -1 : 1));
      match(told ?? "", overtaken);
      for (const sentence of others)
        match(sentence, /: This run takes no further step, for the reason that is given at another resource\.$/);
      const late = thawed.changes.slice(change - 1).filter(({ atMs }) => atMs >= (other.changes[0]?.atMs ?? 0));
      if (late.length > 0) return late.map(({ what }) => `did ${what}`);
      if (differences(before, site.portrait()).length > 0) return differences(before, site.portrait());
    }
    if (opposite === "offline") await site.up("offline");
    return home(site);
  }
});

/** Brings the site back, in three runs at most; what is not as it was then, in words. */
async function home(site: MemoryRehearsal): Promise<readonly string[]> {
  let sentences: readonly string[] = [];
  for (let run = 0; run < 3; run += 1) {
    site.pass(20 * minute);
    const ran = await site.up("online");
    if (ran.ended === "done") return site.notAsBefore();
    sentences = ran.sentences;
  }
  return sentences;
}

describe("two runs that no lock keeps apart", function () {
  this.timeout(300_000);

  it("started at any moment, to any words: their changes never interleave, and the site ends as it was", async () => {
    let contested = 0;
    const starts = { online: smallSite(), prepared: smallSite(), offline: smallSite() };
    await starts.online.up("online");
    await starts.prepared.bringTo("prepared");
    await starts.offline.bringTo("offline");
    const property = fc.asyncProperty(
      fc.constantFrom("online" as const, "prepared" as const, "offline" as const),
      fc.constantFrom(...words),
      fc.constantFrom(...words),
      fc.integer({ min: 0, max: 60_000 }),
      fc.infiniteStream(fc.constantFrom(20, 50, 200, 200, 900, 2_500)),
      async (from, one, other, delayMs, delays) => {
        const site = await starts[from].copy();
        const clock = new RunClock(site.world.events);
        const options = { clock, callMs: () => delays.next().value, fences: () => newFences(clock, () => false) };
        const first = site.start(one, options).ran;
        await clock.sleep(delayMs);
        const runs = await Promise.all([first, site.start(other, options).ran]);
        deepEqual(turnsBack(runs), []);
        contested += runs.filter(({ sentences }) => sentences.some((sentence) => overtaken.test(sentence))).length;
        deepEqual(await home(site), []);
      },
    );
    await fc.assert(property, { numRuns: 200, endOnFailure: true });
    deepEqual(contested > 20, true, `${contested} runs were overtaken`);
  });

  /** Changes of the one after the other has begun to change something, and then again of the other. */
  function turnsBack(runs: readonly Ran[]): readonly string[] {
    const all = runs.flatMap(({ changes }, run) => changes.map(({ what, atMs }) => ({ run, what, atMs }))).sort((a, b) => a.atMs - b.atMs);
    const switches = all.filter(({ run }, index) => index > 0 && all[index - 1]?.run !== run);
    return switches.slice(1).map(({ run, what, atMs }) => `run ${run + 1} did ${what} at ${atMs}, after the other`);
  }
});
