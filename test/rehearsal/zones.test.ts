// Pauses of zones as there are some in the world: with a TTL that only an Enterprise zone takes. Each comes home as it was.
import { deepEqual, equal } from "node:assert/strict";
import { differences } from "../../lab/picture.ts";
import { type MemoryRehearsal, minute, smallSite } from "../support/memory-rehearsal.ts";

describe("a pause of zones", function () {
  this.timeout(60_000);

  it("with a TTL of 30 s", async () => {
    const site = smallSite();
    const [zone] = site.world.zones.zones();
    if (zone === undefined) throw new Error("no zone");
    for (const id of zone.records.keys()) site.world.zones.edit(zone.id, id, { ttl: 30 });
    site.pass(minute);
    const before = site.portrait();
    await site.bringTo("offline");
    equal((await site.up("online")).ended, "done");
    deepEqual(differences(before, site.portrait()), []);
    deepEqual(await nothingLeft(site), []);
  });
});

/** What another `up` would do. */
async function nothingLeft(site: MemoryRehearsal): Promise<readonly string[]> {
  const { did, sentences } = await site.up("online");
  return [...did, ...sentences, ...site.settleMail()];
}
