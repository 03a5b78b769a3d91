// What stands around an endpoint: who may ask, paths and bodies, many servers, and servers that are down.
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import type { WsmanOptions } from "../../../lab/serve/wsman.ts";
import { faultIn, RawWsman } from "../../support/raw-wsman.ts";
import { COMMAND_ID, GONE, SHELL_ID, type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

let lab: WsmanLab;

describe("HTTP around a WSMan endpoint", () => {
  afterEach(async () => {
    await lab.servers.stop();
  });

  it("challenges whoever cannot prove who they are", async () => {
    const client = await start();
    const refusals: readonly Readonly<Record<string, string>>[] = [
      { Authorization: "" },
      { Authorization: "Negotiate AAAA" },
      { Authorization: `Basic ${Buffer.from("CONTOSO\\pauser:no").toString("base64")}` },
      { Authorization: `Basic ${Buffer.from("pauser:a").toString("base64")}` },
    ];
    for (const headers of refusals) {
      const answer = await client.post("", headers);
      deepEqual([answer.status, answer.headers["www-authenticate"]], [401, 'Basic realm="ex01.contoso.local"']);
    }
    equal((await client.post("")).status, 200);
  });

  it("answers other paths, methods and bodies as a web server does", async () => {
    const client = await start();
    equal((await client.post("not XML")).status, 400);
    equal((await client.post('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')).status, 400);
    equal((await client.post("", {}, "GET")).status, 405);
    equal((await client.post("x".repeat(1_048_577))).status, 413);
    client.path = "/owa";
    const answer = await client.post("");
    deepEqual([answer.status, answer.headers["content-type"]], [404, "text/html; charset=us-ascii"]);
  });

  it("is found at its path, however that is written, and nowhere else", async () => {
    const client = await start();
    const statusAt = async (path: string) => {
      client.path = path;
      return (await client.post("")).status;
    };
    for (const path of ["/PowerShell/", "/PowerShell", "/POWERSHELL/", "/owa/../powershell/", "/PowerShell/?a=b"])
      equal(await statusAt(path), 200, path);
    for (const path of ["/", "/PowerShell/x", "/PowerShell//", "/owa/PowerShell/", "/owa?/PowerShell/"])
      equal(await statusAt(path), 404, path);
  });

  it("keeps the output for a client whose connection broke while it waited", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Wait-Forever" }]);
    const connection = new AbortController();
    const broken = rejects(client.receive(SHELL_ID, COMMAND_ID, { signal: connection.signal }), { name: "AbortError" });
    equal((await client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    connection.abort();
    await broken;
    equal((await client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    lab.toy.release();
    match((await client.receive(SHELL_ID, COMMAND_ID)).text, /CommandState\/Done/);
  });

  it("does not take a shell for busy whose client went away while it waited", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    const connection = new AbortController();
    const broken = rejects(client.receive(SHELL_ID, undefined, { signal: connection.signal }), { name: "AbortError" });
    equal((await client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    connection.abort();
    await broken;
    equal((await client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    lab.nowMs += 900_001;
    deepEqual(faultIn(await client.ask({ action: "Get", shellId: SHELL_ID })), GONE);
  });

  it("lets go of all that waits on a connection that broke, also of a request behind another", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    const { host, port } = lab.servers.address("ex01", "Microsoft.Exchange");
    const connection = connect(port, host);
    const body = "<sh:Receive><sh:DesiredStream>stdout</sh:DesiredStream></sh:Receive>";
    const text = client.envelope({ action: "Receive", shellId: SHELL_ID, body });
    const authorization = `Basic ${Buffer.from("CONTOSO\\pauser:a").toString("base64")}`;
    const head = `POST /PowerShell/ HTTP/1.1\r\nHost: ex01\r\nAuthorization: ${authorization}\r\nContent-Length: ${text.length}\r\n\r\n`;
    connection.write(`${head}${text}`.repeat(2));
    equal((await client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    connection.destroy();
    equal((await client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    lab.nowMs += 900_001;
    deepEqual(faultIn(await client.ask({ action: "Get", shellId: SHELL_ID })), GONE);
  });

  it("takes a client that lost the front end's cookie for a stranger, when told to", async () => {
    const client = await start({ requireCookie: true });
    const created = await client.create(SHELL_ID);
    deepEqual(faultIn(await client.receive(SHELL_ID, undefined)), GONE);
    client.cookie = String(created.headers["set-cookie"]).split(";")[0];
    equal((await client.receive(SHELL_ID, undefined)).status, 200);
  });

  it("serves both configurations of every server, each at a port of its own", async () => {
    await start();
    const requests = [];
    for (const [server, configuration, path] of [
      ["ex01", "Microsoft.Exchange", "/PowerShell/?PSVersion=5.1"],
      ["ex01", "Microsoft.PowerShell", "/wsman"],
      ["ex02", "Microsoft.Exchange", "/PowerShell/"],
    ] as const) {
      const client = new RawWsman(lab.servers.address(server, configuration), "CONTOSO\\pauser", "a");
      client.path = path;
      client.configuration = configuration;
      await client.open(SHELL_ID);
      await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }]);
      await client.receive(SHELL_ID, COMMAND_ID);
      requests.push([server, configuration]);
    }
    deepEqual(
      lab.toy.requests.map(({ server, configuration }) => [server, configuration]),
      requests,
    );
    await rejects(async () => lab.servers.address("ex09", "Microsoft.Exchange"), new RangeError("the lab has no server ex09"));
  });

  it("accepts connections to a silent server that is down, and never answers", async () => {
    let isDown = false;
    const asked = Promise.withResolvers<void>();
    const client = await start({ isUp: () => !isDown || void asked.resolve() === true });
    equal((await client.create(SHELL_ID)).status, 200);
    isDown = true;
    const answer = client.receive(SHELL_ID, undefined);
    const broken = rejects(answer, { code: "ECONNRESET" });
    await asked.promise;
    // Nothing but the end of the lab ends the wait.
    await lab.servers.stop();
    await broken;
  });

  it("resets connections to a server that is down, when told to, and has lost its shells when it is up again", async () => {
    let isUp = true;
    const client = await start({ isUp: (server) => server !== "ex01" || isUp, whenDown: "reset" });
    equal((await client.create(SHELL_ID)).status, 200);
    isUp = false;
    await rejects(client.receive(SHELL_ID, undefined), { code: "ECONNRESET" });
    equal((await new RawWsman(lab.servers.address("ex02", "Microsoft.Exchange"), "CONTOSO\\pauser", "a").create(SHELL_ID)).status, 200);
    isUp = true;
    deepEqual(faultIn(await client.receive(SHELL_ID, undefined)), GONE);
  });

  it("runs nothing for a connection that was open when the server went down", async () => {
    let isUp = true;
    const client = await start({ isUp: () => isUp, whenDown: "reset" });
    client.keepAlive();
    await client.open(SHELL_ID);
    isUp = false;
    await rejects(client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }]), { code: "ECONNRESET" });
    deepEqual(lab.toy.requests, []);
  });

  it("resets a connection to a server that is down before anything is asked", async () => {
    await start({ isUp: () => false, whenDown: "reset" });
    const { port } = lab.servers.address("ex01", "Microsoft.Exchange");
    await rejects(once(connect(port, "127.0.0.1"), "end"), { code: "ECONNRESET" });
  });
});

async function start(options: Partial<WsmanOptions> = {}): Promise<RawWsman> {
  lab = await wsmanLab(options);
  return lab.client;
}
