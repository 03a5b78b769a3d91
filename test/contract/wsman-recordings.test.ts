// What the lab's endpoint writes, beside what real Windows servers and a real PowerShell wrote: faults and records whole, answers by shape.
import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { bind } from "../../lab/serve/binder.ts";
import type { HostError } from "../../lab/serve/cmdlet-host.ts";
import { commandOfScript } from "../../lab/serve/psrp/language.ts";
import { errorRecord, PIPELINE_STOPPED } from "../../lab/serve/psrp/records.ts";
import { tooManyShells } from "../../lab/serve/wsman/quota-faults.ts";
import * as faults from "../../lab/serve/wsman/soap-faults.ts";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import { property, textOf } from "../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsObject, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import { parseXml, type XmlElement } from "../../provider/remoting/xml/tree.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";
import { messagesIn, type RawAnswer } from "../support/raw-wsman.ts";
import { signatureFor } from "../support/signature-for.ts";
import { COMMAND_ID, SHELL_ID, TERMINATE, type WsmanLab, wsmanLab } from "../support/wsman-lab.ts";

describe("the lab's remoting endpoint, compared with recordings", () => {
  let folder = "";
  let lab: WsmanLab | undefined;

  before(function () {
    const shared = sharedFolder();
    requireJudge(this, "recordings of real servers", shared !== undefined);
    folder = path.join(shared ?? "", "recordings");
  });

  afterEach(async () => {
    await lab?.servers.stop();
  });

  const recordedFaults: readonly (readonly [string, string, faults.SoapFault])[] = [
    ["a silent Receive", "test_psrp_long_running_cmdlet.yml", faults.timedOut("127.0.0.1")],
    ["Get on a shell that is gone", "test_psrp_is_alive_invalid_selectors.yml", faults.unknownShellOfGet("127.0.0.1")],
    ["Receive on a command that is gone", "test_psrp_receive_failure.yml", faults.unknownCommand("127.0.0.1")],
  ];
  for (const [situation, file, fault] of recordedFaults)
    it(`${situation} gets the recorded fault`, () => {
      const recorded = responsesOf(file).find((response) => response.includes("<s:Fault>"));
      deepEqual(bodyOf(answerWith(fault)), bodyOf(recorded ?? ""));
    });

  it("one shell too many gets the recorded fault, with Exchange's number", () => {
    const recorded = readFileSync(path.join(folder, "wsman", "winrb", "wmi_error_v2.xml"), "utf8");
    deepEqual(bodyOf(answerWith(tooManyShells(30))), bodyOf(recorded));
    ok(tooManyShells(18).detail.includes("a maximum number of 18 concurrent shells"));
  });

  it("answers every request of a session in the shape of a recorded answer", async () => {
    lab = await wsmanLab();
    const { client } = lab;
    const shell = { shellId: SHELL_ID };
    const own = [
      await client.create(SHELL_ID),
      await client.receive(SHELL_ID, undefined),
      await client.receive(SHELL_ID, undefined),
      await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Number", args: [["Value", 2]] }]),
      await client.receive(SHELL_ID, COMMAND_ID),
      await client.signal(SHELL_ID, COMMAND_ID, TERMINATE),
      await client.ask({ action: "Delete", ...shell }),
    ];
    const recorded = [
      ...responsesOf("test_psrp_multiple_invocations.yml").slice(0, 6),
      ...responsesOf("test_psrp_multiple_invocations.yml").slice(-1),
    ];
    const shapes = (texts: readonly string[]) =>
      texts.map((text) => shapeOf(parseXml(text)).filter((line) => !line.includes("ActivityId")));
    deepEqual(shapes(own.map(({ text }) => text)), shapes(recorded));
    deepEqual(types(own), types(recorded.map((text) => ({ status: 200, headers: {}, text }))));
  });

  it("answers Get and Send in the shape of a recorded answer", async () => {
    lab = await wsmanLab();
    const { client } = lab;
    await client.create(SHELL_ID);
    const get = await client.ask({ action: "Get", shellId: SHELL_ID });
    deepEqual(bodyShape(get.text), bodyShape(responsesOf("test_psrp_is_alive_state_disconnected.yml")[3] ?? ""));
    await client.command(SHELL_ID, COMMAND_ID, [{ name: "Get-Number" }], { noInput: false });
    const send = await client.send(SHELL_ID, COMMAND_ID, client.messageFragment(4n, MessageType.endOfPipelineInput, COMMAND_ID, ""));
    const recorded = responsesOf("test_psrp_set_runspaces.yml").find((response) => response.includes("SendResponse/>"));
    deepEqual(bodyShape(send.text), bodyShape(recorded ?? ""));
  });

  it("refuses a script with the record of a recorded no-language endpoint", () => {
    const responses = responsesOf("test_psrp_with_jea_configuration.yml").map((text) => ({ status: 200, headers: {}, text }));
    const recorded = recordIn(messagesIn(...responses), "ScriptsNotAllowed");
    const refusal = commandOfScript(textOf(property(recorded, "TargetObject")) ?? "", "NoLanguage");
    ok("fullyQualifiedErrorId" in refusal);
    const own = recordOf(refusal, "");
    deepEqual(essenceOf(own), essenceOf(recorded));
    deepEqual([...own.notes.keys()], [...recorded.notes.keys()]);
  });

  it("stops a pipeline with the recorded record", () => {
    const recorded = recordIn(messagesOf("12-stop-by-signal"), "PipelineStopped");
    deepEqual(essenceOf(recordOf(PIPELINE_STOPPED, "")), essenceOf(recorded));
  });

  const bindings: readonly (readonly [string, string, Readonly<Record<string, PsValue>>])[] = [
    ["NamedParameterNotFound,Get-Queue", "Get-Queue", { NoSuchParameter: 1 }],
    ["MissingMandatoryParameter,Get-ServerComponentState", "Get-ServerComponentState", {}],
    ["ParameterArgumentValidationErrorEmptyStringNotAllowed,Get-ServerComponentState", "Get-ServerComponentState", { Identity: "" }],
  ];
  for (const [id, cmdlet, given] of bindings)
    it(`refuses parameters with the recorded ${id}`, () => {
      const recorded = recordIn(messagesOf("10-parameter-binding-error"), id);
      const error = bind(signatureFor(cmdlet), new Map(Object.entries(given)));
      ok("fullyQualifiedErrorId" in error);
      deepEqual(essenceOf(recordOf(error, cmdlet)), essenceOf(recorded));
    });

  it("refuses a name that an enum does not have with the recorded words", () => {
    const recorded = recordIn(messagesOf("10-parameter-binding-error"), "ParameterArgumentTransformationError,Set-ServerComponentState");
    const signature = { cmdlet: "Set-ServerComponentState", module: "Exchange", sets: ["Default"] } as const;
    const State = { type: "Lab.Exchange.ServiceState", values: ["Inactive", "Active", "Draining"] };
    const error = bind({ ...signature, parameters: { State } }, new Map([["State", "Nonsense"]]));
    ok("fullyQualifiedErrorId" in error);
    // The recording is of Linux, where a line ends in LF alone.
    const onLinux = { ...error, message: error.message.replace("\r\n", "\n") };
    deepEqual(essenceOf(recordOf(onLinux, "Set-ServerComponentState")), essenceOf(recorded));
  });

  function responsesOf(file: string): string[] {
    const lines = readFileSync(path.join(folder, "wsman", "pypsrp", file), "utf8").replaceAll(/\n {4}(?=\S)(?!\w+:)/g, " ");
    return [...lines.matchAll(/^ {2}response: (.*)$/gm)].map(([, text]) =>
      (text ?? "")
        .trim()
        .replace(/^'(.*)'$/s, "$1")
        .replaceAll("''", "'"),
    );
  }

  function messagesOf(session: string): { readonly type: number; readonly data: string }[] {
    const lines = readFileSync(path.join(folder, "powershell", "psrp", `${session}.messages.jsonl`), "utf8")
      .trim()
      .split("\n");
    return lines.map((line) => JSON.parse(line)).map(({ type, xml }) => ({ type: Number(type), data: String(xml) }));
  }
});

