// A site as a Windows management station reaches it: every cmdlet runs in a session of a local PowerShell, here a stand-in with the lab's cmdlets
// behind it. One site and one stack live through all of it.
import { deepEqual, equal, match } from "node:assert/strict";
import type { Lab } from "../../lab/lab.ts";
import type { CmdletHost, CmdletRequest } from "../../lab/serve/cmdlet-host.ts";
import { requirePulumi } from "../support/pulumi.ts";
import { Rehearsal, rehearsalLab, settleMail, siteOf } from "../support/rehearsal.ts";
import { type StandInShell, standInShell } from "../support/stand-in-shell.ts";
import { isAlive } from "../support/stand-in-shell-fixture.ts";

const USER = "pauser@contoso.local";
const TTL_SECONDS = 600;
/** One of so many cmdlets meets a session that breaks, and another one a PowerShell that ends, in the middle of it. */
const ONE_OF = 40;

describe("a site pause through local PowerShells and the Pulumi CLI", function () {
  this.timeout(300_000);
  let lab: Lab;
  let shells: StandInShell;
  let stack: Rehearsal;
  let atFirst: Readonly<Record<string, string>>;
  let isRough = false;
  const mishaps = { broken: 0, ended: 0 };

  before(async function () {
    requirePulumi(this);
    lab = await rehearsalLab({ ttlSeconds: TTL_SECONDS });
    atFirst = siteOf(lab);
    let count = 0;
    const cmdlets: CmdletHost = (request) => {
      count += isRough ? 1 : 0;
      if (count % ONE_OF === 10) breakSession(request);
      if (count % ONE_OF === 30) endPowerShell(request);
      return lab.cmdlets(request);
    };
    shells = await standInShell(cmdlets, { accounts: new Map([[USER, lab.environment["EXCHANGE_PASSWORD"] ?? ""]]) });
    stack = await new Rehearsal(lab).init();
    stack.set("exchange:transport", "powershell");
    stack.set("exchange:powershell", shells.executable);
    stack.set("exchange:authentication", "kerberos");
  });

  after(async () => {
    stack?.remove();
    await shells?.stop();
    await lab?.stop();
  });

  /** Those whose session it is that a cmdlet runs in. */
  const shellsOf = ({ server, configuration }: CmdletRequest) =>
    shells.processes.filter(({ pid, agent: { opening, runspace } }) => {
      const isThere = opening?.connectionUri?.includes(`//${server}.`) && opening.configurationName === configuration;
      return isThere === true && runspace === "Opened" && isAlive(pid);
    });
  const breakSession = (request: CmdletRequest) => {
    for (const { agent } of shellsOf(request)) {
      agent.runspace = "Broken";
      mishaps.broken += 1;
    }
  };

  const endPowerShell = (request: CmdletRequest) => {
    for (const shell of shellsOf(request)) {
      shell.order({ exit: 1 });
      mishaps.ended += 1;
    }
  };

  const done = async (word: string) => {
    const { code, output } = await stack.up(word);
    equal(code, 0, output);
    for (const secret of lab.secrets) equal(output.includes(secret), false);
  };

  it("takes the site into the program, each endpoint over a session of its own", async () => {
    await done("online");
    const openings = shells.processes.map(
      ({ agent: { opening } }) => `${opening?.connectionUri} ${opening?.authentication} ${opening?.user}`,
    );
    for (const server of ["ex01", "ex02", "ex03", "ex04"])
      for (const url of [`http://${server}.contoso.local/PowerShell/`, `http://${server}.contoso.local:5985/wsman`])
        equal(openings.includes(`${url} kerberos ${USER}`), true, `${url} is not among ${openings.join(", ")}`);
  });

  it("goes offline and comes back exactly as it was, while sessions break and PowerShells end again and again", async () => {
    await done("prepared");
    lab.skip((TTL_SECONDS + 60) * 1_000);
    isRough = true;
    await done("offline");
    match(siteOf(lab)["ex01 MSExchangeTransport"] ?? "", /Paused/);
    await done("online");
    isRough = false;
    deepEqual(siteOf(lab), atFirst);
    equal(mishaps.broken >= 2 && mishaps.ended >= 2, true, JSON.stringify(mishaps));
  });

  const alive = () => shells.processes.flatMap(({ pid }) => (isAlive(pid) ? [pid] : []));

  it("leaves no PowerShell behind", () => {
    deepEqual(alive(), []);
  });

  it("leaves none behind when its engine is killed while they work", async () => {
    let before: readonly number[] = [];
    const { code } = await stack.up("prepared", {
      watch: (printed) => {
        if (before.length > 0 || !/MxRecord contoso\.com updating/.test(printed)) return;
        before = alive();
        stack.killEngine();
      },
    });
    deepEqual([code === 0, before.length > 0, await stack.left(), alive()], [false, true, [], []]);
    await stack.cancel();
    await done("online");
    deepEqual(siteOf(lab), atFirst);
  });

  it("lost nothing, delivered nothing twice, bounced nothing", () => {
    deepEqual(settleMail(stack), []);
  });
});
