// A project or stack that is renamed, or a program that is gone, while its site is away: marks and claim bear the old name, and mail comes home all
// the same, by itself or by what the refusal says to type.
import { deepEqual, equal, match } from "node:assert/strict";
import type { RecordDraft } from "../../lab/world/zone-records.ts";
import { type MemoryRehearsal, minute, smallSite } from "../support/memory-rehearsal.ts";
import { type Kept, MiniPulumi } from "../support/mini-pulumi.ts";

const renamed = { program: "site/potsdam" };
const buffered: RecordDraft = { type: "MX", name: "@", content: "buffer.contoso-mail.net", priority: 10, ttl: 60 };

describe("a program that is renamed", function () {
  this.timeout(60_000);

  it("while its site is offline renews marks and claim where it is, and brings the site home", async () => {
    const site = smallSite();
    await site.bringTo("offline");
    const { ended, did } = await site.up("offline", renamed);
    deepEqual([ended, did.length, marks(site), claimOf(site)], ["done", 4, ["site/potsdam"], "site/potsdam"]);
    site.pass(20 * minute);
    equal((await site.up("online", renamed)).ended, "done");
    deepEqual(await site.notAsBefore(renamed), []);
  });

  it("while its site is offline brings it home at once", async () => {
    const site = smallSite();
    await site.bringTo("offline");
    const { ended, sentences } = await site.up("online", renamed);
    deepEqual([ended, sentences, claimOf(site)], ["done", [], "site/potsdam"]);
    deepEqual(await site.notAsBefore(renamed), []);
  });

  it("at rest pauses the site, and the old name means nothing to it any more", async () => {
    const site = smallSite();
    await site.up("online");
    for (const word of ["online", "prepared"] as const) equal((await site.up(word, renamed)).ended, "done");
    deepEqual([marks(site), claimOf(site)], [["site/potsdam"], "site/potsdam"]);
    const { sentences } = await site.up("online", { program: "site/berlin", pulumi: new MiniPulumi() });
    match(sentences.join("\n"), /is in use by another program, site\/potsdam/);
  });

  it("whose state does not say its old name is refused, and what the refusals say to type brings the site home", async () => {
    const site = smallSite();
    await site.bringTo("offline");
    const pulumi = new MiniPulumi(Object.fromEntries(Object.entries(site.pulumi.state).map(([name, kept]) => [name, unnamed(kept)])));
    const offline = site.portrait();
    const first = await site.up("online", { ...renamed, pulumi });
    equal(first.ended, "failed");
    deepEqual(site.portrait(), offline);
    const command = /type: ssh -p 22 mailops@\S+ (sudo rm \S+)/.exec(
      (await site.preview("offline", { ...renamed, pulumi })).sentences.join("\n"),
    )?.[1];
    equal(command, "sudo rm /var/lib/pulumi-exchange/claim");
    equal(site.world.buffer.run("sudo -n rm -f /var/lib/pulumi-exchange/claim", "", "mailops").code, 0);
    const { sentences } = await site.up("online", { ...renamed, pulumi });
    const said = sentences.flatMap((sentence) => [...sentence.matchAll(/write "([^"]+)" into the comment of each MX record of (\S+) /g)]);
    equal(said.length, 3, sentences.join("\n"));
    for (const [, comment = "", name] of said) {
      const zone = site.world.zones.zones().find((candidate) => candidate.name === name);
      for (const id of zone?.records.keys() ?? []) site.world.zones.edit(zone?.id ?? "", id, { comment });
    }
    const home = await site.up("online", { ...renamed, pulumi });
    deepEqual([home.ended, home.sentences], ["done", []]);
    deepEqual(await site.notAsBefore({ ...renamed, pulumi }), []);
  });
});

describe("a stranger in the MX of a site that is offline", function () {
  this.timeout(60_000);

  it("goes away as the refusal says, with a mail host in the set all the time", async () => {
    const site = smallSite();
    await site.bringTo("offline");
    const [zone] = site.world.zones.zones();
    const [id] = zone?.records.keys() ?? [];
    if (zone === undefined || id === undefined) throw new Error("no record");
    site.world.zones.edit(zone.id, id, { content: "mx.provider.example", comment: "" });
    const { sentences } = await site.up("online");
    match(
      sentences.join("\n"),
      /If not, first put 10 mail\.contoso\.com there, and only then take 10 mx\.provider\.example away at the DNS API\. /,
    );
    site.world.zones.create(zone.id, { ...buffered, content: "mail.contoso.com" });
    site.world.zones.delete(zone.id, id);
    equal((await site.up("online")).ended, "done");
  });
});

/** As an earlier version recorded it. */
function unnamed(kept: Kept): Kept {
  const { program: _name, ...recorded } = Object(kept.outputs["recorded"]);
  return { ...kept, outputs: { ...kept.outputs, recorded } };
}

function marks(site: MemoryRehearsal): readonly string[] {
  const comments = site.world.zones.zones().flatMap((zone) => [...zone.records.values()].map(({ comment }) => comment ?? ""));
  return [...new Set(comments.flatMap((comment) => /^pulumi-exchange ([^:]+):/.exec(comment)?.[1] ?? []))];
}

function claimOf(site: MemoryRehearsal): string {
  return site.world.buffer.run("sudo -n cat /var/lib/pulumi-exchange/claim", "", "mailops").stdout.trim();
}
