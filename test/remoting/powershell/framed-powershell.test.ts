import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { PowerShell } from "node-powershell";
import { FramedPowerShell } from "../../../provider/remoting/powershell/framed-powershell.ts";
import { type StandInShell, standInShell } from "../../support/stand-in-shell.ts";
import { everydayCmdlets } from "../../support/stand-in-shell-cmdlets.ts";

/** Fed the line `'hello'`, the stand-in prints hello, as any PowerShell does. */
const LINE = "'hello'";

describe("node-powershell 5.0.1 by itself, over the stand-in PowerShell", () => {
  let standIn: StandInShell;
  let plain: PowerShell | undefined;

  beforeEach(async () => {
    standIn = await standInShell(everydayCmdlets());
  });
  afterEach(async () => {
    const ended = plain?.dispose("SIGKILL").catch(() => undefined);
    await standIn.stop();
    await ended;
  });

  /** Invokes the line, and tells whether that has settled once both delimiters are there on both streams. */
  async function settles(): Promise<boolean> {
    plain = new PowerShell({ executable: standIn.executable });
    let settled = false;
    const invoked = plain.invoke(LINE).then(
      () => (settled = true),
      () => undefined,
    );
    await Promise.all([twoDelimitersIn(plain.streams.stdout), twoDelimitersIn(plain.streams.stderr)]);
    await Promise.race([invoked, turnsOfTheLoop(20)]);
    return settled;
  }

  it("answers when a line of output ends in a line feed, even when all comes at once", async () => {
    standIn.behaviour = { oneChunk: true };
    equal(await settles(), true);
  });

  it("waits for ever when all comes at once and lines end as on Windows: what FramedPowerShell is for", async () => {
    standIn.behaviour = { oneChunk: true, eol: "\r\n" };
    equal(await settles(), false);
  });

  it("takes any byte on stderr for a failure: what FramedPowerShell is for", async () => {
    plain = new PowerShell({ executable: standIn.executable });
    await rejects(plain.invoke("unknown"), /is not recognized/);
  });
});

describe("node-powershell, told by us when a call is over", () => {
  let standIn: StandInShell;
  let framed: FramedPowerShell;

  beforeEach(async () => {
    standIn = await standInShell(everydayCmdlets(), { oneChunk: true, eol: "\r\n" });
    framed = new FramedPowerShell(standIn.executable, process.env);
  });
  afterEach(async () => {
    const exited = new Promise((resolve) => framed.child.once("exit", resolve));
    if (framed.child.kill("SIGKILL")) await exited;
    await standIn.stop();
  });

  /** Sends a line, and says that it has ended when what is written holds `word`. */
  async function call(line: string, word: string): Promise<void> {
    let text = "";
    const seen = new Promise<void>((resolve) => {
      const take = (chunk: unknown) => {
        text += String(chunk);
        if (!text.includes(word)) return;
        framed.output.off("data", take);
        framed.errors.off("data", take);
        resolve();
      };
      framed.output.on("data", take);
      framed.errors.on("data", take);
    });
    const sent = framed.send(line);
    await seen;
    framed.lineEnded();
    await sent;
  }

  it("goes on call after call where it would wait for ever by itself, and keeps no history", async () => {
    for (let index = 0; index < 5; index += 1) await call(`'hello ${index}'`, `hello ${index}`);
    deepEqual(
      standIn.processes[0]?.lines.filter((line) => line !== ""),
      [0, 1, 2, 3, 4].map((index) => `'hello ${index}'`),
    );
    deepEqual(framed.history, []);
  });

  it("goes on after bytes on stderr", async () => {
    await call("unknown", "is not recognized");
    await call(LINE, "hello");
  });

  it("lets node-powershell see nothing of the output, however much there is", async () => {
    let shown = 0;
    framed.streams.stdout.on("data", (chunk: Uint8Array) => {
      shown += chunk.length;
    });
    await call(`'${"x".repeat(1_048_576)} the end'`, "the end");
    ok(shown <= 64, `node-powershell saw ${shown} bytes`);
  });

  it("resolves when the process ends in the middle of a line, whatever it ended with", async () => {
    const sent = framed.send(LINE);
    await standIn.until(() => standIn.processes[0]?.lines.includes(LINE) === true);
    standIn.processes[0]?.order({ exit: 3 });
    await sent;
    await framed.send(LINE);
  });
});

/** Resolves when the word that the stream begins with has come twice. */
function twoDelimitersIn(stream: NodeJS.ReadableStream): Promise<void> {
  let text = "";
  return new Promise((resolve) => {
    const take = (chunk: unknown) => {
      text += String(chunk);
      const word = text.slice(0, 16);
      if (word.length < 16 || text.indexOf(word, 16) === -1) return;
      stream.off("data", take);
      resolve();
    };
    stream.on("data", take);
  });
}

async function turnsOfTheLoop(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}
