// The native transport against the lab's remoting endpoints, which share its codecs but nothing else.

import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { CmdletHost, CmdletRequest } from "../../lab/serve/cmdlet-host.ts";
import { type FaultKind, FaultScript } from "../../lab/serve/faults.ts";
import { PATHS, startWsman, type WsmanServers } from "../../lab/serve/wsman.ts";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { property, textOf } from "../../provider/remoting/clixml/read.ts";
import { type CmdletTransport, RemotingError, type RemotingReason } from "../../provider/remoting/transport.ts";
import { wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { basic } from "../support/basic.ts";

const SERVERS = ["ex01", "ex02"].map((name) => ({ name, fqdn: `${name}.contoso.local` }));
const USER = "CONTOSO\\pauser";
const PASSWORD = "lab-made";

describe("the native transport and the lab's endpoints", () => {
  let servers: WsmanServers;
  let faults: FaultScript;
  let isUp = true;
  const requests: CmdletRequest[] = [];
  const transports: CmdletTransport[] = [];
  let host: CmdletHost;

  beforeEach(async () => {
    faults = new FaultScript();
    isUp = true;
    host = async () => ({ output: [psObject({ properties: { Identity: "ex01\\7" } })], warnings: ["slow"], errors: [] });
    servers = await startWsman({
      host: (request) => {
        requests.push(request);
        return host(request);
      },
      servers: SERVERS,
      accounts: new Map([[USER, PASSWORD]]),
      faults,
      isUp: () => isUp,
      whenDown: "reset",
      requireCookie: true,
    });
  });
  afterEach(async () => {
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
    await servers.stop();
    requests.splice(0);
  });

  function transport(
    configuration: "Microsoft.Exchange" | "Microsoft.PowerShell" = "Microsoft.Exchange",
    password = PASSWORD,
  ): CmdletTransport {
    const { host: address, port } = servers.address("ex01", configuration);
    const defaultPort = configuration === "Microsoft.Exchange" ? "" : ":5985";
    const made = wsmanTransport(
      {
        url: `http://ex01.contoso.local${defaultPort}${PATHS[configuration]}`,
        configurationName: configuration,
        endpoint: `ex01 (${configuration})`,
        authentication: basic(USER, password),
        connectTo: { "ex01.contoso.local:80": `${address}:${port}`, "ex01.contoso.local:5985": `${address}:${port}` },
      },
      { repeatPausesMs: [0, 0] },
    );
    transports.push(made);
    return made;
  }

  async function fails(running: Promise<unknown>, reason: RemotingReason): Promise<void> {
    await rejects(running, (error: unknown) => {
      ok(error instanceof RemotingError, String(error));
      equal(error.reason, reason, error.message);
      return true;
    });
  }

  for (const configuration of ["Microsoft.Exchange", "Microsoft.PowerShell"] as const) {
    it(`understand each other at ${configuration}`, async () => {
      const { objects, warnings, errors } = await transport(configuration).invoke("Get-Queue", {
        Server: "ex01",
        Filter: "a_x0041_ü",
        Confirm: false,
      });
      deepEqual(
        objects.map((object) => textOf(property(object, "Identity"))),
        ["ex01\\7"],
      );
      deepEqual([warnings, errors], [["slow"], []]);
      const [request] = requests;
      deepEqual([request?.server, request?.configuration, request?.user, request?.cmdlet], ["ex01", configuration, USER, "Get-Queue"]);
      deepEqual(
        [...(request?.parameters ?? [])],
        [
          ["Server", "ex01"],
          ["Filter", "a_x0041_ü"],
          ["Confirm", false],
        ],
      );
    });
  }

  it("carry errors beside output, and the one that ends a cmdlet", async () => {
    const error = {
      message: "no queue",
      fullyQualifiedErrorId: "[FailureCategory=Cmdlet-X] 1,Get-Queue",
      exception: "X",
      category: { number: 13, name: "ObjectNotFound" },
    };
    host = async () => ({ output: ["still here"], warnings: [], errors: [error], failed: { ...error, message: "the end" } });
    const { objects, errors } = await transport().invoke("Get-Queue", {});
    deepEqual(objects.map(textOf), ["still here"]);
    deepEqual(
      errors.map(({ message, failureCategory, category, terminating }) => [message, failureCategory, category, terminating]),
      [
        ["no queue", "Cmdlet-X", "ObjectNotFound", false],
        ["the end", "Cmdlet-X", "ObjectNotFound", true],
      ],
    );
  });

  it("carry thousands of objects and a parameter that does not fit one request", async () => {
    const rows = Array.from({ length: 2_000 }, (_, index) =>
      psObject({ properties: { Identity: `mailbox ${index}`, Note: "x".repeat(100) } }),
    );
    host = async () => ({ output: rows, warnings: [], errors: [] });
    const filter = "y".repeat(300_000);
    const { objects } = await transport().invoke("Get-Mailbox", { Filter: filter });
    deepEqual(
      objects.map((object) => property(object, "Identity")),
      rows.map((row) => property(row, "Identity")),
    );
    equal(requests[0]?.parameters.get("Filter"), filter);
  });

  it("run many calls in one session", async () => {
    const calling = transport();
    for (let call = 0; call < 20; call++) await calling.invoke("Get-Queue", {});
    equal(requests.length, 20);
  });

  it("do not let in who has the wrong password", () => fails(transport("Microsoft.Exchange", "wrong").invoke("Get-Queue", {}), "denied"));

  it("lose the session when the server forgets it, and make another", async () => {
    const calling = transport();
    await calling.invoke("Get-Queue", {});
    servers.forgetShells("ex01");
    await fails(calling.invoke("Get-Queue", {}), "sessionLost");
    await calling.invoke("Get-Queue", {});
    equal(requests.length, 2);
  });

  it("do not reach each other while the server is down", async () => {
    isUp = false;
    await fails(transport().invoke("Get-Queue", {}), "unreachable");
    equal(requests.length, 0);
  });

  for (const { what, ran, reason } of [
    { what: "cutBefore", ran: 0, reason: "sessionLost" },
    { what: "cutAfter", ran: 1, reason: undefined },
    { what: "timeOut", ran: 0, reason: "timedOut" },
    { what: "refused", ran: 0, reason: "unreachable" },
    { what: "wrongAnswer", ran: 1, reason: "invalidAnswer" },
  ] as readonly { what: FaultKind; ran: number; reason: RemotingReason | undefined }[]) {
    it(`meet the fault ${what}: the cmdlet ran ${ran === 0 ? "not at all" : "once"}, and the caller knows`, async () => {
      const calling = transport();
      await calling.invoke("Get-Queue", {});
      faults.add({ when: { edge: "wsman", server: "ex01", call: "Dismount-Database" }, what });
      const dismounting = calling.invoke("Dismount-Database", {}, { timeoutMs: reason === "timedOut" ? 300 : 20_000 });
      if (reason === undefined) equal((await dismounting).objects.length, 1);
      else await fails(dismounting, reason);
      equal(requests.filter(({ cmdlet }) => cmdlet === "Dismount-Database").length, ran);
      deepEqual(faults.pending, []);
      await calling.invoke("Get-Queue", {});
    });
  }
});
