// The way home by hand, as docs/first-site.md has it for the night in which there is no tool: each of its commands is typed on a site that a pause has taken
// offline, with the values that were recorded as normal, and the site is then as it was.
import { deepEqual, equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { checkout } from "../../setup/places.ts";
import { hour, type MemoryRehearsal, minute, smallSite } from "../support/memory-rehearsal.ts";
import { onBuffer, typed } from "./remedies/row.ts";

const page = readFileSync(path.join(checkout, "docs", "first-site.md"), "utf8");

/** A command of the page, as it stands there in a line of its own, with the value of this site instead of the page's. */
function onPage(line: string, stands = "", value = ""): string {
  equal(
    page.split("\n").some((written) => written.trim() === line),
    true,
    `docs/first-site.md does not have: ${line}`,
  );
  return line.replace(stands, value);
}

const recordedMx = z.object({
  exchanges: z.array(z.object({ preference: z.number(), exchange: z.string() })),
  ttlSeconds: z.number(),
  notes: z.record(z.string(), z.string()).optional(),
  attributes: z.record(z.string(), z.object({ tags: z.array(z.string()).optional() })).optional(),
});
const recordedDag = z.object({ mounted: z.array(z.string()), preferenceMoveFrequency: z.string() });

function normalOf<T extends z.ZodType>(site: MemoryRehearsal, name: string, schema: T): z.output<T> {
  return schema.parse(z.object({ normal: z.unknown() }).parse(site.pulumi.outputsOf(name)?.["recorded"]).normal);
}

describe("a site that is offline while the tool is dead", function () {
  this.timeout(60_000);

  it("comes home as it was by what the page says, and a program that is there again only sends its test messages", async () => {
    const site = smallSite();
    await site.bringTo("offline");
    site.pass(hour);
    const { cast, site: exchange, buffer, zones } = site.world;

    const { mounted, preferenceMoveFrequency } = normalOf(site, `MailboxDatabaseState ${cast.dag}`, recordedDag);
    for (const database of mounted) await typed(site, "ex01", onPage("Mount-Database DB01", "DB01", database));
    const line = "Set-DatabaseAvailabilityGroup DAG1 -PreferenceMoveFrequency 01:00:00";
    await typed(site, "ex01", onPage(line, "01:00:00", preferenceMoveFrequency));

    for (const { name } of exchange.servers) await typed(site, name, onPage("Resume-Service MSExchangeTransport"));

    // There is no terminal at which the lab's sudo could ask.
    const type = (command: string) => onBuffer(site, command.replace(/^sudo /, "sudo -n "), "mailops");
    type(onPage("sudo postconf -e 'smtpd_end_of_data_restrictions ='"));
    type(onPage("sudo postfix reload"));
    const [first] = buffer.queue();
    const held = buffer.queue().length;
    equal(held > 1, true);
    type(onPage("sudo postsuper -H 4dLbQ93Kxyz", "4dLbQ93Kxyz", first?.id ?? ""));
    site.pass(5 * minute);
    equal(
      buffer.queue().some(({ id }) => id === first?.id),
      false,
    );
    equal(buffer.queue().length >= held - 1, true);
    type(onPage("sudo postsuper -H ALL hold"));
    type(onPage("sudo postqueue -f"));
    site.pass(hour);
    deepEqual(buffer.queue(), []);

    for (const zone of zones.zones()) {
      const { exchanges, ttlSeconds, notes = {}, attributes = {} } = normalOf(site, `MxRecord ${zone.name}`, recordedMx);
      const paused = [...zone.records.values()].filter(({ type }) => type === "MX");
      for (const { preference, exchange: content } of exchanges) {
        const key = `${preference} ${content}`;
        const [comment, tags] = [notes[key], attributes[key]?.tags];
        zones.create(zone.id, {
          ...{ type: "MX", name: zone.name, content, priority: preference, ttl: ttlSeconds },
          ...(comment === undefined ? {} : { comment }),
          ...(tags === undefined ? {} : { tags }),
        });
      }
      site.pass(minute);
      for (const { id } of paused) zones.delete(zone.id, id);
    }
    site.pass(hour);
    const { ended, sentences, changes } = await site.up("online");
    deepEqual([ended, sentences], ["done", []]);
    deepEqual(
      changes.map(({ what }) => what),
      exchange.servers.map(({ fqdn }) => `test message through ${fqdn}`),
    );
    deepEqual(await site.notAsBefore(), []);
  });
});
