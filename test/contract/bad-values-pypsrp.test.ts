// Bad input read by somebody else: what our client sent is decoded by pypsrp to the same values, and what pypsrp writes we read as the same.
// The script beside this file runs pypsrp and judges nothing.
import { deepEqual, equal, throws } from "node:assert/strict";
import { spawn } from "node:child_process";
import { text as textFrom } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { z } from "zod";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import type { CmdletValue } from "../../provider/remoting/transport.ts";
import { pythonJudge, requireJudge } from "../support/judges.ts";
import { anyText, anyValue, BAD_TEXTS, wholeText } from "./support/bad-values.ts";
import { EchoLab } from "./support/echo-lab.ts";
import { saidInClixml, saidOf } from "./support/said.ts";

const Command = z.object({ cmdlet: z.string(), isScript: z.boolean(), arguments: z.array(z.tuple([z.string(), z.unknown()])) });
const Judgement = z.object({ read: z.array(z.union([Command, z.object({ refused: z.string() })])), written: z.array(z.string()) });
type Judgement = z.infer<typeof Judgement>;

interface Call {
  readonly cmdlet: string;
  readonly parameters: Readonly<Record<string, CmdletValue>>;
}

const isWhole = (text: string) => text.isWellFormed();
const MEBIBYTE = 1_048_576;

describe("bad values between our client and pypsrp", () => {
  const texts = [...BAD_TEXTS, ...fc.sample(anyText(), { seed: 1, numRuns: 200 })];
  const calls: readonly Call[] = [
    ...texts.filter(isWhole).map((text) => call({ Value: text, Table: { [text]: [text] } })),
    ...fc.sample(anyValue(wholeText(), { simple: true }), { seed: 2, numRuns: 300 }).map((value) => call({ Value: value })),
    ...BAD_TEXTS.filter(isWhole).map((name) => call({ [name]: "x" })),
    call({ Value: "_x0041_\u0000".repeat(MEBIBYTE / 8) }),
  ];
  let judgement: Judgement;
  let halves: Judgement;

  before(async function () {
    const python = pythonJudge();
    requireJudge(this, "pypsrp", python !== undefined);
    if (python === undefined) return;
    const lab = await EchoLab.start();
    try {
      judgement = await judged(python, await sentFor(lab, calls), texts.filter(isWhole));
      halves = await judged(python, await sentFor(lab, [call({ Value: "\ud800" })]), []);
    } finally {
      await lab.stop();
    }
  });

  it("arrive as one command each, no script, with the names and values that were meant", () => {
    equal(judgement.read.length, calls.length);
    deepEqual(judgement.read.map(sorted), calls.map(meant));
  });

  it("arrive where Python has them: pypsrp refuses half of a surrogate pair that stands alone, so only the lab judges that", () => {
    deepEqual(halves.read, [{ refused: "UnicodeDecodeError" }]);
  });

  it("come back from pypsrp as texts that our decoder reads as the same, or refuses where pypsrp writes what XML does not have", () => {
    const whole = texts.filter(isWhole);
    equal(judgement.written.length, whole.length);
    for (const [index, text] of whole.entries()) {
      const xml = judgement.written[index] ?? "";
      if (/[\ufffe\uffff]/.test(text)) throws(() => decodeClixml(xml), { name: "ClixmlError", message: /disallowed character/ });
      else deepEqual(decodeClixml(xml).map(saidInClixml), [saidOf({ [text]: [text] })]);
    }
  });
});

function call(parameters: Readonly<Record<string, CmdletValue>>): Call {
  return { cmdlet: "Get-Echo", parameters };
}

function meant({ cmdlet, parameters }: Call): unknown {
  return { cmdlet, isScript: false, arguments: Object.entries(parameters).map(([name, value]) => [name, asPythonSays(saidOf(value))]) };
}

/** pypsrp leaves a date as its text, and its order of a hashtable's entries has no meaning. */
function asPythonSays(said: unknown): unknown {
  if (!Array.isArray(said)) return said;
  if (said[0] === "DT") return ["S", said[1]];
  const inner: readonly unknown[] = said.map(asPythonSays);
  if (said[0] !== "D" || !Array.isArray(inner[1])) return inner;
  return ["D", inner[1].toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))];
}

function sorted(command: Judgement["read"][number]): unknown {
  if ("refused" in command) return command;
  return { ...command, arguments: command.arguments.map(([name, value]) => [name, asPythonSays(value)]) };
}

/** The stream chunks with which the client sent each call. */
async function sentFor(lab: EchoLab, calls: readonly Call[]): Promise<readonly (readonly string[])[]> {
  const sent: string[][] = [];
  for (const { cmdlet, parameters } of calls) {
    lab.forget();
    await lab.transport.invoke(cmdlet, parameters);
    sent.push(
      lab.tap.bodies.flatMap((body) => [...body.matchAll(/<rsp:(?:Arguments|Stream [^>]*)>([^<]*)</g)].map(([, chunk]) => chunk ?? "")),
    );
  }
  return sent;
}

async function judged(python: string, sent: readonly (readonly string[])[], texts: readonly string[]): Promise<Judgement> {
  const script = fileURLToPath(new URL("bad_values_judge.py", import.meta.url));
  const judge = spawn(python, [script], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => judge.on("close", resolve));
  judge.stdin.end(JSON.stringify({ sent, texts }));
  const [said, complained, code] = await Promise.all([textFrom(judge.stdout), textFrom(judge.stderr), ended]);
  equal(code, 0, complained);
  return Judgement.parse(JSON.parse(said));
}