function recordOf(error: HostError, cmdlet: string): PsObject {
  return errorRecord(error, cmdlet, { written: false });
}

function recordIn(messages: readonly { readonly type: number; readonly data: string }[], id: string): PsObject {
  const records = messages
    .filter(({ type }) => type === MessageType.pipelineState)
    .flatMap(({ data }) => decodeClixml(data))
    .map((state) => (isPsObject(state) ? property(state, "ExceptionAsErrorRecord") : undefined));
  const found = records.find((record) => isPsObject(record) && property(record, "FullyQualifiedErrorId") === id);
  ok(isPsObject(found), `there is no record ${id}`);
  return found;
}

/** A record without its invocation and stack traces. */
function essenceOf(record: PsObject): unknown {
  const exception = property(record, "Exception");
  ok(isPsObject(exception));
  const categories = [...record.notes].filter(([name]) => name.startsWith("ErrorCategory_"));
  return {
    text: record.text,
    id: property(record, "FullyQualifiedErrorId"),
    target: property(record, "TargetObject"),
    categories,
    types: record.typeNames,
    exceptionTypes: exception.typeNames,
    exceptionText: exception.text?.split(/\r?\n (?: {2}at |---> )/)[0],
    message: property(exception, "Message"),
    hResult: property(exception, "HResult"),
  };
}

function answerWith(fault: faults.SoapFault): string {
  const prefixes = 'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"';
  return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ${prefixes}><s:Body>${faults.faultBody(fault)}</s:Body></s:Envelope>`;
}

interface Plain {
  readonly name: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly text: string;
  readonly children: readonly Plain[];
}

function bodyOf(envelope: string): Plain | undefined {
  const body = parseXml(envelope).children.find(({ name }) => name === "Body");
  return body === undefined ? undefined : plain(body);
}

function plain({ namespace, name, attributes, text, children }: XmlElement): Plain {
  return { name: `{${namespace}}${name}`, attributes: [...attributes].sort(), text: text.trim(), children: children.map(plain) };
}

/** A line for each element: its path with namespaces, and the names of its attributes. */
function shapeOf({ namespace, name, attributes, children }: XmlElement, above = ""): string[] {
  const own = `${above}/{${namespace}}${name}`;
  return [[own, ...attributes.keys()].join(" "), ...children.flatMap((child) => shapeOf(child, own))];
}

function bodyShape(envelope: string): string[] {
  const shape = shapeOf(parseXml(envelope)).filter((line) => line.includes("}Body"));
  equal(shape.length > 1, true);
  return shape;
}

function types(answers: readonly RawAnswer[]): number[][] {
  return answers.map((answer) => messagesIn(answer).map(({ type }) => type));
}
