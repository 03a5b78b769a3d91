// The endpoint's own rules, asked by hand: shells, commands, HTTP around them, and servers that are down. How a whole client fares: pypsrp.test.ts.
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { FaultScript } from "../../../lab/serve/faults.ts";
import { startWsman, type WsmanOptions, type WsmanServers } from "../../../lab/serve/wsman.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { type ToyHost, toyHost } from "../../support/cmdlet-host.ts";
import { faultIn, fragmentsIn, messagesIn, RawWsman } from "../../support/raw-wsman.ts";

const SHELL_ID = "6F1903CA-E06A-4A8B-BDFC-B44203149D55";
const COMMAND_ID = "E888E1DF-C962-41D6-BEFD-F2C82D0ABCCA";
const OTHER_ID = "24E6F3FF-24A4-4B86-9545-49C5285D0A91";
const TERMINATE = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/Terminate";
const GONE = { status: 500, subcode: "w:InvalidSelectors", code: 2150858843 };
const TIMED_OUT = { status: 500, subcode: "w:TimedOut", code: 2150858793 };
const MINUTE_MS = 60_000;

let toy: ToyHost;
let servers: WsmanServers;
let nowMs = 0;

describe("a WSMan endpoint", () => {
  afterEach(async () => {
    await servers.stop();
  });

  it("gives a shell the id that its client chose, and Exchange's 15 minutes", async () => {
    const client = await start();
    const created = await client.open(SHELL_ID);
    equal(created.status, 200);
    match(
      created.text,
      new RegExp(`<rsp:ShellId>${SHELL_ID}</rsp:ShellId>.*<rsp:Owner>CONTOSO\\\\pauser</rsp:Owner>.*<rsp:IdleTimeOut>PT900.000S<`),
    );
  });

  it("answers the request that was asked: RelatesTo is its MessageID, the action its action", async () => {
    const client = await start();
    const envelope = client.envelope({ action: "Get", resourceUri: "http://schemas.microsoft.com/wbem/wsman/1/config" });
    const { text, headers } = await client.post(envelope);
    const asked = /MessageID>(.*?)</.exec(envelope)?.[1];
    match(
      text,
      new RegExp(
        `<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse</a:Action>.*<a:RelatesTo>${asked}</a:RelatesTo>.*MaxEnvelopeSizekb>500<`,
      ),
    );
    equal(headers["content-type"], "application/soap+xml;charset=UTF-8");
  });

  it("negotiates: capability and private data in one answer, Opened in the next", async () => {
    const client = await start();
    await client.create(SHELL_ID);
    const first = messagesIn(await client.receive(SHELL_ID, undefined));
    const second = messagesIn(await client.receive(SHELL_ID, undefined));
    deepEqual(
      first.map(({ type }) => type),
      [MessageType.sessionCapability, MessageType.applicationPrivateData],
    );
    deepEqual(
      second.map(({ type, data, poolId }) => [type, data, poolId]),
      [[MessageType.runspacePoolState, '<Obj RefId="0"><MS><I32 N="RunspaceState">2</I32></MS></Obj>', client.poolId]],
    );
  });

  for (const [offered, spoken] of [
    ["2.1", "2.1"],
    ["2.4", "2.3"],
  ] as const)
    it(`speaks ${spoken} with a client that offers ${offered}`, async () => {
      const client = await start();
      await client.create(SHELL_ID, { protocol: offered });
      const [capability] = messagesIn(await client.receive(SHELL_ID, undefined));
      match(capability?.data ?? "", new RegExp(`<Version N="protocolversion">${spoken}</Version>`));
    });

  it("says no more than its capability to a client of another major version", async () => {
    const client = await start();
    await client.create(SHELL_ID, { protocol: "3.0" });
    equal(messagesIn(await client.receive(SHELL_ID, undefined)).length, 1);
    deepEqual(faultIn(await client.receive(SHELL_ID, undefined, { operationTimeout: "PT0.001S" })), TIMED_OUT);
  });

  it("begins the data of every message with a byte order mark", async () => {
    const client = await start();
    await client.create(SHELL_ID);
    const [fragment] = fragmentsIn(await client.receive(SHELL_ID, undefined));
    deepEqual([...(fragment?.slice(61, 65) ?? [])], [0xef, 0xbb, 0xbf, 0x3c]);
  });

  it("answers no larger than the client's envelope, with fragments of at most 32,747 bytes, and the rest in the next answers", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Many", args: [["Count", 100]] }]);
    const sizes: number[] = [];
    const answers = [];
    for (let done = false; !done; ) {
      const answer = await client.receive(SHELL_ID, COMMAND_ID, { maxEnvelopeBytes: 60_000 });
      equal(answer.status, 200);
      sizes.push(answer.text.length);
      answers.push(answer);
      done = answer.text.includes("CommandState/Done");
    }
    equal(Math.max(...sizes) <= 60_000, true);
    equal(sizes.length > 1, true);
    equal(messagesIn(...answers).filter(({ type }) => type === MessageType.pipelineOutput).length, 100);
  });

  it("cuts a large object into fragments that a small envelope can hold, when the shell was made with one", async () => {
    const client = await start();
    await client.open(SHELL_ID, { maxEnvelopeBytes: 8_192 });
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Number", args: [["Value", "x".repeat(5_000)]] }]);
    const first = await client.receive(SHELL_ID, COMMAND_ID, { maxEnvelopeBytes: 8_192 });
    const second = await client.receive(SHELL_ID, COMMAND_ID, { maxEnvelopeBytes: 8_192 });
    equal(first.text.length <= 8_192 && second.text.length <= 8_192, true);
    equal(messagesIn(first, second)[0]?.data, `<S>${"x".repeat(5_000)}</S>`);
  });

  it("refuses an answer that cannot be made small enough", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Number", args: [["Value", "x".repeat(20_000)]] }]);
    deepEqual(faultIn(await client.receive(SHELL_ID, COMMAND_ID, { maxEnvelopeBytes: 8_192 })), {
      status: 500,
      subcode: "w:EncodingLimit",
      code: undefined,
    });
  });

  it("knows a command until its end was delivered, and then not any more", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Number", args: [["Value", 1]] }]);
    match((await client.receive(SHELL_ID, COMMAND_ID)).text, /CommandState\/Done"><rsp:ExitCode>0</);
    deepEqual(faultIn(await client.receive(SHELL_ID, COMMAND_ID)), GONE);
  });

  it("waits with the second pipeline of a pool of one runspace until the first has ended", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Wait-Forever" }]);
    await client.command(SHELL_ID, OTHER_ID, [{ name: "Get-Number", args: [["Value", 2]] }]);
    deepEqual(faultIn(await client.receive(SHELL_ID, OTHER_ID, { operationTimeout: "PT0.001S" })), TIMED_OUT);
    toy.release();
    deepEqual(messagesIn(await client.receive(SHELL_ID, COMMAND_ID)).map(({ data }) => data)[0], "<S>late</S>");
    deepEqual(messagesIn(await client.receive(SHELL_ID, OTHER_ID)).map(({ data }) => data)[0], "<I32>2</I32>");
  });

  it("runs two pipelines at once in a pool of two runspaces", async () => {
    const client = await start();
    await client.open(SHELL_ID, { maxRunspaces: 2 });
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Wait-Forever" }]);
    await client.command(SHELL_ID, OTHER_ID, [{ name: "Get-Number", args: [["Value", 2]] }]);
    deepEqual(messagesIn(await client.receive(SHELL_ID, OTHER_ID)).map(({ data }) => data)[0], "<I32>2</I32>");
  });

  it("ends a waiting Receive with state Stopped when its command is terminated", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Wait-Forever" }]);
    const waiting = client.receive(SHELL_ID, COMMAND_ID);
    equal((await client.signal(SHELL_ID, COMMAND_ID, TERMINATE)).status, 200);
    // Whichever of the two requests the server read first, the command is over.
    const answer = await waiting;
    if (answer.status === 200) match(messagesIn(answer)[0]?.data ?? "", /<I32 N="PipelineState">3</);
    else deepEqual(faultIn(answer), GONE);
    deepEqual(faultIn(await client.signal(SHELL_ID, COMMAND_ID, TERMINATE)), GONE);
  });

  it("holds 1,000 commands that nobody terminated, and takes a next one only after a Terminate", async () => {
    const client = await start();
    await client.open(SHELL_ID);
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
    nowMs += 14 * MINUTE_MS;
    equal((await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }])).status, 200);
    nowMs += 14 * MINUTE_MS;
    equal((await client.receive(SHELL_ID, COMMAND_ID)).status, 200);
    nowMs += 15 * MINUTE_MS + 1;
    deepEqual(faultIn(await client.receive(SHELL_ID, undefined)), GONE);
  });

  it("honours a shorter idle time that the client asked for", async () => {
    const client = await start();
    await client.open(SHELL_ID, { idle: "PT120S" });
    nowMs += 2 * MINUTE_MS + 1;
    deepEqual(faultIn(await client.receive(SHELL_ID, undefined)), GONE);
  });

  it("keeps a user's shell from another user", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    const other = new RawWsman(servers.address("ex01", "Microsoft.Exchange"), "auditor@contoso.local", "b");
    deepEqual(faultIn(await other.receive(SHELL_ID, undefined)), GONE);
    equal((await client.ask({ action: "Delete", shellId: SHELL_ID })).status, 200);
  });

  it("loses its shells when the server is restarted", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    servers.forgetShells("EX01");
    deepEqual(faultIn(await client.receive(SHELL_ID, undefined)), GONE);
  });

  it("takes an operation timeout that is none for a bad header", async () => {
    const client = await start();
    const expected = { status: 500, subcode: "a:InvalidMessageInformationHeader", code: 2150858767 };
    for (const operationTimeout of ["20 seconds", "PT", "P1Y"])
      deepEqual(faultIn(await client.receive(SHELL_ID, undefined, { operationTimeout })), expected);
  });

  it("refuses an action and a resource that it does not serve", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    equal(faultIn(await client.ask({ action: "Put", shellId: SHELL_ID })).subcode, "a:ActionNotSupported");
    const resourceUri = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell";
    equal(faultIn(await client.ask({ action: "Create", resourceUri })).subcode, "a:DestinationUnreachable");
  });

  it("refuses fragments that are none, and goes on", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    const bad = await client.send(SHELL_ID, COMMAND_ID, Uint8Array.of(1, 2, 3));
    deepEqual(faultIn(bad), GONE);
    const body = `<sh:CommandLine CommandId="${COMMAND_ID}"><sh:Arguments>AQID</sh:Arguments></sh:CommandLine>`;
    deepEqual(faultIn(await client.ask({ action: "Command", shellId: SHELL_ID, body })), {
      status: 500,
      subcode: "w:InvalidParameter",
      code: 87,
    });
    equal((await client.command(SHELL_ID, OTHER_ID, [{ name: "Get-Nothing" }])).status, 200);
  });
});

