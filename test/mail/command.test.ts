// The scripts, in a real shell of this machine, where no real Postfix can be brought to it; else those that ask Postfix are judged in test/contract.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hostCommand, makeOnce, postfixScript } from "../../provider/mail/command.ts";
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

describe("releasing mail while a process of Postfix ends", () => {
  let folder = "";
  const lines = () => readFileSync(path.join(folder, "asked"), "utf8").trim().split("\n");
  /** The programs of the host are what is behind `sudo`: the `deaths` first wakings end as a program does whose reader has gone. */
  const run = (name: "release" | "requeue", deaths: number, postsuper = 0) => {
    const ends = `exit ${postsuper}`;
    const dies = `test "$(grep -c -v postsuper ${folder}/asked)" -le ${deaths} && kill -PIPE $$`;
    writeFileSync(
      path.join(folder, "sudo"),
      `#!/bin/sh\necho "$2" >> ${folder}/asked\ncase $2 in *postsuper) ${ends};; *) ${dies};; esac\nexit 0\n`,
      { mode: 0o755 },
    );
    writeFileSync(path.join(folder, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
    const layout = { sudo: true, configDirectory: "/etc/postfix", claimFile: "", logFile: "" };
    return commandsHere().run(`PATH=${folder}:$PATH; ${postfixScript(layout, name)}`, { stdin: "4jf71Z0vVVz1WBHl\n" });
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "exchange-sudo-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [name, wakes] of [
    ["release", "/usr/sbin/postqueue"],
    ["requeue", "/usr/sbin/postkick"],
  ] as const) {
    it(`${name}: the next one is woken`, async () => {
      assert.equal((await run(name, 2)).code, 0);
      assert.deepEqual(lines(), ["/usr/sbin/postsuper", wakes, wakes, wakes]);
    });

    it(`${name}: is woken once where all is well, and not at all where nothing was released`, async () => {
      assert.equal((await run(name, 0)).code, 0);
      assert.deepEqual(lines(), ["/usr/sbin/postsuper", wakes]);
      assert.equal((await run(name, 0, 1)).code, 1);
      assert.deepEqual(lines().slice(2), ["/usr/sbin/postsuper"]);
    });

    it(`${name}: is said to have failed where it dies again and again`, async () => {
      assert.equal((await run(name, 9)).code, 141);
      assert.equal(lines().length, 4);
    });
  }
});

describe("a command line", () => {
  it("is the program and its words, each quoted, by sudo where the host is asked so", () => {
    assert.equal(hostCommand({ sudo: true }, "rm", "-f", "/var/it's"), "sudo -n rm '-f' '/var/it'\\''s'");
    assert.equal(hostCommand({ sudo: false }, "date", "+%s %z"), "date '+%s %z'");
  });
});
