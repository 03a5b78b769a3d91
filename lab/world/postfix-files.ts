// The few files of the lab's buffer host, and the programs of coreutils that read and write them. Sources: POSIX and GNU coreutils' manuals.
// A file belongs to root; only root writes. Programs understand the options that they list and refuse others as the real ones do.
import type { Agenda } from "./events.ts";
import { CommandFailure, type Program, type ShellFiles, type ShellResult } from "./postfix-shell.ts";

interface StoredFile {
  readonly inode: number;
  text: string;
  modifiedAtMs: number;
}

export class HostFiles implements ShellFiles {
  readonly #agenda: Agenda;
  readonly #made: Readonly<Record<string, () => string>>;
  readonly #files = new Map<string, StoredFile>();
  readonly #folders = new Set(["/", "/var", "/var/lib", "/var/log", "/var/spool/postfix", "/etc/postfix", "/tmp"]);
  #inode = 1_000;

  /** `made` are files whose text comes from elsewhere in the world. */
  constructor(agenda: Agenda, made: Readonly<Record<string, () => string>>) {
    this.#agenda = agenda;
    this.#made = made;
  }

  exists(path: string): boolean {
    return this.#folders.has(path) || this.#files.has(path) || this.#made[path] !== undefined;
  }

  read(path: string): string {
    return this.stat(path).text;
  }

