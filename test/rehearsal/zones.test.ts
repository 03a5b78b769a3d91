// Pauses of zones as there are some in the world: with a TTL that only an Enterprise zone takes, and served by others too. Each comes home as it was.
import { deepEqual, equal, match } from "node:assert/strict";
import { differences } from "../../lab/picture.ts";
import { type MemoryRehearsal, minute, smallSite } from "../support/memory-rehearsal.ts";

const other = "ns9.other-dns.example";

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

  it("that a server follows which only the zone itself names, waits for that one too", async () => {
    const site = smallSite();
    const [zone] = site.world.zones.zones();
    if (zone === undefined) throw new Error("no zone");
    site.world.zones.addServer(zone.id, { name: other, serves: "follows", namedBy: "zone" });
    await site.bringTo("prepared");
    const { ended, shown } = await site.up("offline");
    deepEqual([ended, shown.some((line) => line.includes(other))], ["done", true]);
    equal((await site.up("online")).ended, "done");
    deepEqual(await site.notAsBefore(), []);
  });

  it("whose zones above cannot be asked goes out and home all the same, and the preview says who is not waited for", async () => {
    const site = smallSite();
    site.silent.add("a.root-servers.net");
    await site.bringTo("prepared");
    const { lines } = await site.preview("offline");
    const told = lines.flatMap((line) => line.split("\n")).filter((line) => /^(Who serves|Likewise) /.test(line));
    const line = (zone: string) =>
      `Who serves ${zone} besides the servers that the DNS API and the zone itself name could not be asked, and is not waited for: a.root-servers.net did not answer.`;
    deepEqual(told, [line("contoso.com"), "Likewise contoso.de.", line("contoso.org")]);
    equal((await site.up("offline")).ended, "done");
    equal((await site.up("online")).ended, "done");
    deepEqual(await site.notAsBefore(), []);
  });

  it("that others serve from a zone of their own is refused before anything is changed", async () => {
    const site = smallSite();
    await site.bringTo("prepared");
    const [zone] = site.world.zones.zones();
    if (zone === undefined) throw new Error("no zone");
    site.world.zones.addServer(zone.id, { name: other, serves: "keeps", namedBy: "parent" });
    const prepared = site.portrait();
    const { ended, sentences } = await site.preview("offline");
    deepEqual([ended, differences(prepared, site.portrait())], ["failed", []]);
    match(sentences.join("\n"), /ns9\.other-dns\.example serves it too, and has it from ns9\.other-dns\.example and not from the DNS API/);
  });
});

/** What another `up` would do. */
async function nothingLeft(site: MemoryRehearsal): Promise<readonly string[]> {
  const { did, sentences } = await site.up("online");
  return [...did, ...sentences, ...site.settleMail()];
}
