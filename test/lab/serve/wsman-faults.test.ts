// Scripted faults as a client of the endpoint meets them: what it hears, and whether its cmdlet ran.
import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import type { FaultKind } from "../../../lab/serve/faults.ts";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { faultIn, messagesIn, type RawAnswer } from "../../support/raw-wsman.ts";
import { COMMAND_ID, GONE, OTHER_ID, SHELL_ID, TIMED_OUT, type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

let lab: WsmanLab;

describe("a scripted fault at a WSMan endpoint", () => {
  afterEach(async () => {
    await lab.servers.stop();
  });

  it("cutBefore: the connection breaks, the cmdlet never ran, and its command is unknown", async () => {
    const command = await commandWith("cutBefore");
    await rejects(command(), { code: "ECONNRESET" });
    deepEqual([cmdletsRun(), faultIn(await receive())], [[], GONE]);
    await worksAgain(command);
  });

  it("cutAfter: the connection breaks, the cmdlet ran, and its output is there to be received", async () => {
    const command = await commandWith("cutAfter");
    await rejects(command(), { code: "ECONNRESET" });
    deepEqual(cmdletsRun(), ["Get-Number"]);
    deepEqual(outputOf(await receive()), ["<I32>7</I32>"]);
  });

  it("cutAfter: the connection does not break before the cmdlet has ended", async () => {
    lab = await wsmanLab();
    lab.faults.add({ when: { edge: "wsman", call: "Wait-Forever" }, what: "cutAfter" });
    await lab.client.open(SHELL_ID);
    let isBroken = false;
    const broken = lab.client.command(SHELL_ID, COMMAND_ID, [{ name: "Wait-Forever" }]).catch(() => (isBroken = true));
    while (lab.faults.pending.length > 0) await lab.client.ask({ action: "Get", shellId: SHELL_ID });
    equal((await lab.client.ask({ action: "Get", shellId: SHELL_ID })).status, 200);
    equal(isBroken, false);
    lab.toy.release();
    equal(await broken, true);
    deepEqual(outputOf(await receive()), ["<S>late</S>"]);
  });

  it("refused: 503 and HTML, the cmdlet never ran, and its command is unknown", async () => {
    const command = await commandWith("refused");
    const answer = await command();
    deepEqual([answer.status, answer.headers["content-type"]], [503, "text/html; charset=us-ascii"]);
    deepEqual([cmdletsRun(), faultIn(await receive())], [[], GONE]);
    await worksAgain(command);
  });

  it("timeOut: nobody answers, the cmdlet never ran, and other requests on the shell are answered", async () => {
    const command = await commandWith("timeOut");
    const broken = rejects(command(), { code: "ECONNRESET" });
    // The request is with the server once its fault is spent; only then is the next one a later one.
    while (lab.faults.pending.length > 0) await lab.client.ask({ action: "Get", shellId: SHELL_ID });
    equal((await lab.client.command(SHELL_ID, OTHER_ID, [{ name: "Get-Nothing" }])).status, 200);
    deepEqual([cmdletsRun(), faultIn(await receive())], [["Get-Nothing"], GONE]);
    await lab.servers.stop();
    await broken;
  });

  it("wrongAnswer: the cmdlet ran, and what comes instead of its output is XML but no CLIXML", async () => {
    const command = await commandWith("wrongAnswer");
    equal((await command()).status, 200);
    const [output] = outputOf(await receive());
    match(output ?? "", /^<Obj /);
    throws(() => decodeClixml(output ?? ""));
    deepEqual(cmdletsRun(), ["Get-Number"]);
  });

  it("slow: three Receives find nothing, the fourth finds the output", async () => {
    const command = await commandWith("slow");
    equal((await command()).status, 200);
    for (const _ of [1, 2, 3]) deepEqual(faultIn(await receive()), TIMED_OUT);
    deepEqual(outputOf(await receive()), ["<I32>7</I32>"]);
  });

  it("leaves cmdlets alone that it does not name", async () => {
    await commandWith("cutBefore");
    equal((await lab.client.command(SHELL_ID, OTHER_ID, [{ name: "Get-Nothing" }])).status, 200);
    equal(lab.faults.pending.length, 1);
  });
});

/** A shell on ex01, a fault for Get-Number there, and the request that will meet it. */
async function commandWith(what: FaultKind): Promise<() => Promise<RawAnswer>> {
  lab = await wsmanLab();
  lab.faults.add({ when: { edge: "wsman", server: "ex01", call: "Get-Number" }, what });
  await lab.client.open(SHELL_ID);
  return () => lab.client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Number", args: [["Value", 7]] }]);
}

function receive(): Promise<RawAnswer> {
  return lab.client.receive(SHELL_ID, COMMAND_ID);
}

async function worksAgain(command: () => Promise<RawAnswer>): Promise<void> {
  equal((await command()).status, 200);
  deepEqual(outputOf(await receive()), ["<I32>7</I32>"]);
}

function outputOf(answer: RawAnswer): string[] {
  return messagesIn(answer)
    .filter(({ type }) => type === MessageType.pipelineOutput)
    .map(({ data }) => data);
}

function cmdletsRun(): string[] {
  return lab.toy.requests.map(({ cmdlet }) => cmdlet);
}
