// States that the commit before recorded state had a version wrote, one for each phase of a pause: each is read, goes on, and ends with the site as it was.
// test/rehearsal/recorded/states-v0.json is that commit's word and is never written anew.
import { deepEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Word } from "../../provider/components/word.ts";
import { MemoryRehearsal, minute } from "../support/memory-rehearsal.ts";
import { type Kept, MiniPulumi } from "../support/mini-pulumi.ts";

/** How a site comes into each phase. */
const phases: Readonly<Record<string, (site: MemoryRehearsal) => Promise<void>>> = {
  entered: async (site) => void (await site.up("online")),
  prepared: (site) => site.bringTo("prepared"),
  "on the way to offline": (site) => killedOn(site, "prepared", "offline", "Dismount-Database on ex02 (DB04)"),
  offline: (site) => site.bringTo("offline"),
  "on the way back": (site) => killedOn(site, "offline", "online", "Mount-Database on ex03 (DB05)"),
  back: async (site) => {
    await site.bringTo("offline");
    await site.up("online");
  },
};
/** Phases in which the MX records are away whose tags that version did not record. */
const unrecorded: readonly string[] = ["on the way to offline", "offline", "on the way back"];
const tagLost = 'MX contoso.com 10 mail.contoso.com: TTL 600, "Mail of the house", team:mail -> TTL 600, "Mail of the house"';
const states: Readonly<Record<string, Readonly<Record<string, Kept>>>> = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "recorded", "states-v0.json"), "utf8"),
);

describe("a state that an earlier version wrote", function () {
  this.timeout(60_000);

  for (const [phase, bringThere] of Object.entries(phases)) {
    for (const word of ["online", "offline"] as const) {
      it(`when the site was ${phase}, is read, goes on to ${word}, and the site comes back as it was`, async () => {
        const site = new MemoryRehearsal();
        await bringThere(site);
        const pulumi = new MiniPulumi(states[phase]);
        site.pass(15 * minute);
        const { ended, sentences } = await site.up(word, { pulumi });
        deepEqual([ended, sentences], ["done", []]);
        site.pass(15 * minute);
        // The account in the state of a pause that is over is of another run's world, some milliseconds apart; that of a new one is of this world.
        if (phase === "back" && word === "online") await site.up("offline", { pulumi });
        site.pass(15 * minute);
        await site.up("online", { pulumi });
        deepEqual(await site.notAsBefore({ pulumi }), unrecorded.includes(phase) ? [tagLost] : []);
      });
    }
  }
});

/** Brings the site to `from`, and on towards `to` until the plugin dies after `call`. */
async function killedOn(site: MemoryRehearsal, from: "prepared" | "offline", to: Word, call: string): Promise<void> {
  const twin = new MemoryRehearsal();
  for (const each of [twin, site]) await each.bringTo(from);
  const number = (await twin.up(to)).calls.indexOf(call) + 1;
  const { ended, sentences } = await site.up(to, { kill: { call: number, side: "after" } });
  deepEqual([ended, sentences], ["killed", [call]]);
}
