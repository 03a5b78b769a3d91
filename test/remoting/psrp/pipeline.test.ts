import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { encodeClixml } from "../../../provider/remoting/clixml/encode.ts";
import { isPsObject, PsDate, type PsObject, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import { PipelineCollector } from "../../../provider/remoting/psrp/collect.ts";
import { NO_GUID } from "../../../provider/remoting/psrp/guid.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { toPsValue } from "../../../provider/remoting/psrp/parameters.ts";
import {
  readError,
  readOutput,
  readPipelineState,
  readRecordText,
  readRunspacePoolState,
} from "../../../provider/remoting/psrp/pipeline.ts";

function objectOf(value: PsValue | undefined): PsObject {
  ok(isPsObject(value));
  return value;
}

describe("a parameter's value", () => {
  it("keeps its type on the wire", () => {
    const bytes = Uint8Array.of(1);
    deepEqual(toPsValue(["a", 1, 1n, true, null, bytes]), ["a", 1, 1n, true, null, bytes]);
    deepEqual(toPsValue(new Date(0)), new PsDate("1970-01-01T00:00:00.000Z"));
    deepEqual(objectOf(toPsValue({ Add: ["a"], When: new Date(0) })).entries, [
      ["Add", ["a"]],
      ["When", new PsDate("1970-01-01T00:00:00.000Z")],
    ]);
  });
});

describe("an error record", () => {
  const exchangeId =
    "[Server=EX01,RequestId=1,TimeStamp=2] [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 8288830C,Get-MailboxServer";
  const exception = psObject({ text: "Type: from ToString", properties: { Message: "from the exception" } });
  const read = (record: PsObject) => readError(encodeClixml(record));

  it("gives message, id, category and Exchange's own failure category", () => {
    const notes = { FullyQualifiedErrorId: exchangeId, ErrorCategory_Category: 13, ErrorCategory_TargetName: "ex09", Exception: exception };
    deepEqual(read(psObject({ text: "cannot be found", notes })), {
      message: "cannot be found",
      fullyQualifiedErrorId: exchangeId,
      failureCategory: "Cmdlet-ManagementObjectNotFoundException",
      category: "ObjectNotFound",
      targetName: "ex09",
      terminating: false,
    });
  });

  it("without a text of its own takes its details, its exception, its id, and never says nothing", () => {
    const messages = [
      psObject({ notes: { ErrorDetails_Message: "details", Exception: exception } }),
      psObject({ text: "", notes: { Exception: exception } }),
      psObject({ notes: { Exception: psObject({ text: "only ToString" }) } }),
      psObject({ notes: { Exception: null, FullyQualifiedErrorId: "Id,Cmdlet" } }),
      psObject({}),
    ].map((record) => read(record).message);
    deepEqual(messages, ["details", "from the exception", "only ToString", "Id,Cmdlet", "an error without text"]);
  });

  it("with a category that has no number takes its words", () => {
    equal(read(psObject({ notes: { ErrorCategory_Message: "ResourceBusy: (x) [], Y" } })).category, "ResourceBusy");
    equal(read(psObject({ notes: { ErrorCategory_Category: 99 } })).category, "NotSpecified");
  });
});

describe("a state", () => {
  it("comes with the error that ended a pipeline, which is terminating", () => {
    const failed = encodeClixml(psObject({ notes: { PipelineState: 5, ExceptionAsErrorRecord: psObject({ text: "no" }) } }));
    const { state, error } = readPipelineState(failed);
    deepEqual([state, error?.message, error?.terminating], [5, "no", true]);
    deepEqual(readPipelineState(encodeClixml(psObject({ notes: { PipelineState: 4 } }))), { state: 4 });
    deepEqual(readRunspacePoolState(encodeClixml(psObject({ notes: { RunspaceState: 2 } }))), { state: 2 });
  });

  it("that is none is refused", () => {
    throws(() => readPipelineState(encodeClixml(psObject({}))), { name: "PsrpError", message: "a PipelineState message names no state" });
    throws(() => readPipelineState(""), { name: "PsrpError", message: "a PipelineState message holds no object" });
  });
});

describe("output", () => {
  it("is always objects: bare values boxed, lists with items, $null nothing", () => {
    deepEqual(readOutput("<S>a</S>"), [psObject({ value: "a" })]);
    deepEqual(readOutput(encodeClixml(["a"])), [psObject({ items: ["a"] })]);
    deepEqual([...readOutput(""), ...readOutput("<Nil />")], []);
  });

  it("in words is the record's text, whatever its form", () => {
    deepEqual(
      ["<S>a</S>", encodeClixml(psObject({ text: "b" })), encodeClixml(psObject({ notes: { InformationalRecord_Message: "c" } })), ""].map(
        readRecordText,
      ),
      ["a", "b", "c", ""],
    );
  });
});

describe("collecting a pipeline's messages", () => {
  const pipelineId = "00000000-0000-0000-0000-00000000000A";
  const message = (type: number, value: PsValue, of = pipelineId) => ({
    destination: "client" as const,
    type,
    poolId: NO_GUID,
    pipelineId: of,
    data: encodeClixml(value),
  });
  const state = (number: number) => message(MessageType.pipelineState, psObject({ notes: { PipelineState: number } }));

  it("waits for a final state, and takes nothing after it", () => {
    const collector = new PipelineCollector(pipelineId.toLowerCase());
    collector.take(message(MessageType.pipelineOutput, "a"));
    collector.take(state(1));
    equal(collector.end, undefined);
    collector.take(state(4));
    collector.take(message(MessageType.pipelineOutput, "late"));
    deepEqual(collector.end, { kind: "answered", answer: { objects: [psObject({ value: "a" })], warnings: [], errors: [] } });
  });

  it("lets messages of other pipelines pass", () => {
    const collector = new PipelineCollector(pipelineId);
    collector.take(message(MessageType.pipelineState, psObject({ notes: { PipelineState: 4 } }), NO_GUID));
    equal(collector.end, undefined);
  });

  it("takes no more than it has room for", () => {
    const collector = new PipelineCollector(pipelineId, 20);
    collector.take(message(MessageType.pipelineOutput, "123456"));
    throws(() => collector.take(message(MessageType.pipelineOutput, "123456")), {
      name: "PsrpError",
      message: "more than 20 characters in answer to one call; ask for less at a time",
    });
  });

  it("does not call a pipeline answered that the server cut short", () => {
    const ends = [3, 5, 6].map((number) => {
      const collector = new PipelineCollector(pipelineId);
      collector.take(state(number));
      return collector.end;
    });
    deepEqual(ends, [
      { kind: "cutShort", what: "the server stopped the cmdlet" },
      { kind: "cutShort", what: "the cmdlet failed and the server does not say why" },
      { kind: "cutShort", what: "the server disconnected the session while the cmdlet ran" },
    ]);
  });
});
