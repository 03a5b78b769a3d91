// What an endpoint allows: requests in a time, requests unanswered, runspaces, and a shell of which nothing is asked.
import { deepEqual, equal, match } from "node:assert/strict";
import { LIMITS } from "../../../lab/serve/wsman/shells.ts";
import type { WsmanOptions } from "../../../lab/serve/wsman.ts";
import { faultIn, RawWsman } from "../../support/raw-wsman.ts";
import { COMMAND_ID, GONE, SHELL_ID, type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

const INVALID = { status: 500, subcode: "w:InvalidParameter", code: 87 };
let lab: WsmanLab;

describe("the quotas of a WSMan endpoint", () => {
  afterEach(async () => {
    await lab.servers.stop();
  });

  it("refuse a request too many in a time, say for how long, and do nothing", async () => {
    const client = await start({ load: { requests: 4, seconds: 2 } });
    await client.open(SHELL_ID);
    lab.nowMs += 700;
    equal((await client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    const refused = await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }]);
    deepEqual(faultIn(refused), { status: 500, subcode: "w:QuotaLimit", code: 2150859175 });
    match(refused.text, /user load quota of 4 requests per 2 seconds .*not be approved for at least 1300 milliseconds/);
    equal(lab.toy.requests.length, 0);
    lab.nowMs += 1_299;
    equal((await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }])).status, 500);
    lab.nowMs += 1;
    equal((await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }])).status, 200);
  });

  it("count the requests of each user apart", async () => {
    const client = await start({ load: { requests: 1, seconds: 2 } });
    const other = new RawWsman(lab.servers.address("ex01", "Microsoft.Exchange"), "auditor@contoso.local", "b");
    deepEqual([(await client.create(SHELL_ID)).status, (await other.create(SHELL_ID)).status], [200, 200]);
    equal((await client.create(SHELL_ID)).status, 500);
  });

  it("limit no load where nobody asked for it", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    for (let asked = 0; asked < 50; asked += 1) equal((await client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
  });

  it("keep 18 shells for each user, and count one that is made again once", async () => {
    const client = await start();
    const ids = Array.from({ length: 18 }, (_, at) => `00000000-0000-4000-8000-0000000000${String(at).padStart(2, "0")}`);
    for (const id of ids) equal((await client.create(id)).status, 200);
    equal(faultIn(await client.create(SHELL_ID)).subcode, "w:QuotaLimit");
    equal((await client.create(ids[3] ?? "")).status, 200);
    const other = new RawWsman(lab.servers.address("ex01", "Microsoft.Exchange"), "auditor@contoso.local", "b");
    deepEqual([(await other.create(ids[0] ?? "")).status, (await other.create(SHELL_ID)).status], [200, 200]);
    match((await client.ask({ action: "Get", shellId: ids[0] ?? "" })).text, /<rsp:Owner>CONTOSO.pauser</);
    equal(LIMITS["Microsoft.Exchange"].perUser, 18);
  });

  for (const most of [0, -1, 1.5])
    it(`refuse a pool of ${most} runspaces`, async () => {
      const client = await start();
      deepEqual(faultIn(await client.create(SHELL_ID, { maxRunspaces: most })), INVALID);
      deepEqual(faultIn(await client.ask({ action: "Get", shellId: SHELL_ID })), GONE);
    });

  describe("of an idle shell, when told to", () => {
    it("disconnect it after two minutes: Get says so, other requests are refused, and Delete is not", async () => {
      const client = await start({ disconnectIdle: true });
      await client.open(SHELL_ID);
      lab.nowMs += 120_000;
      match((await client.ask({ action: "Get", shellId: SHELL_ID })).text, /<rsp:State>Connected<.*<rsp:ShellInactivity>P0DT0H2M0S</);
      lab.nowMs += 2_000;
      match((await client.ask({ action: "Get", shellId: SHELL_ID })).text, /<rsp:State>Disconnected<.*<rsp:ShellInactivity>P0DT0H2M2S</);
      const refused = await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }]);
      deepEqual(faultIn(refused), { status: 500, subcode: "w:InternalError", code: 2150859204 });
      equal(lab.toy.requests.length, 0);
      equal((await client.ask({ action: "Delete", shellId: SHELL_ID })).status, 200);
    });

    it("disconnect one with a shorter idle time when that has passed, as recorded, and forget it as long after", async () => {
      const client = await start({ disconnectIdle: true });
      await client.open(SHELL_ID, { idle: "PT60S" });
      lab.nowMs += 62_000;
      match((await client.ask({ action: "Get", shellId: SHELL_ID })).text, /<rsp:IdleTimeOut>PT60.000S<.*<rsp:State>Disconnected</);
      lab.nowMs += 58_001;
      deepEqual(faultIn(await client.ask({ action: "Get", shellId: SHELL_ID })), GONE);
    });

    it("leave one alone on which a Receive waits", async () => {
      const client = await start({ disconnectIdle: true });
      await client.open(SHELL_ID);
      const leaves = new AbortController();
      const waiting = client.receive(SHELL_ID, undefined, { signal: leaves.signal }).catch(() => undefined);
      await client.ask({ action: "Get", shellId: SHELL_ID });
      lab.nowMs += 600_000;
      match((await client.ask({ action: "Get", shellId: SHELL_ID })).text, /<rsp:State>Connected</);
      leaves.abort();
      await waiting;
    });

    it("are not kept when nobody asked for it", async () => {
      const client = await start();
      await client.open(SHELL_ID);
      lab.nowMs += 600_000;
      equal((await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }])).status, 200);
    });
  });
});

async function start(policy: NonNullable<WsmanOptions["policies"]>["Microsoft.Exchange"] = {}): Promise<RawWsman> {
  lab = await wsmanLab({ policies: { "Microsoft.Exchange": policy } });
  return lab.client;
}