  stat(path: string): StoredFile {
    const made = this.#made[path];
    if (made !== undefined) return { inode: 77, text: made(), modifiedAtMs: this.#agenda.now() };
    const file = this.#files.get(path);
    if (file === undefined) throw new CommandFailure(1, `${path}: No such file or directory`);
    return file;
  }

  write(path: string, text: string, how: "replace" | "append", user: string): void {
    if (path === "/dev/null") return;
    if (!this.#folders.has(folderOf(path))) throw new CommandFailure(1, `${path}: No such file or directory`);
    if (user !== "root" || this.#made[path] !== undefined) throw new CommandFailure(1, `${path}: Permission denied`);
    const file = this.#files.get(path);
    this.#files.set(path, {
      inode: file?.inode ?? this.#inode++,
      text: how === "append" ? (file?.text ?? "") + text : text,
      modifiedAtMs: this.#agenda.now(),
    });
  }

  /** A second name for the same file; `isForced`: in place of what has that name. */
  link(from: string, to: string, user: string, isForced: boolean): void {
    const file = this.#files.get(from);
    if (file === undefined) throw new CommandFailure(1, `failed to access '${from}': No such file or directory`);
    if (this.exists(to) && !isForced) throw new CommandFailure(1, `failed to create hard link '${to}': File exists`);
    if (user !== "root") throw new CommandFailure(1, `failed to create hard link '${to}' => '${from}': Permission denied`);
    this.#files.set(to, file);
  }

  /** Names in a folder, sorted, those that begin with a dot left out. */
  list(folder: string): readonly string[] {
    if (!this.#folders.has(folder)) throw new CommandFailure(2, `cannot access '${folder}': No such file or directory`);
    const paths = [...this.#files.keys(), ...this.#folders, ...Object.keys(this.#made)];
    const names = paths.filter((path) => path !== "/" && folderOf(path) === folder).map((path) => path.slice(path.lastIndexOf("/") + 1));
    return names.filter((name) => !name.startsWith(".")).sort();
  }

  remove(path: string, user: string): void {
    if (this.#files.has(path) && user !== "root") throw new CommandFailure(1, `cannot remove '${path}': Permission denied`);
    this.#files.delete(path);
  }

  makeFolders(path: string, user: string): void {
    if (this.#folders.has(path)) return;
    if (user !== "root") throw new CommandFailure(1, `cannot create directory '${path}': Permission denied`);
    for (let folder = path; folder !== "/"; folder = folderOf(folder)) this.#folders.add(folder);
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** Programs by full path. `disk` is that of the queue. */
export function hostPrograms(
  files: HostFiles,
  agenda: Agenda,
  disk: { readonly totalBytes: number; readonly freeBytes: () => number },
): ReadonlyMap<string, Program> {
  return new Map<string, Program>([
    ["/usr/bin/printf", ({ args }) => said(formatted(args))],
    ["/usr/bin/date", ({ args }) => said(`${dateText(args, agenda.now())}\n`)],
    [
      "/usr/bin/cat",
      ({ args, stdin }) => said(args.length === 0 ? stdin : named("cat", () => args.map((path) => files.read(path)).join(""))),
    ],
    ["/usr/bin/test", ({ args }) => testResult(args, files)],
    ["/usr/bin/stat", ({ args }) => said(named("stat", () => statText(args, files)))],
    ["/usr/bin/tail", ({ args, stdin }) => said(named("tail", () => tailText(args, stdin, files)))],
    ["/usr/bin/head", ({ args, stdin }) => said(headText(args, stdin))],
    ["/usr/bin/df", ({ args }) => said(dfText(args, files, disk))],
    [
      "/usr/bin/tee",
      ({ args, stdin, user }) => {
        named("tee", () => args.forEach((path) => void files.write(path, stdin, "replace", user)));
        return said(stdin);
      },
    ],
    [
      "/usr/bin/ls",
      ({ args }) =>
        said(
          named("ls", () =>
            files
              .list(args[0] ?? "/")
              .map((name) => `${name}\n`)
              .join(""),
          ),
        ),
    ],
    [
      "/usr/bin/ln",
      ({ args, user }) =>
        quiet("ln", () => {
          const [from = "", to = ""] = operands(args, "-f");
          files.link(from, to, user, args.includes("-f"));
        }),
    ],
    ["/usr/bin/rm", ({ args, user }) => quiet("rm", () => operands(args, "-f").forEach((path) => void files.remove(path, user)))],
    [
      "/usr/bin/mkdir",
      ({ args, user }) => quiet("mkdir", () => operands(args, "-p").forEach((path) => void files.makeFolders(path, user))),
    ],
  ]);
}

function said(stdout: string): ShellResult {
  return { code: 0, stdout, stderr: "" };
}

/** Failures of the files in the words of the program that met them. */
function named<Value>(program: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    if (error instanceof CommandFailure) throw new CommandFailure(error.code, `${program}: ${error.message}`);
    throw error;
  }
}

/** Does what says nothing when it went well. */
function quiet(program: string, act: () => void): ShellResult {
  named(program, act);
  return said("");
}

function operands(args: readonly string[], option: string): readonly string[] {
  const strange = args.find((word) => word.startsWith("-") && word !== option);
  if (strange !== undefined) throw new CommandFailure(1, `invalid option -- '${strange.slice(1)}'`);
  return args.filter((word) => word !== option);
}

/** printf with %s, \n, \t and \\; the format serves again while arguments are left. */
function formatted([format = "", ...args]: readonly string[]): string {
  const plain = format.replace(/\\([nt\\])/g, (_, letter: string) => ({ n: "\n", t: "\t" })[letter] ?? letter);
  const left = [...args];
  let text = "";
  do text += plain.replace(/%([s%])/g, (_, letter: string) => (letter === "%" ? "%" : (left.shift() ?? "")));
  while (left.length > 0 && plain.includes("%s"));
  return text;
}

function dateText([format = ""]: readonly string[], nowMs: number): string {
  if (!/^\+(?:%[sz]|[ -])*$/.test(format)) throw new CommandFailure(1, `date: invalid date '${format}'`);
  return format
    .slice(1)
    .replace("%s", String(Math.floor(nowMs / 1_000)))
    .replace("%z", "+0000");
}

function testResult(args: readonly string[], files: HostFiles): ShellResult {
  const [option, path = ""] = args;
  if (option !== "-e") throw new CommandFailure(2, `test: ${option ?? ""}: unexpected operator`);
  return { code: files.exists(path) ? 0 : 1, stdout: "", stderr: "" };
}

function statText([option, format = "", path = ""]: readonly string[], files: HostFiles): string {
  if (option !== "-c") throw new CommandFailure(1, "missing operand");
  const { inode, text, modifiedAtMs } = files.stat(path);
  const values: Readonly<Record<string, string>> = {
    i: String(inode),
    s: String(Buffer.byteLength(text)),
    Y: String(Math.floor(modifiedAtMs / 1_000)),
  };
  return `${format.replace(/%([isY])/g, (_, letter: string) => values[letter] ?? "")}\n`;
}

function tailText([option, from = "", path]: readonly string[], stdin: string, files: HostFiles): string {
  const start = /^\+(\d+)$/.exec(from)?.[1];
  if (option !== "-c" || start === undefined) throw new CommandFailure(1, `invalid number of bytes: '${from}'`);
  const bytes = Buffer.from(path === undefined ? stdin : files.read(path));
  return bytes.subarray(Math.max(Number(start) - 1, 0)).toString();
}

function headText([option, count = ""]: readonly string[], stdin: string): string {
  if (option !== "-c" || !/^\d+$/.test(count)) throw new CommandFailure(1, `head: invalid number of bytes: '${count}'`);
  return Buffer.from(stdin).subarray(0, Number(count)).toString();
}

function dfText(
  args: readonly string[],
  files: HostFiles,
  disk: { readonly totalBytes: number; readonly freeBytes: () => number },
): string {
  const path = args.find((word) => !word.startsWith("-")) ?? "/";
  if (!files.exists(path)) throw new CommandFailure(1, `df: ${path}: No such file or directory`);
  const [total, free] = [disk.totalBytes, disk.freeBytes()].map((bytes) => Math.floor(bytes / 1_024));
  const used = (total ?? 0) - (free ?? 0);
  const percent = Math.ceil((used / (total ?? 1)) * 100);
  return `Filesystem     1024-blocks     Used Available Capacity Mounted on\n/dev/sdc1 ${total} ${used} ${free} ${percent}% /var/spool/postfix\n`;
}
