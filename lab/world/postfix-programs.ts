// The programs besides Postfix's that the lab's buffer host has. Sources: POSIX, GNU coreutils' and findutils' manuals.
// They understand the options that they list and refuse others as the real ones do.
import type { Agenda } from "./events.ts";
import { CommandFailure, type Program, type ProgramCall, type ShellResult } from "./postfix-account.ts";
import type { HostFiles } from "./postfix-files.ts";

export interface Disk {
  readonly totalBytes: number;
  readonly freeBytes: () => number;
}

/** By full path. `disk` is that of the queue. */
export function hostPrograms(files: HostFiles, agenda: Agenda, disk: Disk): ReadonlyMap<string, Program> {
  const program = (name: string, act: (call: ProgramCall) => string | ShellResult): [string, Program] => [
    `/usr/bin/${name}`,
    (call) => {
      const said = named(name, () => act(call));
      return typeof said === "string" ? { code: 0, stdout: said, stderr: "" } : said;
    },
  ];
  return new Map([
    program("date", ({ args }) => dateText(args, agenda.now())),
    program("cat", ({ args }) => args.map((path) => files.file(path).text).join("")),
    program("test", ({ args }) => testResult(args, files)),
    program("find", (call) => find(call, files)),
    program("dd", ({ args }) => portion(args, files)),
    ...["gzip", "bzip2", "xz", "zstd"].map((name) => program(name, ({ args }) => unpacked(args, files))),
    program("df", ({ args }) => dfText(args, files, disk)),
    program("tee", ({ args, stdin, user }) => {
      for (const path of args) files.write(path, stdin, user);
      return stdin;
    }),
    program("ln", ({ args, user }) => {
      const [from = "", to = ""] = operands(args, "-f");
      files.link(from, to, user, args.includes("-f"));
      return "";
    }),
    program("rm", ({ args, user }) => {
      for (const path of operands(args, "-f")) files.remove(path, user);
      return "";
    }),
    program("mv", ({ args: [from = "", to = ""], user }) => {
      files.link(from, to.endsWith("/") ? `${to}${nameOf(from)}` : to, user, true);
      files.remove(from, user);
      return "";
    }),
    program("mkdir", ({ args, user }) => {
      for (const path of operands(args, "-p")) files.makeFolders(path, user);
      return "";
    }),
  ]);
}

/** Failures in the words of the program that met them. */
function named<Value>(program: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    if (error instanceof CommandFailure) throw new CommandFailure(error.code, `${program}: ${error.message}`);
    throw error;
  }
}

function operands(args: readonly string[], option: string): readonly string[] {
  const strange = args.find((word) => word.startsWith("-") && word !== option);
  if (strange !== undefined) throw new CommandFailure(1, `invalid option -- '${strange.slice(1)}'`);
  return args.filter((word) => word !== option);
}

function dateText([format = ""]: readonly string[], nowMs: number): string {
  if (!/^\+(?:%[sz]|[ -])*$/.test(format)) throw new CommandFailure(1, `invalid date '${format}'`);
  return `${format
    .slice(1)
    .replace("%s", String(Math.floor(nowMs / 1_000)))
    .replace("%z", "+0000")}\n`;
}

function testResult([option, path = ""]: readonly string[], files: HostFiles): ShellResult {
  if (option !== "-e") throw new CommandFailure(2, `${option ?? ""}: unexpected operator`);
  return { code: files.exists(path) ? 0 : 1, stdout: "", stderr: "" };
}

/** For the path given and the files directly in it: each test and action in its order, until one says no. */
function find({ args, run }: ProgramCall, files: HostFiles): ShellResult {
  const [option, start = "", ...expression] = args;
  if (option !== "-H") throw new CommandFailure(1, `unknown predicate '${option}'`);
  if (!files.exists(start)) throw new CommandFailure(1, `'${start}': No such file or directory`);
  let [stdout, stderr] = ["", ""];
  for (const path of [start, ...(files.isFolder(start) ? files.within(start) : [])]) {
    const words = [...expression];
    for (let isSo = true; isSo && words.length > 0; ) {
      const word = words.shift();
      if (word === "-ignore_readdir_race") continue;
      if (word === "-maxdepth" && words.shift() === "1") continue;
      if (word === "-type" && words.shift() === "f") isSo = !files.isFolder(path);
      else if (word === "-name") isSo = globbed(words.shift() ?? "").test(nameOf(path));
      else if (word === "-printf") stdout += printed(words.shift() ?? "", path, files);
      else if (word === "-exec") {
        const result = run(
          words
            .splice(0, words.indexOf(";") + 1)
            .slice(0, -1)
            .map((text) => text.replaceAll("{}", path)),
        );
        [stdout, stderr, isSo] = [stdout + result.stdout, stderr + result.stderr, result.code === 0];
      } else throw new CommandFailure(1, `unknown predicate '${word}'`);
    }
  }
  return { code: 0, stdout, stderr };
}

function printed(format: string, path: string, files: HostFiles): string {
  const { inode, text, modifiedAtMs } = files.isFolder(path) ? { inode: 2, text: "", modifiedAtMs: 0 } : files.file(path);
  const values: Readonly<Record<string, string>> = {
    "\\n": "\n",
    "%f": nameOf(path),
    "%i": String(inode),
    "%s": String(Buffer.byteLength(text)),
    "%T@": `${Math.floor(modifiedAtMs / 1_000)}.${String(modifiedAtMs % 1_000).padStart(3, "0")}0000000`,
  };
  return format.replace(/\\n|%(?:[fis]|T@)/g, (found) => values[found] ?? "");
}

/** What a pattern with `*` and `[…]` fits. */
function globbed(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[\\^$.|?+(){}]/g, "\\$&").replaceAll("*", ".*")}$`);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function portion(args: readonly string[], files: HostFiles): string {
  const given = new Map(args.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]));
  const { if: path = "", bs, count, skip, iflag, status, ...others } = Object.fromEntries(given);
  const [strange] = Object.keys(others);
  if (strange !== undefined) throw new CommandFailure(1, `unrecognized operand '${strange}'`);
  if (count !== "1" || iflag !== "skip_bytes" || status !== "none") throw new CommandFailure(1, `invalid number: '${args.join(" ")}'`);
  return Buffer.from(files.file(path).text)
    .subarray(Number(skip), Number(skip) + Number(bs))
    .toString();
}

/** What the lab keeps packed is as it was. */
function unpacked([option, path = ""]: readonly string[], files: HostFiles): string {
  if (option !== "-dc") throw new CommandFailure(1, `invalid option -- '${option}'`);
  return files.file(path).text;
}

function dfText(args: readonly string[], files: HostFiles, disk: Disk): string {
  const path = args.find((word) => !word.startsWith("-")) ?? "/";
  if (!files.exists(path)) throw new CommandFailure(1, `${path}: No such file or directory`);
  const [total, free] = [disk.totalBytes, disk.freeBytes()].map((bytes) => Math.floor(bytes / 1_024));
  const used = (total ?? 0) - (free ?? 0);
  const percent = Math.ceil((used / (total ?? 1)) * 100);
  return `Filesystem     1024-blocks     Used Available Capacity Mounted on\n/dev/sdc1 ${total} ${used} ${free} ${percent}% /var/spool/postfix\n`;
}
