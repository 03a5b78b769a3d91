// How many sessions the native transport has at the lab's endpoints of one server, by what these count.

import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { CmdletHost } from "../../lab/serve/cmdlet-host.ts";
import { FaultScript, type WsmanRequestName } from "../../lab/serve/faults.ts";
import { PATHS, startWsman, type WsmanServers } from "../../lab/serve/wsman.ts";
import { SessionPool } from "../../provider/remoting/sessions.ts";
import { type CmdletTransport, RemotingError } from "../../provider/remoting/transport.ts";
import { wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { basic } from "../support/basic.ts";

const user = "CONTOSO\\pauser";
const password = "lab-made";
const tooMany = { when: { edge: "wsman", server: "ex01", request: "Create" }, what: "tooManySessions" } as const;

/** Notes which shells were made and given back. */
class Counter extends FaultScript {
  readonly seen: WsmanRequestName[] = [];

  override takeRequest(server: string, request: WsmanRequestName): ReturnType<FaultScript["takeRequest"]> {
    const fault = super.takeRequest(server, request);
    if (fault === undefined && (request === "Create" || request === "Delete")) this.seen.push(request);
    return fault;
  }

  count(request: WsmanRequestName): number {
    return this.seen.filter((one) => one === request).length;
  }
}

describe("sessions at a server of the lab", () => {
  let servers: WsmanServers;
  let faults: Counter;
  let running = 0;
  let most = 0;
  let release: Promise<void> = Promise.resolve();
  const transports: CmdletTransport[] = [];
  const host: CmdletHost = async () => {
    running += 1;
    most = Math.max(most, running);
    await release;
    running -= 1;
    return { output: ["done"], warnings: [], errors: [] };
  };

  beforeEach(async () => {
    faults = new Counter();
    running = 0;
    most = 0;
    release = Promise.resolve();
    servers = await startWsman({
      host,
      servers: [{ name: "ex01", fqdn: "ex01.contoso.local" }],
      accounts: new Map([[user, password]]),
      faults,
    });
  });

  afterEach(async () => {
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
    await servers.stop();
  });

  function transport(configuration: "Microsoft.Exchange" | "Microsoft.PowerShell", sessions: SessionPool): CmdletTransport {
    const { host: address, port } = servers.address("ex01", configuration);
    const made = wsmanTransport({
      url: `http://${address}:${port}${PATHS[configuration]}`,
      configurationName: configuration,
      endpoint: `ex01 (${configuration})`,
      authentication: basic(user, password),
      sessions,
    });
    transports.push(made);
    return made;
  }

  /** Three calls at once, of which none ends before `count` of them run. */
  async function together(exchange: CmdletTransport, count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    release = promise;
    const calls = ["Get-One", "Get-Two", "Get-Three"].map((cmdlet) => exchange.invoke(cmdlet, {}));
    while (running < count) await new Promise(setImmediate);
    resolve();
    await Promise.all(calls);
  }

  it("are one for calls that come one after the other, and for short ones that come together", async () => {
    const exchange = transport("Microsoft.Exchange", new SessionPool());
    for (const cmdlet of ["Get-One", "Get-Two"]) await exchange.invoke(cmdlet, {});
    await Promise.all(["Get-One", "Get-Two", "Get-Three"].map((cmdlet) => exchange.invoke(cmdlet, {})));
    deepEqual([faults.count("Create"), most], [1, 1]);
  });

  it("are as many as there may be, when calls have waited for long, and all are given back", async () => {
    const exchange = transport("Microsoft.Exchange", new SessionPool({ most: 2, patienceMs: 1 }));
    await together(exchange, 2);
    deepEqual([faults.count("Create"), most], [2, 2]);
    await exchange.close();
    equal(faults.count("Delete"), 2);
  });

  it("are those that there are, where others of the same user have taken the rest", async () => {
    const exchange = transport("Microsoft.Exchange", new SessionPool({ patienceMs: 1 }));
    await exchange.invoke("Get-One", {});
    faults.add(tooMany);
    const { promise, resolve } = Promise.withResolvers<void>();
    release = promise;
    const calls = ["Get-Two", "Get-Three"].map((cmdlet) => exchange.invoke(cmdlet, {}));
    while (faults.pending.length > 0) await new Promise(setImmediate);
    resolve();
    await Promise.all(calls);
    deepEqual([faults.count("Create"), most], [1, 1]);
  });

  it("are none where others of the same user have taken all: the call was not sent, and may be repeated", async () => {
    const exchange = transport("Microsoft.Exchange", new SessionPool());
    faults.add(tooMany);
    await rejects(exchange.invoke("Get-One", {}), (error: unknown) => {
      ok(error instanceof RemotingError, String(error));
      deepEqual([error.reason, error.mayHaveRun], ["throttled", false]);
      return true;
    });
    await exchange.invoke("Get-One", {});
  });

  it("of both endpoints are no more than there may be together", async () => {
    const sessions = new SessionPool({ most: 1 });
    const [exchange, windows] = [transport("Microsoft.Exchange", sessions), transport("Microsoft.PowerShell", sessions)];
    await Promise.all([exchange.invoke("Get-One", {}), windows.invoke("Get-Two", {}), exchange.invoke("Get-Three", {})]);
    deepEqual(faults.seen, ["Create", "Delete", "Create", "Delete", "Create"]);
  });

  it("are given back when they are closed while a cmdlet runs", async () => {
    const exchange = transport("Microsoft.Exchange", new SessionPool());
    const { promise, resolve } = Promise.withResolvers<void>();
    release = promise;
    const call = exchange.invoke("Get-One", {});
    call.catch(() => {});
    while (running === 0) await new Promise(setImmediate);
    await exchange.close();
    await rejects(call, /stopped on request$/);
    deepEqual(faults.seen, ["Create", "Delete"]);
    resolve();
  });
});
