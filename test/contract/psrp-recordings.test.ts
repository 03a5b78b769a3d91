// The PSRP codec against sessions recorded with PowerShell 7.6.5: every fragment is joined, every message read, and what we send is
// shaped as what PowerShell's own client sent.
import { deepEqual, equal, ok } from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import { listOf, property } from "../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { PipelineCollector } from "../../provider/remoting/psrp/collect.ts";
import { Defragmenter, fragmentsOf } from "../../provider/remoting/psrp/fragments.ts";
import { decodeMessage, encodeMessage, MessageType, type PsrpMessage } from "../../provider/remoting/psrp/messages.ts";
import { createPipeline, initRunspacePool, sessionCapability } from "../../provider/remoting/psrp/pipeline.ts";
import type { CmdletAnswer } from "../../provider/remoting/transport.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";

const isThere = sharedFolder() !== undefined;
const folder = path.join(sharedFolder() ?? "", "recordings/powershell/psrp");
const sessions = isThere
  ? globSync(path.join(folder, "*.jsonl"))
      .filter((file) => !file.endsWith(".messages.jsonl"))
      .sort()
  : [];

describe("recorded PSRP sessions", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  it("are there in the expected number", () => ok(sessions.length >= 25, `${sessions.length} sessions`));

  for (const file of sessions) {
    it(`${path.basename(file, ".jsonl")}: all fragments make the messages that were recorded, and every message is CLIXML`, () => {
      for (const direction of ["c2s", "s2c"] as const) {
        const messages = messagesOf(file, direction);
        ok(messages.length > 0);
        for (const { message, bytes, bom } of messages) {
          ok(decodeClixml(message.data).length <= 1);
          deepEqual(Buffer.from(encodeMessage(message, { bom })), Buffer.from(bytes));
        }
        const recorded = recordedMessages(file, direction);
        if (recorded !== undefined)
          deepEqual(
            messages.map(({ message }) => [message.type, message.pipelineId, message.data]),
            recorded,
          );
      }
    });
  }

  it("of large objects are cut as the server cut them", () => {
    const file = path.join(folder, "05-big-objects.jsonl");
    const sizes = chunksOf(file, "s2c").map((chunk) => chunk.length);
    const largest = messagesOf(file, "s2c").reduce((one, other) => (one.bytes.length > other.bytes.length ? one : other));
    const [first] = fragmentsOf(1n, largest.bytes, 32_747);
    ok(largest.bytes.length > 32_747 && first !== undefined && sizes.includes(first.length));
  });
});

describe("recorded pipelines, collected", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  it("that fail while they run give one terminating error, with the text that PowerShell shows", () => {
    const answers = answersOf("08-terminating-error.jsonl");
    const [detailed] = answers.flatMap(({ errors }) => errors);
    deepEqual(detailed, {
      message: "Detail text instead of the message",
      fullyQualifiedErrorId: "RedirectFailed,Redirect-Message",
      failureCategory: "",
      category: "ResourceUnavailable",
      targetName: "ex02",
      terminating: true,
    });
  });

  it("that write errors beside their output are completed, with errors that are not terminating", () => {
    const [answer] = answersOf("07-nonterminating-error.jsonl").filter(({ errors }) => errors.length > 0);
    deepEqual(answer?.errors.map(({ category, terminating }) => [category, terminating])[0], ["ObjectNotFound", false]);
    ok((answer?.objects.length ?? 0) > 0);
  });

  it("that warn give the words of the warning", () => {
    const warnings = answersOf("11-warning-verbose-debug-information-progress.jsonl").flatMap((answer) => answer.warnings);
    ok(warnings.length > 0 && warnings.every((text) => text !== ""));
  });

  it("of a thousand objects give a thousand", () => {
    ok(answersOf("04-thousand-objects.jsonl").some(({ objects }) => objects.length === 1_000));
  });
});

describe("what we send", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  const sent = (type: number) =>
    messagesOf(path.join(folder, "40-dotnet-client-session.jsonl"), "c2s").find(({ message }) => message.type === type)?.message.data ?? "";

  it("names the same things as PowerShell's own client, but a version less", () => {
    deepEqual(notesIn(sessionCapability()), notesIn(sent(MessageType.sessionCapability)));
    deepEqual(notesIn(initRunspacePool()), notesIn(sent(MessageType.initRunspacePool)));
    deepEqual(notesIn(createPipeline("Get-ServerComponentState", { Identity: "ex01" })), notesIn(sent(MessageType.createPipeline)));
  });

  it("says of a command what PowerShell's own client says", () => {
    deepEqual(
      commandNotes(createPipeline("Get-ServerComponentState", { Identity: "ex01" })),
      commandNotes(sent(MessageType.createPipeline)),
    );
  });
});

function chunksOf(file: string, direction: "c2s" | "s2c"): Buffer[] {
  const frames = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return frames
    .filter((frame) => frame.dir === direction && frame.element === "Data")
    .map((frame) => Buffer.from(frame.dataBase64, "base64"));
}

function messagesOf(file: string, direction: "c2s" | "s2c"): { message: PsrpMessage; bytes: Uint8Array; bom: boolean }[] {
  const defragmenter = new Defragmenter();
  const whole = chunksOf(file, direction).flatMap((chunk) => defragmenter.push(chunk));
  return whole.map((bytes) => ({ message: decodeMessage(bytes), bytes, bom: bytes[40] === 0xef }));
}

/** Type, pipeline and text of each message as whoever recorded them read them; absent for the largest sessions. */
function recordedMessages(file: string, direction: "c2s" | "s2c"): unknown[] | undefined {
  const [decoded] = globSync(file.replace(/\.jsonl$/, ".messages.jsonl"));
  if (decoded === undefined) return undefined;
  const messages = readFileSync(decoded, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return messages.filter(({ dir }) => dir === direction).map(({ type, pipelineId, xml }) => [Number(type), pipelineId.toUpperCase(), xml]);
}

function answersOf(name: string): CmdletAnswer[] {
  const messages = messagesOf(path.join(folder, name), "s2c").map(({ message }) => message);
  const pipelineIds = new Set(messages.filter(({ type }) => type === MessageType.pipelineState).map(({ pipelineId }) => pipelineId));
  return [...pipelineIds].flatMap((pipelineId) => {
    const collector = new PipelineCollector(pipelineId);
    for (const message of messages) collector.take(message);
    return collector.end?.kind === "answered" ? [collector.end.answer] : [];
  });
}

/** Names of the notes of a message, sorted: their order has no meaning. */
function notesIn(data: string): string[] {
  return namesOf(decodeClixml(data)[0]);
}

function commandNotes(data: string): string[] {
  const [pipeline] = decodeClixml(data);
  const powershell = isPsObject(pipeline) ? property(pipeline, "PowerShell") : undefined;
  const commands = isPsObject(powershell) ? property(powershell, "Cmds") : undefined;
  equal(listOf(commands).length, 1);
  return [...namesOf(powershell), ...namesOf(listOf(commands)[0])];
}

function namesOf(value: PsValue | undefined): string[] {
  ok(isPsObject(value));
  return [...value.notes.keys()].sort();
}
