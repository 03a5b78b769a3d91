// The PSRP codec against sessions recorded with PowerShell 7.6.5: every fragment is joined, every message read, every pipeline gathered.
// What we send, beside what PowerShell's own client sends, is psrp-client-recording.test.ts.
import { deepEqual, ok } from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import { PipelineCollector } from "../../provider/remoting/psrp/collect.ts";
import { Defragmenter, fragmentsOf } from "../../provider/remoting/psrp/fragments.ts";
import { NO_GUID } from "../../provider/remoting/psrp/guid.ts";
import { decodeMessage, encodeMessage, MessageType, type PsrpMessage } from "../../provider/remoting/psrp/messages.ts";
import { PipelineStates, readRunspacePoolState } from "../../provider/remoting/psrp/pipeline.ts";
import type { CmdletAnswer } from "../../provider/remoting/transport.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";

const Summary = z.object({
  messages: z.array(
    z.object({
      dir: z.enum(["c2s", "s2c"]),
      type: z.string(),
      pipelineId: z.string(),
      xmlBytes: z.number(),
      PipelineState: z.number().optional(),
      RunspaceState: z.number().optional(),
    }),
  ),
});

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

  for (const file of sessions)
    it(`of ${path.basename(file, ".jsonl")} come to the outcome of its summary`, () => {
      const messages = messagesOf(file, "s2c").map(({ message }) => message);
      const { pipelines, poolStates } = summaryOf(file);
      for (const { pipelineId, ...outcome } of pipelines) deepEqual(outcomeOf(messages, pipelineId), outcome, pipelineId);
      deepEqual(
        messages.flatMap(({ type, data }) => (type === MessageType.runspacePoolState ? [readRunspacePoolState(data).state] : [])),
        poolStates,
      );
    });

  it("that warn give the words of the warning", () => {
    const warnings = answersOf("11-warning-verbose-debug-information-progress.jsonl").flatMap((answer) => answer.warnings);
    ok(warnings.length > 0 && warnings.every((text) => text !== ""));
  });

  it("of a thousand objects give a thousand", () => {
    ok(answersOf("04-thousand-objects.jsonl").some(({ objects }) => objects.length === 1_000));
  });
});

interface Outcome {
  readonly state: string;
  readonly objects: number;
  readonly warnings: number;
  readonly errors: number;
}

/** How each pipeline went, and the states of the pool, as whoever recorded them counted. */
function summaryOf(file: string): {
  readonly pipelines: readonly (Outcome & { readonly pipelineId: string })[];
  readonly poolStates: number[];
} {
  const summary = Summary.parse(JSON.parse(readFileSync(file.replace(/\.jsonl$/, ".summary.json"), "utf8")));
  const sent = summary.messages.filter(({ dir }) => dir === "s2c");
  const ids = new Set(sent.map(({ pipelineId }) => pipelineId.toUpperCase()).filter((id) => id !== NO_GUID));
  const pipelines = [...ids].map((pipelineId) => {
    const own = sent.filter((message) => message.pipelineId.toUpperCase() === pipelineId);
    const count = (type: string) => own.filter((message) => message.type === type && message.xmlBytes > 0).length; // $null is empty
    const state = own.findLast(({ PipelineState }) => PipelineState !== undefined)?.PipelineState;
    const answered = state === PipelineStates.completed || state === PipelineStates.failed;
    const failed = state === PipelineStates.failed ? 1 : 0;
    const counts = { objects: count("PipelineOutput"), warnings: count("WarningRecord"), errors: count("ErrorRecord") + failed };
    const none = { objects: 0, warnings: 0, errors: 0 };
    return { pipelineId, state: answered ? "answered" : state === undefined ? "running" : "cutShort", ...(answered ? counts : none) };
  });
  return { pipelines, poolStates: sent.flatMap(({ RunspaceState }) => RunspaceState ?? []) };
}

function outcomeOf(messages: readonly PsrpMessage[], pipelineId: string): Outcome {
  const collector = new PipelineCollector(pipelineId);
  for (const message of messages) collector.take(message);
  const { end } = collector;
  const answer = end?.kind === "answered" ? end.answer : undefined;
  const counts = { objects: answer?.objects.length ?? 0, warnings: answer?.warnings.length ?? 0, errors: answer?.errors.length ?? 0 };
  return { state: end?.kind ?? "running", ...counts };
}

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
