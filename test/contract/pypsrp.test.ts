// The lab's remoting endpoint judged by pypsrp, a client that nobody here wrote: what it reads of every kind of answer, fact by fact.
// The script beside this file drives it and judges nothing.
import { deepEqual, equal } from "node:assert/strict";
import { z } from "zod";
import { FaultScript } from "../../lab/serve/faults.ts";
import { startWsman, type WsmanServers } from "../../lab/serve/wsman.ts";
import { NOT_FOUND, type ToyHost, toyHost } from "../support/cmdlet-host.ts";
import { pythonJudge, requireJudge } from "../support/judges.ts";
import { type Facts, factsFrom } from "./support/pypsrp.ts";

const USER = "CONTOSO\\pauser";
const INVALID_SELECTORS = 2150858843;
const UNKNOWN_COMMAND =
  "The Windows Remote Shell received a request to perform an operation on a command identifier that does not exist. Either the command has completed execution or the client specified an invalid command identifier.";

describe("the lab's Microsoft.Exchange endpoint, driven by pypsrp", () => {
  let servers: WsmanServers;
  let toy: ToyHost;
  let facts: Facts = {};

  before(async function () {
    const python = pythonJudge();
    requireJudge(this, "pypsrp", python !== undefined);
    if (python === undefined) return;
    const faults = new FaultScript();
    faults.add({ when: { edge: "wsman", server: "ex01", call: "Get-Slow" }, what: "slow" });
    toy = toyHost();
    const password = `p:${Math.random()}`;
    const accounts = new Map([[USER, password]]);
    servers = await startWsman({
      host: toy.host,
      servers: [{ name: "ex01", fqdn: "ex01.contoso.local" }],
      accounts,
      faults,
      requireCookie: true,
    });
    const { port } = servers.address("ex01", "Microsoft.Exchange");
    const connection = { ssl: false, auth: "basic", encryption: "never", username: USER, password };
    facts = await factsFrom(python, { port, configuration: "Microsoft.Exchange", path: "PowerShell/", connection, scenarios: SCENARIOS });
  });

  after(async () => {
    await servers?.stop();
  });

  it("opens a pool: protocol 2.3, Windows PowerShell, the shell id that the client chose, 500 KB envelopes", () => {
    deepEqual(facts.open, { state: 2, protocol: "2.3", powershell: "Desktop", sameShellId: true, envelope: 512_000, alive: true });
  });

  it("runs one cmdlet: its object with an enum in it, and its warning", () => {
    const edition = enumValue("Microsoft.Exchange.Data.Directory.SystemConfiguration.ServerEditionType", "Enterprise");
    deepEqual(facts.oneCmdlet, {
      ...completed,
      output: [
        {
          text: "ex01",
          types: ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer", "System.Object"],
          members: { Name: "ex01", Edition: edition },
        },
      ],
      warnings: ["By default, not all properties are shown."],
    });
    const request = toy.requests.find(({ cmdlet }) => cmdlet === "Get-ExchangeServer");
    deepEqual(request, {
      server: "ex01",
      configuration: "Microsoft.Exchange",
      user: USER,
      cmdlet: "Get-ExchangeServer",
      parameters: new Map([["Identity", "ex01"]]),
    });
  });

  it("sends $null as an object with nothing in it", () => {
    deepEqual(facts.nullOutput, { ...completed, output: [""] });
  });

  it("writes an error beside output: state Completed, and Exchange's record whole", () => {
    const error = {
      text: NOT_FOUND.message,
      id: NOT_FOUND.fullyQualifiedErrorId,
      category: 0,
      activity: "Get-Broken",
      reason: "ManagementObjectNotFoundException",
      target: "nope",
      targetType: "String",
      message: "NotSpecified: (nope:String) [Get-Broken], ManagementObjectNotFoundException",
      exceptionTypes: ["Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException", "System.Exception", "System.Object"],
      exceptionMessage: NOT_FOUND.message,
    };
    deepEqual(facts.nonTerminating, { ...completed, output: ["found"], errors: [error] });
  });

  it("fails a pipeline whose cmdlet it does not know, and says so in PowerShell's words", () => {
    deepEqual(facts.unknown, {
      ...failed,
      errors: [
        runtimeError("CommandNotFoundException", "CommandNotFoundException", {
          text: "The term 'Get-Nonsense' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.",
          category: 13,
          target: "Get-Nonsense",
          message: "ObjectNotFound: (Get-Nonsense:String) [], CommandNotFoundException",
        }),
      ],
    });
  });

  it("refuses a script, because the endpoint runs commands only", () => {
    deepEqual(facts.script, {
      ...failed,
      errors: [
        runtimeError("ParseException", "ScriptsNotAllowed", {
          text: "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode.",
          category: 17,
          target: "Get-Date; 'and more of the same kind of text'",
          message: "ParserError: (Get-Date; 'and ...e kind of text':String) [], ParseException",
        }),
      ],
    });
  });

  it("hands typed parameters on as they were typed", () => {
    deepEqual(facts.typed, {
      ...completed,
      output: [
        "Text: string Grüße, 𝄞 & <b>\n_x000A_",
        "Number: number 7",
        "Large: bigint 5000000000",
        "Yes: boolean true",
        "No: boolean false",
        "Nothing: object null",
        "List: [string a,number 2,boolean true]",
        "Table: {Add=string x,Remove=string y}",
      ],
    });
  });

  it("runs two statements of one pipeline one after the other", () => {
    deepEqual(facts.statements, { ...completed, output: [1, 2] });
  });

  it("delivers 2,000 objects over as many answers as the client's envelope needs, in order", () => {
    deepEqual(facts.many, { count: 2_000, inOrder: true, bytes: 2_000_000 });
  });

  it("takes a parameter of 600 KB, which comes in many fragments, undamaged", () => {
    deepEqual(facts.large, { length: 614_397, sameDigest: true, state: 4 });
  });

  it("stops a running cmdlet at Ctrl+C, forgets it at Terminate, and runs the next", () => {
    const stopped = runtimeError("PipelineStoppedException", "PipelineStopped", {
      text: "The pipeline has been stopped.",
      category: 14,
      target: "",
      message: "OperationStopped: (:) [], PipelineStoppedException",
    });
    deepEqual(facts.stop, {
      stopped: { ...completed, state: 3, errors: [stopped] },
      receiveAfterTerminate: { code: INVALID_SELECTORS, reason: UNKNOWN_COMMAND, providerFault: null },
      next: { ...completed, output: [3] },
    });
  });

  it("keeps a client of a slow cmdlet waiting for three Receives, then answers", () => {
    deepEqual(facts.slow, { ...completed, polls: 4, output: ["at last"] });
  });

  it("does not know a deleted shell any more", () => {
    const get = "The WS-Management service cannot process the request because the request contained invalid selectors for the resource.";
    const { receive, ...rest } = z
      .object({ get: z.unknown(), receive: z.object({ code: z.number(), reason: z.string() }) })
      .parse(facts.deleted);
    deepEqual(rest, { get: { code: INVALID_SELECTORS, reason: get, providerFault: null } });
    deepEqual([receive.code, receive.reason.replace(/[0-9A-F-]{36}/, "ID")], [INVALID_SELECTORS, unknownShell("ID")]);
  });

  it("ends a silent Receive when its OperationTimeout has passed", () => {
    deepEqual(facts.silentReceive, {
      code: 2150858793,
      reason: "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.",
      providerFault: null,
    });
  });

  it("gives a user 18 shells and refuses the next", () => {
    deepEqual(facts.shells, {
      opened: 18,
      fault: {
        code: "w:QuotaLimit",
        reason:
          "The WS-Management service cannot process the request. The maximum number of concurrent shells for this user has been exceeded. Close existing shells or raise the quota for this user.",
        providerFault: null,
      },
    });
  });

  it("does not let in a wrong password", () => {
    equal(facts.wrongPassword, "AuthenticationError");
  });

  it("knows a user whose name is typed in other case", () => {
    equal(facts.otherCase, 2);
  });
});

const SCENARIOS = [
  ...["open", "oneCmdlet", "nullOutput", "nonTerminating", "unknown", "script", "typed", "statements", "many", "large", "stop", "slow"],
  ...["deleted", "silentReceive", "shells", "wrongPassword", "otherCase"],
];
const completed = { state: 4, hadErrors: false, output: [], errors: [], warnings: [] };
const failed = { ...completed, state: 5, hadErrors: true };

function runtimeError(reason: string, id: string, said: { text: string; category: number; target: string; message: string }): unknown {
  const types = [`System.Management.Automation.${reason}`, "System.Management.Automation.RuntimeException", "System.SystemException"];
  return {
    ...said,
    id,
    activity: "",
    reason,
    targetType: said.target === "" ? "" : "String",
    exceptionTypes: [...types, "System.Exception", "System.Object"],
    exceptionMessage: said.text,
  };
}

function enumValue(type: string, name: string): unknown {
  return { text: name, types: [type, "System.Enum", "System.ValueType", "System.Object"], members: {} };
}

function unknownShell(id: string): string {
  return `The request for the Windows Remote Shell with ShellId ${id} failed because the shell was not found on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server. Provide the correct ShellId or create a new shell and retry the operation.`;
}
