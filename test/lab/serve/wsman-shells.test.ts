// How long an endpoint keeps a shell, for whom, and how much may be in it.
import { deepEqual, equal } from "node:assert/strict";
import { faultIn, RawWsman } from "../../support/raw-wsman.ts";
import { COMMAND_ID, GONE, SHELL_ID, TERMINATE, type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

const MINUTE_MS = 60_000;
let lab: WsmanLab;

describe("a shell at a WSMan endpoint", () => {
  afterEach(async () => {
    await lab.servers.stop();
  });

  it("holds 1,000 commands that nobody terminated, and takes a next one only after a Terminate", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    client.keepAlive();
    const ids = Array.from({ length: 1_000 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`);
    for (const id of ids)
      equal((await client.ask({ action: "Command", shellId: SHELL_ID, body: `<sh:CommandLine CommandId="${id}"/>` })).status, 200);
    deepEqual(faultIn(await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }])), {
      status: 500,
      subcode: "w:InternalError",
      code: undefined,
    });
    await client.signal(SHELL_ID, ids[0] ?? "", TERMINATE);
    equal((await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }])).status, 200);
  });

  it("forgets a shell that idled longer than it may, and not one that was used", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    lab.nowMs += 14 * MINUTE_MS;
    equal((await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }])).status, 200);
    lab.nowMs += 14 * MINUTE_MS;
    equal((await client.receive(SHELL_ID, COMMAND_ID)).status, 200);
    lab.nowMs += 15 * MINUTE_MS + 1;
    deepEqual(faultIn(await client.receive(SHELL_ID, undefined)), GONE);
  });

  it("honours a shorter idle time that the client asked for", async () => {
    const client = await start();
    await client.open(SHELL_ID, { idle: "PT120S" });
    lab.nowMs += 2 * MINUTE_MS + 1;
    deepEqual(faultIn(await client.receive(SHELL_ID, undefined)), GONE);
  });

  it("keeps a user's shell from another user", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    const other = new RawWsman(lab.servers.address("ex01", "Microsoft.Exchange"), "auditor@contoso.local", "b");
    deepEqual(faultIn(await other.receive(SHELL_ID, undefined)), GONE);
    equal((await client.ask({ action: "Delete", shellId: SHELL_ID })).status, 200);
  });

  it("is gone with Delete while a cmdlet runs in it: who waits is told, and what the cmdlet still says goes nowhere", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Wait-Forever" }]);
    const waiting = client.receive(SHELL_ID, COMMAND_ID);
    equal((await client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    equal((await client.ask({ action: "Delete", shellId: SHELL_ID })).status, 200);
    deepEqual(faultIn(await waiting), GONE);
    lab.toy.release();
    deepEqual(faultIn(await client.receive(SHELL_ID, COMMAND_ID)), GONE);
    equal((await client.open(SHELL_ID)).status, 200);
  });

  it("loses its shells when the server is restarted", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    lab.servers.forgetShells("EX01");
    deepEqual(faultIn(await client.receive(SHELL_ID, undefined)), GONE);
  });
});

async function start(): Promise<RawWsman> {
  lab = await wsmanLab();
  return lab.client;
}
