// Every remedy that a person may read is typed once, literally: obeyed to the letter it goes on, and the site comes home as it was; no mail is lost on the
// way, and no name is without MX. A remedy that is walked nowhere is not let in.
import { deepEqual, equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { checkout } from "../../setup/places.ts";
import { type MemoryRehearsal, smallSite } from "../support/memory-rehearsal.ts";
import { type Remedy, remediesIn } from "../support/remedies.ts";
import { aboutTheBuffer } from "./remedies/buffer.ts";
import { aboutExchange } from "./remedies/exchange.ts";
import { aboutTheMx } from "./remedies/mx.ts";
import { type Row, type Start, walk } from "./remedies/row.ts";

const rows: readonly Row[] = [...aboutExchange, ...aboutTheBuffer, ...aboutTheMx];

/** What another rehearsal walks, whole, because it takes more than a row. */
const elsewhere = [
  {
    file: "leaving.test.ts",
    phrase: "Bring it back first: what the program said before, ",
    words:
      'Bring it back first: what the program said before, `pulumi up`, then take it out. If it is to stay as it is, say `abandon: true` (in a SitePause `abandon: ["ex02"]`), `pulumi up`, then take it out.',
  },
  {
    file: "targets.test.ts",
    phrase:
      "Run `pulumi up` without `--target`: it does all of it in order, and passes over what is done already. If it reads `snapshot integrity failure`, type `pulumi state repair` first.",
    words:
      "Run `pulumi up` without `--target`: it does all of it in order, and passes over what is done already. If it reads `snapshot integrity failure`, type `pulumi state repair` first.",
  },
];

describe("what a remedy says, done to the letter, leads home", function () {
  this.timeout(60_000);
  const starts = new Map<Start, Promise<MemoryRehearsal>>();

  for (const row of rows) {
    it(row.what, async () => walk(row, await siteFor(row)));
  }

  async function siteFor({ start, site }: Row): Promise<MemoryRehearsal> {
    if (site !== undefined) return broughtTo(site(), start);
    const prepared = starts.get(start) ?? broughtTo(smallSite(), start);
    starts.set(start, prepared);
    return (await prepared).copy();
  }
});

describe("every remedy in the sources", () => {
  const all = remediesIn(checkout, "provider");
  const said = [...rows.flatMap(({ says }) => says).flatMap(whole), ...elsewhere.map(({ words }) => words)];
  // What is all but a hole would match what another one says: each sentence counts for the one that has most words of it.
  const walked = new Set(said.map((words) => closest(all.filter(({ pattern }) => pattern.test(words)))?.words));

  it("is said and obeyed by a row, or by the test that the exceptions name", () => {
    deepEqual(
      all.filter(({ words }) => !walked.has(words)).map(({ place, words }) => `${place}: ${words}`),
      [],
    );
  });

  it("that is an exception is in the test that is named for it, and no exception is of nothing", () => {
    for (const { file, phrase, words } of elsewhere) {
      const test = readFileSync(path.join(checkout, "test", "rehearsal", file), "utf8");
      equal(words.includes(phrase) && test.includes(phrase), true, `${file} does not say: ${phrase}`);
      equal(
        all.some(({ pattern }) => pattern.test(words)),
        true,
        words,
      );
    }
  });
});

/** A remedy, and the part of it that it was made around. */
function whole(remedy: string): readonly string[] {
  return [remedy, ...(/^What is normal there cannot be read from it\. (.*)$/.exec(remedy)?.slice(1) ?? [])];
}

function closest(remedies: readonly Remedy[]): Remedy | undefined {
  return [...remedies].sort((one, other) => other.words.length - one.words.length)[0];
}

async function broughtTo(site: MemoryRehearsal, start: Start): Promise<MemoryRehearsal> {
  if (start === "online") await site.up("online");
  if (start === "prepared" || start === "offline") await site.bringTo(start);
  return site;
}
