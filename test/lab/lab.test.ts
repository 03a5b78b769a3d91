// That the parts of a running lab hear of each other: the rights of its account, and the sessions that a restart loses.
import { deepEqual, equal, match } from "node:assert/strict";
import { type Lab, startLab } from "../../lab/lab.ts";
import { faultIn, messagesIn, RawWsman } from "../support/raw-wsman.ts";
import { COMMAND_ID, GONE, SHELL_ID } from "../support/wsman-lab.ts";

describe("a running lab", () => {
  let lab: Lab;

  function clientOf(port: 80 | 5985): RawWsman {
    const { "exchange:connectTo": connectTo, "exchange:user": user } = lab.config;
    const address = Object.entries(Object(connectTo)).find(([name]) => name === `ex01.contoso.local:${port}`)?.[1];
    const [host = "", number = ""] = String(address).split(":");
    const client = new RawWsman({ host, port: Number(number) }, String(user), lab.environment.EXCHANGE_PASSWORD ?? "");
    if (port === 5985) Object.assign(client, { path: "/wsman", configuration: "Microsoft.PowerShell" });
    return client;
  }

  async function session(port: 80 | 5985): Promise<RawWsman> {
    const client = clientOf(port);
    equal((await client.open(SHELL_ID)).status, 200);
    return client;
  }

  async function isGone(client: RawWsman): Promise<boolean> {
    const { code } = faultIn(await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }]));
    return code === GONE.code;
  }

  afterEach(() => lab.stop());

  it("hides from its account what its roles do not hold", async () => {
    lab = await startLab({ accounts: { pauser: { roleGroups: ["View-Only Organization Management"] } } });
    const client = await session(80);
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Queue" }]);
    const messages = messagesIn(await client.receive(SHELL_ID, COMMAND_ID));
    match(messages.map(({ data }) => data).join("\n"), /The term 'Get-Queue' is not recognized/);
  });

  it("opens no session for an account that lacks remote PowerShell, nor at Windows for one that is no administrator", async () => {
    lab = await startLab({ accounts: { pauser: { remotePowerShell: false, administratorOf: [] } } });
    const [exchange, windows] = [faultIn(await clientOf(80).open(SHELL_ID)), faultIn(await clientOf(5985).open(SHELL_ID))];
    deepEqual([exchange.code, windows.code], [2150858819, 5]);
  });

  it("loses Exchange's sessions when IIS recycles, and both endpoints' when the server restarts though nobody asks meanwhile", async () => {
    lab = await startLab();
    const [exchange, windows] = [await session(80), await session(5985)];
    lab.world.site.server("ex01")?.recycleRemoting();
    deepEqual([await isGone(exchange), await isGone(windows)], [true, false]);
    lab.world.site.restart("ex01");
    lab.skip(600_000);
    equal(await isGone(windows), true);
  });
});
