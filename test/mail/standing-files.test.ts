// What stands in the folder of claim and turns, read by a real find, and answers that are none of its own.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HostCommands } from "../../provider/mail/host-commands.ts";
import { fileIn, readStanding, type StandingFiles } from "../../provider/mail/standing-files.ts";
import { commandsHere } from "../support/commands-here.ts";

describe("reading the folder of claim and turns", () => {
  let parent = "";
  let folder = "";
  const read = <Answer>(names: string, parse: (files: StandingFiles) => Answer, commands = commandsHere()) =>
    readStanding(commands, { sudo: false, configDirectory: "", logFile: "", claimFile: `${folder}/claim` }, names, "reading it", parse);
  const all = (files: StandingFiles) => [...files].sort();
  /** A host that says the same to each command in turn. */
  const saying = (...answers: readonly { readonly code: number; readonly stdout?: string; readonly stderr?: string }[]) => {
    const left = [...answers];
    return new HostCommands("buffer", {
      run: async () => {
        const { code, stdout = "", stderr = "" } = left.shift() ?? assert.fail("one command too many");
        return { code, stdout: Buffer.from(stdout), stderr };
      },
    });
  };

  beforeEach(() => {
    parent = mkdtempSync(path.join(tmpdir(), "exchange it's "));
    folder = path.join(parent, "claims");
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it("there is nothing where there is no folder", async () => {
    assert.deepEqual(await read("*", all), []);
  });

  it("there is nothing in an empty folder", async () => {
    mkdirSync(folder);
    assert.deepEqual(await read("*", all), []);
  });

  it("all files are named with their time, and those asked for are shown byte for byte", async () => {
    mkdirSync(path.join(folder, "turn-9"), { recursive: true });
    const texts = { claim: "org/berlin\n", "turn-1": '{"a":"\n== claim 1.0\n"}\n', "turn-2": "", "turn-3": "no end", "turn-3.ended": "x" };
    for (const [name, text] of Object.entries(texts)) {
      writeFileSync(path.join(folder, name), text);
      utimesSync(path.join(folder, name), 0, 1_796_000_000.7);
    }
    const files = await read("turn-*[0-9]", (found) => new Map(found));
    files.delete("turn-9");
    const modifiedAtMs = 1_796_000_000_000;
    assert.deepEqual(
      [...files].sort(([one], [other]) => (one < other ? -1 : 1)),
      [
        ["claim", { modifiedAtMs }],
        ["turn-1", { modifiedAtMs, text: texts["turn-1"] }],
        ["turn-2", { modifiedAtMs, text: "" }],
        ["turn-3", { modifiedAtMs, text: "no end" }],
        ["turn-3.ended", { modifiedAtMs }],
      ],
    );
  });

  it("a file that is there and could not be shown is an error, not an empty one", async () => {
    const stdout = "== claims 1.0\n== claim 2.0\n== turn-1 3.0\none\n\n== end turn-1\n";
    const found = await read("*", (files) => files, saying({ code: 0, stdout, stderr: "cat: claim: Permission denied" }));
    assert.deepEqual([fileIn(found, "turn-1"), fileIn(found, "turn-2")], [{ modifiedAtMs: 3_000, text: "one\n" }, undefined]);
    assert.throws(() => fileIn(found, "claim"), { message: 'the file "claim" could not be read' });
  });

  it("an answer that does not name the folder is none", async () => {
    await assert.rejects(read("*", all, saying({ code: 0, stdout: "Last login: never\n" })), {
      reason: "invalidAnswer",
      message: `buffer: reading it failed: find did not name ${folder}`,
    });
  });

  it("a folder that may not be read is an error, whether or not one may ask for it", async () => {
    const denied = { code: 1, stderr: "sudo: a password is required" };
    const message = 'buffer: reading it failed: the part "standing" ended with exit code 1 (sudo: a password is required)';
    for (const there of [denied, { code: 0 }]) await assert.rejects(read("*", all, saying(denied, there)), { reason: "denied", message });
  });
});
