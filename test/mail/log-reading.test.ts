// Reading the log on, from where it was left, through a real shell on files of this machine.
import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HostCommands } from "../../provider/mail/host-commands.ts";
import { type LogPosition, readLogSince } from "../../provider/mail/log-reading.ts";
import { commandsHere } from "../support/commands-here.ts";

describe("reading the buffer's log on", () => {
  let folder = "";
  let logFile = "";
  const read = (position?: LogPosition, commands = commandsHere()) =>
    readLogSince(commands, { sudo: false, configDirectory: "", claimFile: "", logFile }, position);
  const removed = (id: string) => `2026-11-21T01:43:48.673343+00:00 mx postfix/qmgr[1]: ${id}: removed\n`;
  const ids = ({ events }: Awaited<ReturnType<typeof read>>) => events.flatMap((event) => (event.kind === "refused" ? [] : [event.id]));

  const unseenEnd = { reason: "invalidAnswer", message: /could not be read: its end was not shown$/ };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "exchange log's "));
    logFile = path.join(folder, "mail.log");
    writeFileSync(logFile, removed("4jWZjw4n0vz1SCJ1"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("what was read is not read again, and half a line waits for its end", async () => {
    const first = await read();
    appendFileSync(logFile, removed("4jWZjw4n0vz1SCJ2") + removed("4jWZjw4n0vz1SCJ3").slice(0, 40));
    const second = await read(first.position);
    appendFileSync(logFile, removed("4jWZjw4n0vz1SCJ3").slice(40));
    const third = await read(second.position);
    assert.deepEqual([ids(first), ids(second), ids(third)], [["4jWZjw4n0vz1SCJ1"], ["4jWZjw4n0vz1SCJ2"], ["4jWZjw4n0vz1SCJ3"]]);
  });

  it("a log rotated in between is read to its end, and then the new one", async () => {
    const { position } = await read();
    appendFileSync(logFile, removed("4jWZjw4n0vz1SCJ2"));
    renameSync(logFile, `${logFile}.1`);
    writeFileSync(logFile, removed("4jWZjw4n0vz1SCJ3"));
    const next = await read(position);
    assert.deepEqual(ids(next), ["4jWZjw4n0vz1SCJ2", "4jWZjw4n0vz1SCJ3"]);
    appendFileSync(logFile, removed("4jWZjw4n0vz1SCJ4"));
    assert.deepEqual(ids(await read(next.position)), ["4jWZjw4n0vz1SCJ4"]);
  });

  it("a log rotated twice has a gap, and that is an error", async () => {
    const { position } = await read();
    renameSync(logFile, `${logFile}.2`);
    writeFileSync(`${logFile}.1`, "");
    writeFileSync(logFile, "");
    await assert.rejects(read(position), {
      reason: "invalidAnswer",
      message: /was rotated more than once since it was last read, so the ledger has a gap$/,
    });
  });

  it("a log cut short has a gap, and that is an error", async () => {
    const { position } = await read();
    writeFileSync(logFile, "");
    await assert.rejects(read(position), { reason: "invalidAnswer", message: /was cut short since it was last read/ });
  });

  it("a log that is not there is an error, not an empty one", async () => {
    rmSync(logFile);
    await assert.rejects(read(), { reason: "invalidAnswer", message: /could not be read: the part "file" ended with exit code 1$/ });
  });

  it("a log that is another one by the second portion is an error", async () => {
    for (const file of [logFile, `${logFile}.other`]) writeFileSync(file, removed("4jWZjw4n0vz1SCJ1").repeat(130_000));
    const run: HostCommands["run"] = async (command) => {
      const told = await commandsHere().run(command);
      if (existsSync(`${logFile}.other`)) renameSync(`${logFile}.other`, logFile);
      return told;
    };
    await assert.rejects(read(undefined, new HostCommands("buffer", { run })), unseenEnd);
  });

  it("a log of which less is shown than there is, is an error", async () => {
    const run: HostCommands["run"] = async (command) => {
      const { code, stdout, stderr } = await commandsHere().run(command);
      return { code, stdout: stdout.subarray(0, -1), stderr };
    };
    await assert.rejects(read(undefined, new HostCommands("buffer", { run })), unseenEnd);
  });

  it("more than one portion comes back whole", async () => {
    writeFileSync(logFile, removed("4jWZjw4n0vz1SCJ1").repeat(130_000));
    const { events, position } = await read();
    assert.equal(events.length, 130_000);
    assert.equal(position.offsetBytes, removed("4jWZjw4n0vz1SCJ1").length * 130_000);
  });
});
