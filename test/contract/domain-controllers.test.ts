// Writing and reading back through the lab's domain controllers, which hear of each other's changes late: through the one that the provider pins, and
// without one. Over the real wire, by the site as the provider opens it.
import { deepEqual, equal, match } from "node:assert/strict";
import { type Lab, startLab } from "../../lab/lab.ts";
import { exchangeHost } from "../../lab/serve/cmdlets/exchange-host.ts";
import { systemClock } from "../../provider/engine/clock.ts";
import { getAvailabilityGroup, setPreferenceMoveFrequency } from "../../provider/exchange/availability-group.ts";
import { check } from "../../provider/host/check.ts";
import { config, fromStack } from "../../provider/host/config.ts";
import { openSite } from "../../provider/host/open-site.ts";
import { property, textOf } from "../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsValue } from "../../provider/remoting/clixml/values.ts";
import type { Site } from "../../provider/resources/site.ts";

const hour = 3_600_000;
const now = { maxAgeMs: 0 };
const user = "pauser@contoso.local";

describe("a setting that is written at one server and read at another", () => {
  let lab: Lab;
  let site: Site;
  const warnings: string[] = [];

  beforeEach(async () => {
    lab = await startLab({ replication: { withinSiteMs: hour, betweenSitesMs: hour }, senders: { count: 1 }, internal: { perHour: 0 } });
    const settings = Object.entries(lab.config).flatMap(([key, value]) =>
      key.startsWith("exchange:") ? [[key.slice("exchange:".length), value]] : [],
    );
    const given = config.parse(check(config, fromStack(Object.fromEntries(settings))).inputs);
    warnings.splice(0);
    site = openSite(given, "site/berlin", systemClock, lab.environment, (text) => warnings.push(text));
  });

  afterEach(async () => {
    await site.close();
    await lab.stop();
  });

  /** PreferenceMoveFrequency as a caller at that server has it who names no domain controller. */
  async function unpinned(server: string): Promise<string | undefined> {
    const parameters = new Map<string, PsValue>([["Identity", "DAG1"]]);
    const ask = { server, configuration: "Microsoft.Exchange", user, cmdlet: "Get-DatabaseAvailabilityGroup", parameters } as const;
    const [dag] = (await exchangeHost(lab.world.site)(ask)).output;
    return isPsObject(dag) ? textOf(property(dag, "PreferenceMoveFrequency")) : undefined;
  }

  const read = async (server: string) => (await getAvailabilityGroup(site.exchange, server, "DAG1", now)).preferenceMoveFrequency;

  it("is read as it was written, in the same AD site and in another, while who pins no domain controller still reads the old one", async () => {
    equal(await read("ex01"), "01:00:00");
    await setPreferenceMoveFrequency(site.exchange, "ex02", "DAG1", "02:00:00");
    for (const server of ["ex01", "ex02", "ex03", "ex04"]) equal(await read(server), "02:00:00", server);
    deepEqual(await Promise.all(["ex01", "ex02", "ex03", "ex04"].map(unpinned)), ["02:00:00", "01:00:00", "01:00:00", "01:00:00"]);
    deepEqual(warnings, []);
  });

  it("is read through another domain controller when that one falls silent, with a warning, and can be written there again", async () => {
    await setPreferenceMoveFrequency(site.exchange, "ex01", "DAG1", "02:00:00");
    const { directory } = lab.world.site;
    const pinned = directory.find("dc01");
    if (pinned !== undefined) directory.setAnswering(pinned, false);
    equal(await read("ex03"), "01:00:00", "dc02 has not heard of it");
    match(
      warnings.join(),
      /^The domain controller dc01\.contoso\.local no longer answers Exchange; from now on everything is read and written through dc0\d/,
    );
    await setPreferenceMoveFrequency(site.exchange, "ex01", "DAG1", "02:00:00");
    equal(await read("ex03"), "02:00:00");
    equal(warnings.length, 1);
  });
});
