// Pauses of sites whose databases and queues are as real ones are: lagged copies, a copy that does not know the newest log, a queue that somebody
// suspended, names written in another case. What a remedy says is done to the letter, and the pause goes on and ends as it should.
import { deepEqual, equal, match } from "node:assert/strict";
import { bindingHost } from "../../lab/serve/binding-host.ts";
import { exchangeHost } from "../../lab/serve/cmdlets/exchange-host.ts";
import { MemoryRehearsal, minute } from "../support/memory-rehearsal.ts";

const day = 24 * 60 * minute;
const done = { ended: "done", sentences: [] };

describe("a pause of databases and queues as they are", function () {
  this.timeout(60_000);

  it("waits for lagged copies until they have all logs, says which they are, and leaves them their days", async () => {
    const site = new MemoryRehearsal({ switches: { laggedCopies: { "DB01\\ex03": 7 * day, "DB03\\ex04": day } } });
    const lag = () => site.world.site.database("DB01")?.copyOn("ex03");
    await site.up("online");
    await site.up("prepared");
    site.pass(15 * minute);
    const { lines } = await site.preview("offline");
    match(
      lines.join("\n"),
      /Lagged copies are waited for only until they have all logs, which they replay in their own time: DB01 on ex03 \(7 days\), DB03 on ex04 \(24 h\)\./,
    );
    const { ended, sentences } = await site.up("offline");
    deepEqual({ ended, sentences }, done);
    site.pass(minute);
    const { generation } = site.world.site.database("DB01") ?? {};
    equal(lag()?.inspected, generation, "it has every log");
    equal((generation ?? 0) - (lag()?.replayed ?? 0) > 10_000, true, "and days of them to replay");
    site.pass(10 * 60 * minute);
    equal((await site.up("online")).ended, "done");
    deepEqual(await site.notAsBefore(), []);
  });

  it("does not take a queue that is no number of logs for one: it says so, and goes on when the remedy is obeyed", async () => {
    const site = new MemoryRehearsal();
    await site.bringTo("prepared");
    const copy = site.world.site.database("DB01")?.copyOn("ex03");
    if (copy === undefined) throw new Error("DB01 has no copy on ex03");
    copy.losesSightOfNewestLog = true;
    const { ended, sentences, shown } = await site.up("offline");
    equal(ended, "failed");
    match(sentences.join(), /DB01: its copy on ex03 .*\(Healthy, an unknown number of logs to copy, 0 to replay\)/);
    deepEqual(
      [...sentences, ...shown].filter((text) => /\d{12}/.test(text)),
      [],
    );
    const list: unknown = JSON.parse(/`allowBehind: (\[.*?\])`/.exec(sentences.join())?.[1] ?? "");
    const again = await site.up("offline", { args: { allowBehind: (list as unknown[]).map(String) } });
    deepEqual({ ended: again.ended, sentences: again.sentences }, done);
    equal((await site.up("online")).ended, "done");
    deepEqual(await site.notAsBefore(), []);
  });

  it("says that somebody suspended a queue, and goes on when it is resumed as the remedy says", async () => {
    const site = new MemoryRehearsal({ internal: { perHour: 200 } });
    await site.bringTo("prepared");
    await typed(site, "Suspend-Queue", "EX01\\Submission");
    site.pass(15 * minute);
    const { lines } = await site.preview("offline");
    match(lines.join("\n"), /Somebody suspended the queue to Submission on ex01: .* before `Resume-Queue "EX01\\Submission"`/);
    const stopped = await site.up("offline");
    equal(stopped.ended, "failed");
    match(
      stopped.sentences.join(),
      /ex01: somebody suspended the queue to Submission \(\d+ messages?\); for 15 minutes nothing has left there\./,
    );
    const [, cmdlet = "", identity = ""] = /`([A-Z][a-z]+-Queue) "(.+?)"`/.exec(stopped.sentences.join()) ?? [];
    await typed(site, cmdlet, identity);
    const { ended, sentences } = await site.up("offline");
    deepEqual({ ended, sentences }, done);
    // Suspended again while nobody looks: on the way back it is said, and left to whoever did it.
    await typed(site, "Suspend-Queue", identity);
    match((await site.preview("online")).lines.join("\n"), /Somebody suspended the queue to Submission on ex01, and so it stays/);
    equal((await site.up("online")).ended, "done");
    await typed(site, "Resume-Queue", identity);
    deepEqual(await site.notAsBefore(), []);
  });

  it("means the same things by names in another case, and refuses a name of nothing before anything changes", async () => {
    const site = new MemoryRehearsal();
    const { servers, domains } = site.world.cast;
    const args = { servers: servers.map(({ name }) => name.toUpperCase()), mail: domains.map((zone) => ({ zone: zone.toUpperCase() })) };
    await site.bringTo("prepared");
    const refused = await site.preview("offline", { args: { leaveDismounted: ["DB80"] } });
    match(refused.sentences.join(), /DAG1: `leaveDismounted` names DB80, and no database of DAG1 is called so; there are DB01, .*DB08\./);
    equal((await site.up("offline", { args })).ended, "done");
    const { ended, sentences } = await site.up("online", { args: { ...args, leaveDismounted: ["db02"] } });
    deepEqual({ ended, sentences }, done);
    equal(site.world.site.database("DB02")?.mounted, false);
    equal((await site.preview("online", { args: { leaveDismounted: ["DB02"] } })).did.length, 0);
  });
});

/** What a person types in the Exchange Management Shell of a server, and confirms. */
async function typed({ world: { site } }: MemoryRehearsal, cmdlet: string, identity: string): Promise<void> {
  const host = bindingHost(exchangeHost(site), undefined, site.switches.missingConfirm);
  const parameters = new Map<string, string | boolean>([
    ["Identity", identity],
    ["Confirm", false],
  ]);
  const reply = await host({ server: "ex01", configuration: "Microsoft.Exchange", user: "CONTOSO\\anna", cmdlet, parameters });
  deepEqual([reply.failed, reply.errors], [undefined, []]);
}
