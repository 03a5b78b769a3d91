// A site as Exchange comes out of the box: Kerberos and nothing else, every message over http sealed, with tickets of a real MIT KDC.
// One site and one stack live through all of it.
import { deepEqual, equal, match } from "node:assert/strict";
import path from "node:path";
import type { Lab } from "../../lab/lab.ts";
import { checkSite } from "../../provider/check/check-site.ts";
import { checkout } from "../../setup/places.ts";
import { requireJudge } from "../support/judges.ts";
import { kdcAvailable, type RunningKdc, startKdc, useEnvironment } from "../support/kdc.ts";
import { requirePulumi } from "../support/pulumi.ts";
import { Rehearsal, rehearsalLab, settleMail, siteOf } from "../support/rehearsal.ts";

const SERVERS = ["ex01", "ex02", "ex03", "ex04"];
const TTL_SECONDS = 600;
/** Lab time: two of our seconds at the rehearsal's rate. */
const RECYCLE_MS = 480_000;

describe("a site pause where Exchange takes Kerberos alone, through the Pulumi CLI", function () {
  this.timeout(180_000);
  const password = `p:${Math.random()}`;
  let kdc: RunningKdc;
  let leave: () => void = () => {};
  let lab: Lab;
  let stack: Rehearsal;
  let atFirst: Readonly<Record<string, string>>;

  before(async function () {
    requirePulumi(this);
    requireJudge(this, "MIT KDC", kdcAvailable());
    const services = SERVERS.map((name) => `HTTP/${name}.contoso.local`);
    kdc = await startKdc({ principals: [{ name: "pauser", password }], services });
    leave = useEnvironment(kdc.environment);
    const keytabs = new Map<string, string>();
    for (const service of services) keytabs.set(service.slice("HTTP/".length), await kdc.keytab(service));
    lab = await rehearsalLab({ ttlSeconds: TTL_SECONDS, kerberos: { password, keytabOf: (fqdn) => keytabs.get(fqdn) ?? "" } });
    atFirst = siteOf(lab);
    stack = await new Rehearsal(lab).init();
  });

  after(async () => {
    stack?.remove();
    await lab?.stop();
    leave();
    await kdc?.stop();
  });

  const done = async (word: string) => {
    const { code, output } = await stack.up(word);
    equal(code, 0, output);
    equal(output.includes(password), false);
  };

  it("says in a preview that the password is wrong, once for all servers, and what to do", async () => {
    const { code, output } = await stack.run(["preview"], { environment: { EXCHANGE_PASSWORD: "not this one" } });
    equal(code === 0, false, output);
    match(
      output,
      /the domain controller does not accept the password \(EXCHANGE_PASSWORD in the environment\) of pauser@contoso\.local\. Mend it before the next run/,
    );
    equal(output.includes("not this one"), false);
  });

  it("is let in by Kerberos at both endpoints of every server, as the check of the site says before the first run", async () => {
    const values = Object.entries(lab.config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
    const program = path.join(checkout, "stacks", "index.ts");
    const lines: string[] = [];
    const checked = { project: "site", name: "lab", program, values: Object.fromEntries(values), secretKeys: [] };
    equal(await checkSite(checked, { ...process.env, ...lab.environment }, (line) => lines.push(line)), 0, lines.join("\n"));
    equal(lines.filter((line) => line.includes(" lets us in by Kerberos")).length, 2 * SERVERS.length);
  });

  it("goes offline and comes back exactly as it was, while every server loses its sessions again and again", async () => {
    await done("online");
    await done("prepared");
    lab.skip((TTL_SECONDS + 60) * 1_000);
    const { events, site } = lab.world;
    let [recycled, isOver] = [0, false];
    events.every(RECYCLE_MS, () => {
      if (isOver) return;
      for (const server of site.servers) server.recycleRemoting();
      recycled += 1;
    });
    await done("offline");
    match(siteOf(lab)["ex01 MSExchangeTransport"] ?? "", /Paused/);
    await done("online");
    deepEqual(siteOf(lab), atFirst);
    isOver = true;
    equal(recycled >= 4, true, `${recycled} times`);
  });

  it("goes on with a ticket that somebody fetched, without a password", async () => {
    const ticket = await kdc.kinit("pauser", { password });
    const environment = { EXCHANGE_PASSWORD: undefined, KRB5CCNAME: ticket };
    const { code, output } = await stack.run(["preview", "--expect-no-changes"], { environment });
    equal(code, 0, output);
  });

  it("lost nothing, delivered nothing twice, bounced nothing", () => {
    deepEqual(settleMail(stack), []);
  });
});
