// The one script that makes a file, in a real shell of this machine; those that ask Postfix are judged by a real one in test/contract.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hostCommand, makeOnce } from "../../provider/mail/command.ts";
import { commandsHere } from "../support/commands-here.ts";

describe("making a file that nobody has made yet", () => {
  let parent = "";
  let file = "";
  const make = (text: string, nonce: string, outdated: readonly string[] = []) => {
    const layout = { sudo: false, configDirectory: "", claimFile: "", logFile: "" };
    return commandsHere().run(makeOnce(layout, file, text, nonce, outdated));
  };

  beforeEach(() => {
    parent = mkdtempSync(path.join(tmpdir(), "exchange it's $HOME "));
    file = path.join(parent, "claims", "claim");
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it("its folder is made, its text is whole whatever it holds, and no draft is left", async () => {
    const text = `it's "one" $(id) \\n %s`;
    assert.deepEqual({ ...(await make(text, "a1")), stdout: "" }, { code: 0, stdout: "", stderr: "" });
    assert.equal(readFileSync(file, "utf8"), `${text}\n`);
    assert.deepEqual(readdirSync(path.dirname(file)), ["claim"]);
  });

  it("of many writers at one time one is told that it was the one, and its text stands", async () => {
    const writers = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
    const ends = await Promise.all(writers.map((text, index) => make(text, `a${index}`)));
    const made = writers.filter((_, index) => ends[index]?.code === 0);
    assert.deepEqual([made.map((text) => `${text}\n`), readdirSync(path.dirname(file))], [[readFileSync(file, "utf8")], ["claim"]]);
  });

  it("what is outdated goes, whether or not the file was made", async () => {
    const old = path.join(parent, "old one");
    for (const expected of [0, 1]) {
      writeFileSync(old, "");
      assert.deepEqual([(await make("text", "a1", [old])).code, existsSync(old)], [expected, false]);
    }
  });

  it("where it cannot be made, the exit code is that of what failed, and why is told", async () => {
    file = "/proc/nowhere/claim";
    const { code, stderr } = await make("text", "a1");
    assert.deepEqual([code, /cannot create directory/.test(stderr)], [1, true]);
  });
});

describe("a command line", () => {
  it("is the program and its words, each quoted, by sudo where the host is asked so", () => {
    assert.equal(hostCommand({ sudo: true }, "rm", "-f", "/var/it's"), "sudo -n rm '-f' '/var/it'\\''s'");
    assert.equal(hostCommand({ sudo: false }, "date", "+%s %z"), "date '+%s %z'");
  });
});
