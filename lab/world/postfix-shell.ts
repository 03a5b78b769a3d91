// A small POSIX shell for the lab's buffer host: quoting, `;` `&&` `||` `|`, redirections, `$?` and `$(…)`, and sudo.
// It knows no command itself; what it does not understand is a syntax error (2) or not found (127), as in a real sh.
// Source: POSIX.1 Shell Command Language, sections 2.2, 2.6, 2.7, 2.9. No variables, globs, functions or loops.
import { type Pipeline, parse, type SimpleCommand, type Word } from "./postfix-shell-parser.ts";

export interface ShellResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramCall {
  readonly args: readonly string[];
  readonly stdin: string;
  readonly user: string;
}

export type Program = (call: ProgramCall) => ShellResult;

/** What redirections write to and read from. */
export interface ShellFiles {
  read(path: string, user: string): string;
  write(path: string, text: string, how: "replace" | "append", user: string): void;
}

/** What a command that cannot go on says on stderr, with its exit code. */
export class CommandFailure extends Error {
  readonly code: number;
  constructor(code: number, said: string) {
    super(said);
    this.code = code;
  }
}

const rootPath = ["/usr/sbin", "/usr/bin"];
const userPath = ["/usr/bin"];

export class Shell {
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #files: ShellFiles;
  readonly #sudoers: readonly string[];

  /** `programs` by full path; `/usr/sbin` is searched only for root, as in Debian. */
  constructor(programs: ReadonlyMap<string, Program>, files: ShellFiles, sudoers: readonly string[]) {
    this.#programs = programs;
    this.#files = files;
    this.#sudoers = sudoers;
  }

  run(source: string, stdin: string, user: string): ShellResult {
    return new ShellRun(source, stdin, user, (name, call) => this.#execute(name, call), this.#files).result();
  }

  #execute(name: string, call: ProgramCall): ShellResult {
    if (name === "sudo") return this.#sudo(call);
    const paths = name.includes("/") ? [name] : (call.user === "root" ? rootPath : userPath).map((folder) => `${folder}/${name}`);
    const program = paths.map((path) => this.#programs.get(path)).find((found) => found !== undefined);
    if (program === undefined) return { code: 127, stdout: "", stderr: `sh: 1: ${name}: not found\n` };
    try {
      return program(call);
    } catch (error) {
      if (error instanceof CommandFailure) return { code: error.code, stdout: "", stderr: `${error.message}\n` };
      throw error;
    }
  }

  #sudo({ args, stdin, user }: ProgramCall): ShellResult {
    const [option, name, ...rest] = args;
    if (option !== "-n" || name === undefined)
      return { code: 1, stdout: "", stderr: "sudo: a terminal is required to read the password\n" };
    if (user !== "root" && !this.#sudoers.includes(user)) return { code: 1, stdout: "", stderr: "sudo: a password is required\n" };
    const result = this.#execute(name, { args: rest, stdin, user: "root" });
    return result.code === 127 ? { code: 1, stdout: "", stderr: `sudo: ${name}: command not found\n` } : result;
  }
}

/** One command line on its way: what was written so far, and the last exit code. */
class ShellRun {
  readonly #user: string;
  readonly #execute: (name: string, call: ProgramCall) => ShellResult;
  readonly #files: ShellFiles;
  readonly #source: string;
  #stdin: string;
  #code = 0;
  #stdout = "";
  #stderr = "";

  constructor(source: string, stdin: string, user: string, execute: (name: string, call: ProgramCall) => ShellResult, files: ShellFiles) {
    this.#source = source;
    this.#stdin = stdin;
    this.#user = user;
    this.#execute = execute;
    this.#files = files;
  }

  result(): ShellResult {
    const list = parse(this.#source);
    if (list === undefined) return { code: 2, stdout: "", stderr: "sh: 1: Syntax error\n" };
    for (const { joint, pipeline } of list) {
      if ((joint === "&&" && this.#code !== 0) || (joint === "||" && this.#code === 0)) continue;
      this.#pipe(pipeline);
    }
    return { code: this.#code, stdout: this.#stdout, stderr: this.#stderr };
  }

  #pipe(pipeline: Pipeline): void {
    // The first command that reads takes all of the shell's own input; nothing is left for a later one.
    let stdin = this.#stdin;
    let stdout = "";
    for (const [index, command] of pipeline.entries()) {
      const result = this.#simple(command, stdin);
      if (index === 0 && readsInput(command)) this.#stdin = "";
      this.#code = result.code;
      this.#stderr += result.stderr;
      stdout = result.stdout;
      stdin = stdout;
    }
    this.#stdout += stdout;
  }

  #simple({ words, redirections }: SimpleCommand, stdin: string): ShellResult {
    const [name = "", ...args] = words.flatMap((word) => this.#expand(word));
    let result: ShellResult;
    try {
      const input = redirections.find(({ operator }) => operator === "<");
      const given = input === undefined ? stdin : this.#files.read(this.#expand(input.target).join(" "), this.#user);
      result = this.#execute(name, { args, stdin: given, user: this.#user });
      for (const { operator, target } of redirections) result = this.#redirect(result, operator, this.#expand(target).join(" "));
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      return { code: 2, stdout: "", stderr: `sh: 1: ${error.message}\n` };
    }
    return result;
  }

  #redirect(result: ShellResult, operator: string, path: string): ShellResult {
    if (operator === "2>&1") return { ...result, stdout: result.stdout + result.stderr, stderr: "" };
    if (operator === "<") return result;
    const errors = operator.startsWith("2");
    this.#files.write(path, errors ? result.stderr : result.stdout, operator.endsWith(">>") ? "append" : "replace", this.#user);
    return errors ? { ...result, stderr: "" } : { ...result, stdout: "" };
  }

  /** The fields that a word becomes: an unquoted substitution may become several or none. */
  #expand(word: Word): string[] {
    let fields = [""];
    let isThere = false;
    for (const part of word) {
      const text = part.kind === "text" ? part.text : part.kind === "status" ? String(this.#code) : this.#substitute(part.source);
      if (part.kind === "text" || part.quoted) {
        isThere = true;
        fields = [...fields.slice(0, -1), (fields.at(-1) ?? "") + text];
        continue;
      }
      const [first = "", ...more] = text.split(/\s+/).filter((field) => field !== "");
      isThere ||= first !== "";
      fields = [...fields.slice(0, -1), (fields.at(-1) ?? "") + first, ...more];
    }
    return isThere ? fields : [];
  }

  #substitute(source: string): string {
    const inner = new ShellRun(source, "", this.#user, this.#execute, this.#files).result();
    this.#stderr += inner.stderr;
    return inner.stdout.replace(/\n+$/, "");
  }
}

/** printf, date and the like leave the input alone; a command that is told `-`, and filters, read it. */
function readsInput({ words }: SimpleCommand): boolean {
  const texts = words.map((word) => word.map((part) => (part.kind === "text" ? part.text : "")).join(""));
  return texts.includes("-") || texts.some((text) => text === "tee" || text === "head" || text === "tail");
}
