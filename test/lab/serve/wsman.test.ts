// The endpoint's own rules, asked by hand: what is read, when a command ends, what is refused. How a whole client fares: pypsrp.test.ts.
import { deepEqual, equal, match } from "node:assert/strict";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { faultIn, fragmentsIn, messagesIn, type RawWsman } from "../../support/raw-wsman.ts";
import { COMMAND_ID, GONE, OTHER_ID, SHELL_ID, TERMINATE, TIMED_OUT, type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

let lab: WsmanLab;

describe("a WSMan endpoint", () => {
  afterEach(async () => {
    await lab.servers.stop();
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

  it("cuts messages into fragments of 32,747 bytes and a header of 21", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Number", args: [["Value", "x".repeat(40_000)]] }]);
    const [first, second] = fragmentsIn(await client.receive(SHELL_ID, COMMAND_ID));
    deepEqual([first?.length, second?.length], [32_768, 40_000 + 40 + 3 + "<S></S>".length - 32_747 + 21]);
  });

  it("answers no larger than the client's envelope, and gives the rest in the next answers", async () => {
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
    lab.toy.release();
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

  it("tells a Receive that waits that its shell was deleted", async () => {
    const client = await start();
    await client.open(SHELL_ID);
    const waiting = client.receive(SHELL_ID, undefined);
    equal((await client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    equal((await client.ask({ action: "Delete", shellId: SHELL_ID })).status, 200);
    deepEqual(faultIn(await waiting), GONE);
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

async function start(): Promise<RawWsman> {
  lab = await wsmanLab();
  return lab.client;
}
