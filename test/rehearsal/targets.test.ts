// One part of a pause alone, by `--target`: refused while what it comes after is not so at the site, whatever Pulumi's state says of it.
import { deepEqual, equal } from "node:assert/strict";
import { differences } from "../../lab/picture.ts";
import type { Word } from "../../provider/components/word.ts";
import { type MemoryRehearsal, smallSite } from "../support/memory-rehearsal.ts";

const remedy =
  "Run `pulumi up` without `--target`: it does all of it in order, and passes over what is done already. If it reads `snapshot integrity failure`, type `pulumi state repair` first.";
const sentence = (name: string, before: string, why: string) =>
  `${name}: ${name.split(" ")[1]} comes after ${before}${why}. Nothing was changed.\n${remedy}`;
const notYet = ", and that is not yet as the program asks";
const passedOver = ", of which the program asks something else now, and which is passed over";

describe("one part of a pause alone", function () {
  this.timeout(60_000);
  let site: MemoryRehearsal;

  const refused = async (word: Word, why: string, rows: readonly (readonly [name: string, before: string])[]) => {
    const before = site.portrait();
    for (const [name, first] of rows) {
      for (const how of ["preview", "up"] as const) {
        const { ended, sentences, changes } = await site[how](word, { targets: [name] });
        deepEqual([ended, sentences, changes], ["failed", [sentence(name, first, why)], []], `${how} ${name}`);
      }
    }
    deepEqual(differences(before, site.portrait()), []);
  };

  before(async () => {
    site = smallSite();
    await site.bringTo("prepared");
  });

  it("does not start where the word has changed, on the way out", async () => {
    await refused("offline", passedOver, [
      ["BackupMxQueue buffer.contoso-mail.net", "ReadinessGate ready"],
      ["MxRecord contoso.com", "BackupMxQueue buffer.contoso-mail.net"],
      ["TransportState ex01", "MxRecord contoso.com"],
      ["MailboxDatabaseState DAG1", "TransportState ex01"],
    ]);
  });

  it("goes on where the word is the same and what comes before it is so at the site, and does not where it was undone by hand", async () => {
    const out = await site.up("offline");
    equal(out.ended, "done", out.sentences.join("; "));
    // Somebody gives one server and one database back by hand.
    const { events, site: exchange } = site.world;
    exchange.server("ex02")?.services.resume("MSExchangeTransport");
    exchange.database("DB01")?.mount(events.now(), "Administrator");
    await refused("offline", notYet, [["MailboxDatabaseState DAG1", "TransportState ex02"]]);
    for (const name of ["TransportState ex02", "MailboxDatabaseState DAG1"]) {
      const { ended, sentences } = await site.up("offline", { targets: [name] });
      equal(ended, "done", `${name}: ${sentences.join("; ")}`);
    }
  });

  it("does not start where the word has changed, on the way back, and the site comes back as it was", async () => {
    await refused("online", passedOver, [
      ["MailboxDatabaseState DAG1", "ReadinessGate ready"],
      ["TransportState ex01", "MailboxDatabaseState DAG1"],
      ["BackupMxQueue buffer.contoso-mail.net", "TransportState ex01"],
      ["MxRecord contoso.com", "BackupMxQueue buffer.contoso-mail.net"],
    ]);
    deepEqual((await site.up("online")).sentences, []);
    deepEqual(await site.notAsBefore(), []);
  });
});
