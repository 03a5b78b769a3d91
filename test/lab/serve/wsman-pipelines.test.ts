// What may stand in a pipeline and what becomes of it: fragments, arguments, input, and what the lab does not run.
import { deepEqual, equal } from "node:assert/strict";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { numberOf, property, textOf } from "../../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { faultIn, messagesIn, type RawAnswer, type RawCommand, RawWsman } from "../../support/raw-wsman.ts";
import { COMMAND_ID, OTHER_ID, SHELL_ID, TERMINATE, TIMED_OUT, type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

let lab: WsmanLab;

describe("a pipeline at a WSMan endpoint", () => {
  beforeEach(async () => {
    lab = await wsmanLab();
    await lab.client.open(SHELL_ID);
  });

  afterEach(async () => {
    await lab.servers.stop();
  });

  it("runs when its last fragment has come by Send, and not before", async () => {
    const fragments = lab.client.pipelineFragments(COMMAND_ID, [{ name: "Get-Number", args: [["Value", 7]] }], true, 100);
    const [first, ...others] = fragments;
    const body = `<sh:CommandLine CommandId="${COMMAND_ID}"><sh:Arguments>${Buffer.from(first ?? []).toString("base64")}</sh:Arguments></sh:CommandLine>`;
    await lab.client.ask({ action: "Command", shellId: SHELL_ID, body });
    for (const fragment of others) {
      equal(lab.toy.requests.length, 0);
      equal((await lab.client.send(SHELL_ID, COMMAND_ID, fragment)).status, 200);
    }
    equal(others.length > 2, true);
    deepEqual(await outcome(), { output: [7], state: 4, error: undefined });
  });

  it("gives an object that its host gives twice as one that it gives once", async () => {
    const same = psObject({ typeNames: ["System.Object"], text: "EX01", properties: { Name: "EX01", Length: 7 } });
    const other = psObject({ typeNames: ["System.Object"], text: "EX02", properties: { Name: "EX02", Length: 7 } });
    await lab.servers.stop();
    lab = await wsmanLab({ host: async () => ({ output: [same, other, same, null, "EX01"], warnings: [], errors: [] }) });
    await lab.client.open(SHELL_ID);
    for (const commandId of [COMMAND_ID, OTHER_ID]) {
      await lab.client.command(SHELL_ID, commandId, [{ name: "Get-ExchangeServer" }]);
      const messages = messagesIn(await lab.client.receive(SHELL_ID, commandId)).filter(({ type }) => type === MessageType.pipelineOutput);
      deepEqual(
        messages.map(({ data }) => data),
        [encodeClixml(same), encodeClixml(other), encodeClixml(same), "", "<S>EX01</S>"],
      );
    }
  });

  it("gives unnamed arguments the positions of the cmdlet", async () => {
    await run([{ name: "Get-ExchangeServer", args: [[null, "ex02"]] }]);
    deepEqual(lab.toy.requests[0]?.parameters, new Map([["Identity", "ex02"]]));
  });

  it("fails on an unnamed argument without a position", async () => {
    deepEqual((await run([{ name: "Get-Number", args: [[null, 7]] }])).error, "PositionalParameterNotFound,Get-Number");
    deepEqual(lab.toy.requests, []);
  });

  it("fails on a parameter that is given twice", async () => {
    const args: RawCommand["args"] = [
      ["Value", 7],
      ["VALUE", 8],
    ];
    deepEqual((await run([{ name: "Get-Number", args }])).error, "ParameterAlreadyBound,Get-Number");
  });

  it("fails on commands joined by a pipe, which the lab does not run", async () => {
    deepEqual(await run([{ name: "Get-Many" }, { name: "Get-Number" }]), { output: [], state: 5, error: "NotInTheLab" });
    deepEqual(lab.toy.requests, []);
  });

  it("that a client stops says so before the stop is acknowledged, and is forgotten only when terminated", async () => {
    await lab.client.command(SHELL_ID, COMMAND_ID, [{ name: "Wait-Forever" }]);
    equal((await lab.client.signal(SHELL_ID, COMMAND_ID, "powershell/signal/ctrl_c")).status, 200);
    deepEqual(await outcome(), { output: [], state: 3, error: "PipelineStopped" });
    equal((await lab.client.signal(SHELL_ID, COMMAND_ID, TERMINATE)).status, 200);
    equal((await lab.client.signal(SHELL_ID, COMMAND_ID, TERMINATE)).status, 500);
  });

  it("waits for the end of its input where there is some, and writes an error for each object of it", async () => {
    await lab.client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Number", args: [["Value", 7]] }], { noInput: false });
    await lab.client.send(SHELL_ID, COMMAND_ID, lab.client.messageFragment(4n, MessageType.pipelineInput, COMMAND_ID, "<S>ex01</S>"));
    deepEqual(faultIn(await lab.client.receive(SHELL_ID, COMMAND_ID, { operationTimeout: "PT0.001S" })), TIMED_OUT);
    await lab.client.send(SHELL_ID, COMMAND_ID, lab.client.messageFragment(5n, MessageType.endOfPipelineInput, COMMAND_ID, ""));
    const answer = await lab.client.receive(SHELL_ID, COMMAND_ID);
    const errors = messagesIn(answer).filter(({ type }) => type === MessageType.errorRecord);
    deepEqual(
      errors.map(({ data }) => idOf(decodeClixml(data)[0])),
      ["InputObjectNotBound,Get-Number"],
    );
    deepEqual(outcomeIn(answer), { output: [7], state: 4, error: undefined });
  });

  it("fails, and says that it is the lab's fault, when what stands behind the endpoint breaks", async () => {
    deepEqual(await run([{ name: "Stop-Host" }]), { output: [], state: 5, error: "LabFailed" });
  });

  it("refuses a script at the other endpoint too, as something that the lab does not run", async () => {
    const windows = new RawWsman(lab.servers.address("ex01", "Microsoft.PowerShell"), "CONTOSO\\pauser", "a");
    windows.path = "/wsman";
    windows.configuration = "Microsoft.PowerShell";
    await windows.open(SHELL_ID);
    await windows.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Service | Stop-Service", isScript: true }]);
    deepEqual(outcomeIn(await windows.receive(SHELL_ID, COMMAND_ID)), { output: [], state: 5, error: "NotInTheLab" });
  });
});

interface PipelineOutcome {
  readonly output: readonly PsValue[];
  readonly state: number | undefined;
  readonly error: string | undefined;
}

async function run(commands: readonly RawCommand[]): Promise<PipelineOutcome> {
  await lab.client.command(SHELL_ID, COMMAND_ID, commands);
  return outcome();
}

async function outcome(): Promise<PipelineOutcome> {
  return outcomeIn(await lab.client.receive(SHELL_ID, COMMAND_ID));
}

function outcomeIn(answer: RawAnswer): PipelineOutcome {
  const messages = messagesIn(answer);
  const output = messages.filter(({ type }) => type === MessageType.pipelineOutput).flatMap(({ data }) => decodeClixml(data));
  const last = messages.find(({ type }) => type === MessageType.pipelineState);
  const [state] = decodeClixml(last?.data ?? "");
  if (!isPsObject(state)) return { output, state: undefined, error: undefined };
  return { output, state: numberOf(property(state, "PipelineState")), error: idOf(property(state, "ExceptionAsErrorRecord")) };
}

function idOf(record: PsValue | undefined): string | undefined {
  return isPsObject(record) ? textOf(property(record, "FullyQualifiedErrorId")) : undefined;
}
