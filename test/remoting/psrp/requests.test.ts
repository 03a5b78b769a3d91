import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { listOf, numberOf, property, textOf } from "../../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsObject, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import { createPipeline, initRunspacePool, sessionCapability } from "../../../provider/remoting/psrp/requests.ts";
import type { CmdletValue } from "../../../provider/remoting/transport.ts";

function objectOf(value: PsValue | undefined): PsObject {
  ok(isPsObject(value));
  return value;
}

describe("the message that starts a cmdlet", () => {
  const statement = { cmdlet: "Set-MailboxServer", parameters: { Identity: "ex01", Confirm: false } };
  const pipelineOf = () => objectOf(decodeClixml(createPipeline(statement.cmdlet, statement.parameters))[0]);
  const commandOf = (pipeline: PsObject) => objectOf(listOf(property(objectOf(property(pipeline, "PowerShell")), "Cmds"))[0]);

  it("names the cmdlet and its parameters, in order, and is no script", () => {
    const command = commandOf(pipelineOf());
    deepEqual([property(command, "Cmd"), property(command, "IsScript")], ["Set-MailboxServer", false]);
    deepEqual(
      listOf(property(command, "Args")).map((arg) => [property(objectOf(arg), "N"), property(objectOf(arg), "V")]),
      [
        ["Identity", "ex01"],
        ["Confirm", false],
      ],
    );
  });

  it("asks for errors without their invocation, takes no input and has no host", () => {
    const pipeline = pipelineOf();
    equal(numberOf(property(pipeline, "RemoteStreamOptions")), 0);
    equal(property(pipeline, "NoInput"), true);
    equal(property(objectOf(property(pipeline, "HostInfo")), "_isHostNull"), true);
  });

  it("leaves output where it is, and says so of the streams that the oldest server has", () => {
    const merges = [...commandOf(pipelineOf()).notes].filter(([name]) => name.startsWith("Merge"));
    deepEqual(
      merges.map(([name, value]) => [name, numberOf(value)]),
      [
        ["MergeMyResult", 0],
        ["MergeToResult", 0],
        ["MergePreviousResults", 0],
      ],
    );
  });

  it("is written as a whole one is, whatever its parameters are", () => {
    const text = fc.string({ unit: "binary" });
    const value = fc.letrec<{ any: CmdletValue }>((tie) => ({
      any: fc.oneof(text, fc.boolean(), fc.integer(), fc.constant("Any-Cmdlet"), fc.array(tie("any")), fc.dictionary(text, tie("any"))),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z][a-z]+$/), value), (parameters) => {
        const written = createPipeline("Set-Anything", parameters);
        const pipeline = objectOf(decodeClixml(written)[0]);
        equal(property(commandOf(pipeline), "Cmd"), "Set-Anything");
        equal(listOf(property(commandOf(pipeline), "Args")).length, Object.keys(parameters).length);
        equal(encodeClixml(pipeline), written);
      }),
    );
  });

  it("of the pool offers protocol 2.3 and one runspace", () => {
    equal(textOf(property(objectOf(decodeClixml(sessionCapability())[0]), "protocolversion")), "2.3");
    const pool = objectOf(decodeClixml(initRunspacePool())[0]);
    deepEqual([property(pool, "MinRunspaces"), property(pool, "MaxRunspaces")], [1, 1]);
  });
});
