// Pauses on which something goes wrong at the site: a queue that does not empty, a stranger in the DNS, servers without power, a name server
// that is silent. The run stops with the thing named, nothing is overwritten, and once it is seen to the pause goes on and ends as it should.
import { deepEqual, equal, match } from "node:assert/strict";
import { differences } from "../../lab/picture.ts";
import type { SiteWorld } from "../../lab/site-world.ts";
import type { Zone } from "../../lab/world/zones.ts";
import { hour, MemoryRehearsal, minute } from "../support/memory-rehearsal.ts";

const partner = "partner.example";
const done = { ended: "done", sentences: [] };

describe("a pause on a bad day", function () {
  this.timeout(60_000);

  it("a queue that does not empty stops it with the queue and its error named, before any database is dismounted", async () => {
    const site = await withStuckMail();
    const { ended, sentences } = await site.up("offline");
    equal(ended, "failed");
    equal(sentences.length > 0, true);
    for (const sentence of sentences) {
      match(
        sentence,
        /^TransportState (ex0\d): \1: the queue to partner\.example has not moved for 15 minutes: \d+ messages?, last error "451 4\.4\.0 Primary target IP address responded with: "421 4\.2\.1 Unable to connect""\.\nNothing was dismounted\. .*`allowStuck: \["\1\\\\partner\.example"\]`/,
      );
    }
    equal(mounted(site.world), 7);
  });

  it("goes on when its messages are accepted as stuck, and they arrive after the pause", async () => {
    const site = await withStuckMail();
    await site.up("offline");
    const allowStuck = site.world.cast.servers.map(({ name }) => `${name}\\${partner}`);
    const { ended, sentences } = await site.up("offline", { args: { allowStuck } });
    deepEqual({ ended, sentences }, done);
    equal(mounted(site.world), 0);
    site.world.site.outside.refuse(partner, undefined);
    site.pass(hour);
    equal((await site.up("online")).ended, "done");
    deepEqual(await site.notAsBefore(), []);
  });

  it("goes on by itself when the queue empties while it waits", async () => {
    const site = await withStuckMail();
    const { events, site: exchange } = site.world;
    events.at(events.now() + 10 * minute, () => exchange.outside.refuse(partner, undefined));
    const { ended, sentences } = await site.up("offline");
    deepEqual({ ended, sentences }, done);
    equal((await site.up("online")).ended, "done");
    deepEqual(await site.notAsBefore(), []);
  });

  for (const how of ["replaced", "added"] as const) {
    for (const [when, word] of [
      ["prepared", "offline"],
      ["offline", "online"],
    ] as const) {
      it(`an MX set ${how} by a stranger while ${when} is not overwritten on the way to ${word}, and once undone the pause goes on`, async () => {
        const site = new MemoryRehearsal();
        await site.bringTo(when);
        const undo = strangerAt(site.world, how);
        site.pass(minute);
        const found = mxOf(site.world);
        const preview = await site.preview(word);
        const { ended, sentences } = await site.up(word);
        equal(ended, "failed");
        equal(sentences.length, 1);
        match(
          sentences[0] ?? "",
          /^MxRecord contoso\.com: contoso\.com: MX is now .*10 mx\.provider\.example.*, and 10 mx\.provider\.example was put there neither by this pause nor by the program; the set was last changed on Sat 5 Dec \d\d:\d\d UTC \([^()]*\d\d:\d\d in Berlin\)\. It is left as it is\./,
        );
        deepEqual(preview.sentences, sentences);
        deepEqual(mxOf(site.world), found);
        undo();
        site.pass(minute);
        const again = await site.up(word);
        deepEqual({ ended: again.ended, sentences: again.sentences }, done);
        equal((await site.up("online")).ended, "done");
        deepEqual(await site.notAsBefore(), []);
      });
    }
  }

  it("a secondary name server that does not answer is named, and nothing that senders use is taken away", async () => {
    const site = new MemoryRehearsal();
    await site.bringTo("prepared");
    site.silent.add("ns2.contoso-dns.net");
    const { ended, sentences } = await site.up("offline");
    equal(ended, "failed");
    equal(sentences.length, 3);
    match(
      sentences[0] ?? "",
      /^MxRecord contoso\.com: contoso\.com: expected .*, and for 15 minutes ns2\.contoso-dns\.net did not answer within 5000 ms\.\nNothing that senders still use was taken away\./,
    );
    equal(mxOf(site.world, site.world.zones.zones()).filter((content) => content === "mail.contoso.com").length, 3);
    site.silent.clear();
    const again = await site.up("offline");
    deepEqual({ ended: again.ended, sentences: again.sentences }, done);
    equal((await site.up("online")).ended, "done");
    deepEqual(await site.notAsBefore(), []);
  });

  it("servers without power while offline: nothing is proposed or forgotten, and coming back waits at the gate", async () => {
    const site = new MemoryRehearsal();
    await site.bringTo("offline");
    power(site.world, "off");
    site.pass(hour);
    const preview = await site.preview("offline");
    deepEqual([preview.did, preview.sentences, preview.warnings], [[], [], []]);
    const still = await site.up("offline");
    deepEqual([still.ended, still.did], ["done", []]);
    const { ended, sentences, did } = await site.up("online");
    deepEqual([ended, did], ["failed", ["update ReadinessGate ready"]]);
    match(sentences.join("\n"), /^ReadinessGate ready: Not ready for 15 minutes: ex01 \(.* ex04 \(.*\nNothing was mounted or resumed\./);
    power(site.world, "on");
    const again = await site.up("online");
    deepEqual({ ended: again.ended, sentences: again.sentences }, done);
    deepEqual(await site.notAsBefore(), []);
  });

  it("a gate that is open and is given something new to ask is a difference, and what depends on it does not go on", async () => {
    const site = new MemoryRehearsal();
    await site.up("online");
    const further = { args: { readyWhen: ["dc1.contoso.local:389"], stuckAfterSeconds: 60 } };
    const preview = await site.preview("online", further);
    deepEqual([preview.did, preview.sentences], [["update ReadinessGate ready"], []]);
    match(preview.lines.join("\n"), /wait for 1 of 5 servers and ports that are not ready: dc1\.contoso\.local:389/);
    const { ended, sentences, did } = await site.up("online", further);
    deepEqual([ended, did], ["failed", ["update ReadinessGate ready"]]);
    match(
      sentences.join("\n"),
      /^ReadinessGate ready: Not ready for 1 minute: dc1\.contoso\.local:389 \(.*\)\.\nNothing was mounted or resumed\./,
    );
  });

  it("servers that come back one by one, each within its time, make progress at the gate", async () => {
    const site = new MemoryRehearsal();
    await site.bringTo("offline");
    power(site.world, "off");
    const { events, cast, site: exchange } = site.world;
    for (const [index, { name }] of cast.servers.entries())
      events.at(events.now() + (index + 1) * 9 * minute, () => exchange.power(name, "on"));
    const { ended, sentences } = await site.up("online");
    deepEqual({ ended, sentences }, done);
    deepEqual(await site.notAsBefore(), []);
  });

  it("a buffer host that was rebuilt while offline is taken in hand again by the key that the program says now", async () => {
    const site = new MemoryRehearsal();
    await site.bringTo("offline");
    const { buffer } = site.world;
    const account = (line: string) => buffer.run(line, "", "root");
    account(
      "rm -f /var/lib/pulumi-exchange/claim /var/lib/pulumi-exchange/turn-1 /var/lib/pulumi-exchange/turn-2 /var/lib/pulumi-exchange/turn-3",
    );
    account('/usr/sbin/postconf -c /etc/postfix -e "smtpd_end_of_data_restrictions = "');
    account("/usr/sbin/postfix -c /etc/postfix reload");
    const hostKey = `SHA256:${"N".repeat(43)}`;
    const args = { buffer: { host: buffer.name, user: "mailops", hostKey } };
    const { did, ended, sentences } = await site.up("offline", { args });
    deepEqual({ ended, sentences }, done);
    // All parts take their turns there, and so have another way to it.
    equal(did.length, Object.keys(site.pulumi.state).length);
    deepEqual(
      Object.values(site.pulumi.state).filter(({ outputs }) => !JSON.stringify(outputs).includes(hostKey)),
      [],
    );
    equal(buffer.settings.value("smtpd_end_of_data_restrictions"), "check_client_access static:HOLD");
    equal(account("cat /var/lib/pulumi-exchange/claim").stdout.trim(), "site/berlin");
    equal((await site.up("online", { args })).ended, "done");
    deepEqual(await site.notAsBefore({ args }), []);
  });

  it("a move of databases to their preferred server that comes due in a pause moves none", async () => {
    const site = new MemoryRehearsal();
    const { dag } = site.world.site;
    const database = site.world.site.database("DB01");
    database?.activate("ex03", site.world.events.now());
    database?.mount(site.world.events.now(), "Administrator");
    const away = site.portrait();
    const inBetween = new Set<number>();
    site.world.events.every(1_000, () => {
      const count = mounted(site.world);
      if (count > 0 && count < 7) inBetween.add(dag.preferenceMoveMs);
    });
    await site.bringTo("offline");
    site.pass(5 * hour);
    equal((await site.up("online")).ended, "done");
    deepEqual(differences(away, site.portrait()), []);
    deepEqual([...inBetween], [-1]);
    site.pass(2 * hour + minute);
    equal(database?.active, "ex01", "and it moves when nobody holds it still");
    deepEqual(await site.notAsBefore(), []);
  });
});

/** A prepared site with mail to the partner, who refuses it. */
async function withStuckMail(): Promise<MemoryRehearsal> {
  const site = new MemoryRehearsal({ internal: { perHour: 200 } });
  await site.up("online");
  await site.up("prepared");
  site.world.site.outside.refuse(partner, { code: 421, text: "4.2.1 Unable to connect" });
  site.pass(15 * minute);
  return site;
}

function power({ site, cast }: SiteWorld, to: "on" | "off"): void {
  for (const { name } of cast.servers) site.power(name, to);
}

function mounted({ site }: SiteWorld): number {
  return site.databases.filter((database) => database.mounted).length;
}

/** Mail hosts of contoso.com, or of all zones, as the DNS API holds them. */
function mxOf({ zones }: SiteWorld, which: readonly Zone[] = zones.zones().slice(0, 1)): readonly string[] {
  return which.flatMap((zone) => [...zone.records.values()].map(({ content }) => content));
}

/** Somebody else puts a host into the MX of contoso.com, in place of what is there or beside it. Undone by what comes back. */
function strangerAt({ zones }: SiteWorld, how: "replaced" | "added"): () => void {
  const [zone] = zones.zones();
  const [ours] = zone?.records.values() ?? [];
  if (zone === undefined || ours === undefined) throw new Error("there is no zone with a record");
  if (how === "replaced") zones.delete(zone.id, ours.id);
  const { id } = zones.create(zone.id, { name: zone.name, type: "MX", content: "mx.provider.example", priority: 10, ttl: 60 });
  return () => {
    zones.delete(zone.id, id);
    const { name, type, content, priority, ttl, comment } = ours;
    if (how === "replaced") zones.create(zone.id, { name, type, content, priority, ttl, comment });
  };
}
