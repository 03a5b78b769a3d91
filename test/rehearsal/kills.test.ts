// The plugin, or the engine above it, killed before and after every remote call of a whole pause that changes something, and before every sixth other one,
// each row at others (`npm run soak`: before each). After a call that changes nothing the site is as it is before the next. Whatever had been done, running it again ends well:
// onwards to the word that it was on the way to and through the rest of the pause, or back to the opposite word; and the site is then exactly as it was.
// A plugin whose engine is dead changes nothing any more.
import { deepEqual, ok } from "node:assert/strict";
import { differences, type Picture } from "../../lab/picture.ts";
import type { Word } from "../../provider/components/word.ts";
import { everyKill } from "../support/kills.ts";
import { type MemoryRehearsal, minute, smallSite } from "../support/memory-rehearsal.ts";
import type { Kill } from "../support/wire.ts";

/** One `up` of the pause, and how long it is left at that. */
interface Stage {
  readonly title: string;
  readonly word: Word;
  readonly restMs: number;
  /** What somebody asks for instead after the kill. */
  readonly opposite: Word;
}

const pause: readonly Stage[] = [
  { title: "taking the site into the program", word: "online", restMs: 5 * minute, opposite: "offline" },
  { title: "preparing", word: "prepared", restMs: 15 * minute, opposite: "online" },
  { title: "going offline", word: "offline", restMs: 40 * minute, opposite: "online" },
  { title: "coming back", word: "online", restMs: 0, opposite: "offline" },
];

/** What one stage is like when nothing goes wrong. */
interface Undisturbed {
  /** Its beginning. */
  readonly start: MemoryRehearsal;
  readonly calls: readonly string[];
  /** Those of them that change something. */
  readonly changes: ReadonlySet<string>;
  readonly portrait: Picture;
}

type Onwards = "same word" | "opposite word";

/** How often `up` may be run until it ends well. */
const fewRuns = 3;

describe("a run that is killed at any remote call of a pause", function () {
  this.timeout(300_000);
  const undisturbed: Undisturbed[] = [];

  before(async () => {
    const site = smallSite();
    for (const { word, restMs } of pause) {
      const start = await site.copy();
      const { ended, sentences, calls, changes } = await site.up(word);
      deepEqual({ ended, sentences }, { ended: "done", sentences: [] });
      deepEqual((await (await start.copy()).up(word)).calls, calls);
      undisturbed.push({ start, calls, changes: new Set(changes.map(({ what }) => what)), portrait: site.portrait() });
      deepEqual(await proposals(await site.copy(), word), []);
      site.pass(restMs);
    }
    deepEqual(differences(site.normal, site.portrait()), []);
    deepEqual(site.settleMail(), []);
  });

  const rows: readonly (readonly [whom: "plugin" | "engine", side: Kill["side"], onwards: Onwards])[] = [
    ["plugin", "before", "same word"],
    ["plugin", "before", "opposite word"],
    ["plugin", "after", "same word"],
    ["plugin", "after", "opposite word"],
    ["engine", "before", "opposite word"],
    ["engine", "after", "same word"],
  ];
  for (const [index, stage] of pause.entries()) {
    for (const [row, [whom, side, onwards]] of rows.entries()) {
      const then =
        onwards === "same word"
          ? `goes on to ${stage.word}, and the pause ends with the site as it was`
          : `goes to ${stage.opposite} instead, and the site ends as it was`;
      it(`${stage.title}, the ${whom} ${side} each change${side === "before" ? " and others" : ""}: ${then}`, () =>
        forEachCall(index, { whom, side }, onwards, row));
    }
  }

  async function forEachCall(index: number, { whom, side }: Omit<Kill, "call">, onwards: Onwards, row: number): Promise<void> {
    const { calls = [], changes = new Set() } = undisturbed[index] ?? {};
    const failures: string[] = [];
    let killed = 0;
    for (const [at, call] of calls.entries()) {
      if (!changes.has(call) && (side === "after" || (!everyKill && (at + row) % 6 !== 0))) continue;
      killed += 1;
      const problems = await killedAt(index, { call: at + 1, side, whom }, onwards);
      if (problems.length > 0) failures.push(`${side} call ${at + 1} of ${calls.length} (${call}): ${problems.join(" | ")}`);
    }
    deepEqual({ failed: failures.length, first: failures.slice(0, 8) }, { failed: 0, first: [] });
    ok(killed > 1, `${killed} kills`);
  }

  /** One pause with one kill. What was wrong at its end or on the way, in words. */
  async function killedAt(index: number, kill: Kill, onwards: Onwards): Promise<readonly string[]> {
    const [stage, ...rest] = pause.slice(index);
    const site = await undisturbed[index]?.start.copy();
    if (stage === undefined || site === undefined) return [];
    const { ended, sentences, changes } = await site.up(stage.word, { kill });
    if (ended !== "killed") return [`was not killed: ${ended} ${sentences.join("; ")}`];
    const problems = changes.filter(({ isOrphan }) => isOrphan).map(({ what }) => `did ${what} although its engine was dead`);
    if (onwards === "same word") {
      problems.push(...(await reach(site, stage.word)), ...(await proposals(site, stage.word)));
      site.pass(stage.restMs);
      for (const { word, restMs } of rest) {
        problems.push(...(await reach(site, word)));
        site.pass(restMs);
      }
    } else if (index === 0) {
      // A site that is not in the program yet may refuse to go offline; the way back must be open all the same.
      await site.up(stage.opposite);
      problems.push(...(await reach(site, "online")));
    } else {
      problems.push(...(await reach(site, stage.opposite)), ...(await proposals(site, stage.opposite)));
      site.pass(40 * minute);
      problems.push(...(await reach(site, "online")));
    }
    const again = await site.up("online");
    if (again.did.length > 0) problems.push(`a further up still had to ${again.did.join(", ")}`);
    return [...problems, ...differences(site.normal, site.portrait()), ...site.settleMail()];
  }

  /** Runs `up` until it is done; then all is as it is at that word without a kill. */
  async function reach(site: MemoryRehearsal, word: Word): Promise<readonly string[]> {
    for (let run = 1; run <= fewRuns; run++) {
      const { ended, sentences } = await site.up(word);
      if (ended === "done") break;
      if (run === fewRuns) return [`not ${word} after ${fewRuns} runs: ${sentences.join("; ")}`];
      site.pass(minute);
    }
    const expected = undisturbed[pause.findIndex((stage) => stage.word === word)]?.portrait ?? {};
    return differences(expected, site.portrait()).map((difference) => `${word}: ${difference}`);
  }
});

/** What a preview would change at a site that has reached its word: nothing, one hopes. */
async function proposals(site: MemoryRehearsal, word: Word): Promise<readonly string[]> {
  const { did, lines, sentences } = await site.preview(word);
  return did.length + sentences.length === 0 ? [] : [`${word}: a preview proposes ${[...did, ...lines, ...sentences].join("; ")}`];
}
