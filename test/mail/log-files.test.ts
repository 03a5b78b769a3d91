// Reading the log on, from where it was left, through a real shell on files of this machine, whatever logrotate or a person did to them meanwhile.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HostCommands } from "../../provider/mail/host-commands.ts";
import { type LogPosition, type LogStart, readLogSince } from "../../provider/mail/log-reading.ts";
import { commandsHere } from "../support/commands-here.ts";

const startMs = Date.UTC(2026, 10, 21, 1);
/** A line a minute; a file is of the time that its last line has. */
const at = (minute: number) => startMs + minute * 60_000;
const said = (minute: number) => `Sat 21 Nov 01:0${minute} UTC`;

describe("reading the buffer's log on", () => {
  let folder = "";
  let logFile = "";
  let written = 0;

  const read = (start?: LogStart, commands = commandsHere()) =>
    readLogSince(commands, { sudo: false, configDirectory: "", claimFile: "", logFile }, start);
  const line = (minute: number) =>
    `${new Date(at(minute)).toISOString().replace("Z", "000+00:00")} mx postfix/qmgr[1]: ${idOf(minute)}: removed\n`;
  const idOf = (minute: number) => `4jWZjw4n0vz1SC${String(minute).padStart(4, "0")}`;
  const minutes = ({ events }: Awaited<ReturnType<typeof read>>) =>
    events.flatMap((event) => (event.kind === "refused" ? [] : [Number(event.id.slice(-4))]));
  const write = (count = 1) => {
    for (let number = 0; number < count; number++) appendFileSync(logFile, line(++written));
    utimesSync(logFile, new Date(at(written)), new Date(at(written)));
  };
  const start = (position: LogPosition, minute = written): LogStart => ({ position, atMs: at(minute) });
  const end = async () => start((await read()).position);
  const name = (suffix: string) => `${logFile}${suffix}`;
  const rename = (suffix: string) => renameSync(logFile, name(suffix));
  const empty = () => writeFileSync(logFile, "");
  const renew = (suffix: string) => {
    rename(suffix);
    empty();
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "exchange log's "));
    logFile = path.join(folder, "mail.log");
    written = 0;
    write(3);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("without a place it says where the log ends, and nothing else", async () => {
    const { events, position, gap } = await read();
    assert.deepEqual([events, gap, "offsetBytes" in position && position.offsetBytes], [[], undefined, line(1).length * 3]);
  });

  it("what was read is not read again, and half a line waits for its end", async () => {
    const first = await end();
    appendFileSync(logFile, line(4) + line(5).slice(0, 40));
    const second = await read(first);
    appendFileSync(logFile, line(5).slice(40));
    const third = await read(start(second.position));
    const fourth = await read(start(third.position));
    assert.deepEqual([minutes(second), minutes(third), minutes(fourth)], [[4], [5], []]);
  });

  const packers = ["gzip", "bzip2", "xz", "zstd"];
  const pack = (file: string, program: string) => execFileSync(program, program === "zstd" ? ["-q", "--rm", file] : [file]);
  const copyTruncate = (suffix: string) => {
    copyFileSync(logFile, name(suffix));
    utimesSync(name(suffix), new Date(at(written)), new Date(at(written)));
    truncateSync(logFile);
  };
  const rotations: readonly { readonly how: string; readonly rotate: () => void }[] = [
    { how: "renamed", rotate: () => renew(".1") },
    { how: "renamed, and not made anew before the next line", rotate: () => rename(".1") },
    { how: "copied and emptied", rotate: () => copyTruncate(".1") },
    { how: "renamed by date", rotate: () => renew("-20261121") },
    { how: "renamed by another rule of names", rotate: () => renew(".before-the-move") },
    {
      how: "renamed, its inode used again",
      rotate: () => {
        copyFileSync(logFile, name(".1"));
        utimesSync(name(".1"), new Date(at(written)), new Date(at(written)));
        // Longer than what was read of it: neither inode nor size tells.
        writeFileSync(logFile, "");
        write(6);
      },
    },
    ...packers.flatMap((program) => [
      {
        how: `renamed and packed at once by ${program}`,
        rotate: () => {
          renew("-20261121");
          pack(name("-20261121"), program);
        },
      },
      {
        how: `copied, emptied and packed by ${program}`,
        rotate: () => {
          copyTruncate(".1");
          pack(name(".1"), program);
        },
      },
    ]),
  ];
  for (const { how, rotate } of rotations) {
    it(`a log that was ${how} is read to its end, and then the new one`, async () => {
      const before = await end();
      write(2);
      rotate();
      write(2);
      const next = await read(before);
      assert.deepEqual([minutes(next), next.gap], [Array.from({ length: written - 3 }, (_, index) => index + 4), undefined]);
      write();
      assert.deepEqual(minutes(await read(start(next.position))), [written]);
    });

    it(`a log that was ${how} right after it was read is read on`, async () => {
      const before = await end();
      rotate();
      write(2);
      const next = await read(before);
      assert.deepEqual([minutes(next), next.gap], [Array.from({ length: written - 3 }, (_, index) => index + 4), undefined]);
    });
  }

  it("several rotations of every kind between two readings lose nothing", async () => {
    const before = await end();
    write(2);
    rename("-20261121");
    write(2);
    pack(name("-20261121"), "gzip");
    rename("-20261122");
    write(2);
    copyTruncate("-20261123");
    pack(name("-20261123"), "xz");
    empty();
    const quiet = await read(before);
    write(1);
    const next = await read(before);
    assert.deepEqual([minutes(quiet), minutes(next), next.gap], [[4, 5, 6, 7, 8, 9], [4, 5, 6, 7, 8, 9, 10], undefined]);
    assert.deepEqual(minutes(await read(start(quiet.position))), [10]);
  });

  it("while a file is being packed it is read once", async () => {
    const before = await end();
    rename(".2");
    write();
    renew(".1");
    execFileSync("gzip", ["-k", name(".1")]);
    assert.deepEqual(minutes(await read(before)), [4]);
  });

  it("a log of which the part with the place is gone has a gap, from when to when", async () => {
    const before = await end();
    write(2);
    rename(".1");
    write(2);
    rmSync(name(".1"));
    const next = await read(before);
    const gap = `${logFile} no longer has all that was written from ${said(3)} to ${said(6)}`;
    assert.deepEqual([next.gap, minutes(next)], [gap, [6, 7]]);
  });

  it("a log that was emptied by hand has a gap, though an older one is still there, and also once it has grown beyond the place", async () => {
    rename(".1");
    write(3);
    const before = await end();
    write(1);
    empty();
    const nothing = await read(before);
    assert.match(nothing.gap ?? "", new RegExp(`no longer has all that was written from ${said(6)} to `));
    write(9);
    assert.equal((await read(before)).gap, `${logFile} no longer has all that was written from ${said(6)} to ${said(8)}`);
  });

  it("of a place that is known by its time alone, what is younger is read, wherever it stands", async () => {
    rename(".1");
    write(3);
    const next = await read({ atMs: at(2) + 1 });
    assert.deepEqual([minutes(next), next.gap], [[3, 4, 5, 6], undefined]);
    rmSync(name(".1"));
    assert.equal((await read({ atMs: at(2) + 1 })).gap, `${logFile} no longer has all that was written from ${said(2)} to ${said(4)}`);
  });

  it("a log that had no line yet is read from its beginning, rotated or not", async () => {
    empty();
    const before = await end();
    write(2);
    rename(".1");
    write(1);
    const next = await read(before);
    assert.deepEqual([minutes(next), next.gap], [[4, 5, 6], undefined]);
  });

  it("a file that is not the log's is left alone", async () => {
    const before = await end();
    for (const other of ["mail.err", "xmail.log"]) writeFileSync(path.join(folder, other), line(99));
    rename(".1");
    assert.deepEqual(minutes(await read(before)), []);
  });

  const unseenEnd = { reason: "invalidAnswer", message: /could not be read: its end was not shown$/ };

  it("a packed file that is damaged is an error, in the words of the program", async () => {
    const before = await end();
    writeFileSync(name(".1.gz"), "no such thing");
    rmSync(logFile);
    await assert.rejects(read(before), {
      reason: "rejected",
      message: /mail\.log\.1\.gz could not be read: gzip ended with exit code 1 \(gzip: /,
    });
  });

  it("a log that is another one by the second portion is an error", async () => {
    const before = await end();
    for (const file of [logFile, name(".other")]) appendFileSync(file, line(4).repeat(130_000));
    const run: HostCommands["run"] = async (command) => {
      const told = await commandsHere().run(command);
      if (command.includes("'dd'") && existsSync(name(".other"))) renameSync(name(".other"), logFile);
      return told;
    };
    await assert.rejects(read(before, new HostCommands("buffer", { run })), unseenEnd);
  });

  it("a log of which less is shown than there is, is an error", async () => {
    const before = await end();
    const run: HostCommands["run"] = async (command) => {
      const { code, stdout, stderr } = await commandsHere().run(command);
      return { code, stdout: command.includes("'dd'") ? stdout.subarray(0, -1) : stdout, stderr };
    };
    await assert.rejects(read(before, new HostCommands("buffer", { run })), unseenEnd);
  });

  it("more than one portion comes back whole", async () => {
    const before = await end();
    appendFileSync(logFile, line(4).repeat(130_000));
    const { events, position } = await read(before);
    assert.deepEqual([events.length, "offsetBytes" in position && position.offsetBytes], [130_000, line(4).length * 130_003]);
  });
});