describe("HTTP around a WSMan endpoint", () => {
  afterEach(async () => {
    await servers.stop();
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
      const client = new RawWsman(servers.address(server, configuration), "CONTOSO\\pauser", "a");
      client.path = path;
      client.configuration = configuration;
      await client.open(SHELL_ID);
      await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Nothing" }]);
      await client.receive(SHELL_ID, COMMAND_ID);
      requests.push([server, configuration]);
    }
    deepEqual(
      toy.requests.map(({ server, configuration }) => [server, configuration]),
      requests,
    );
    await rejects(async () => servers.address("ex09", "Microsoft.Exchange"), new RangeError("the lab has no server ex09"));
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
    await servers.stop();
    await broken;
  });

  it("resets connections to a server that is down, when told to, and has lost its shells when it is up again", async () => {
    let isUp = true;
    const client = await start({ isUp: (server) => server !== "ex01" || isUp, whenDown: "reset" });
    equal((await client.create(SHELL_ID)).status, 200);
    isUp = false;
    await rejects(client.receive(SHELL_ID, undefined), { code: "ECONNRESET" });
    equal((await new RawWsman(servers.address("ex02", "Microsoft.Exchange"), "CONTOSO\\pauser", "a").create(SHELL_ID)).status, 200);
    isUp = true;
    deepEqual(faultIn(await client.receive(SHELL_ID, undefined)), GONE);
  });
});

async function start(options: Partial<WsmanOptions> = {}): Promise<RawWsman> {
  toy = toyHost();
  nowMs = 0;
  servers = await startWsman({
    host: toy.host,
    servers: ["ex01", "ex02"].map((name) => ({ name, fqdn: `${name}.contoso.local` })),
    accounts: new Map([
      ["CONTOSO\\pauser", "a"],
      ["auditor@contoso.local", "b"],
    ]),
    faults: new FaultScript(),
    nowMs: () => nowMs,
    ...options,
  });
  return new RawWsman(servers.address("ex01", "Microsoft.Exchange"), "CONTOSO\\pauser", "a");
}
