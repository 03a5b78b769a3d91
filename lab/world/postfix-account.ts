// The shell account of the lab's buffer host: a command line is one program with its words, found in a table. What a shell would do more than quoting is
// a syntax error (2); what is not in the table is not found (127), as in a real sh.
export interface ShellResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramCall {
  readonly args: readonly string[];
  readonly stdin: string;
  readonly user: string;
  /** Runs another program, as the same user unless told. */
  readonly run: (words: readonly string[], stdin?: string, user?: string) => ShellResult;
}

export type Program = (call: ProgramCall) => ShellResult;

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

/** Runs command lines over `programs` by full path; `/usr/sbin` is searched only for root, as in Debian. */
export function accountOver(programs: ReadonlyMap<string, Program>): (line: string, stdin: string, user: string) => ShellResult {
  function run([name = "", ...args]: readonly string[], stdin: string, user: string): ShellResult {
    const paths = name.includes("/") ? [name] : (user === "root" ? rootPath : userPath).map((folder) => `${folder}/${name}`);
    const program = paths.map((path) => programs.get(path)).find((found) => found !== undefined);
    if (program === undefined) return { code: 127, stdout: "", stderr: `sh: 1: ${name}: not found\n` };
    try {
      return program({ args, stdin, user, run: (words, input = "", as = user) => run(words, input, as) });
    } catch (error) {
      if (error instanceof CommandFailure) return { code: error.code, stdout: "", stderr: `${error.message}\n` };
      throw error;
    }
  }
  return (line, stdin, user) => {
    const words = wordsOf(line);
    return words === undefined ? { code: 2, stdout: "", stderr: "sh: 1: Syntax error\n" } : run(words, stdin, user);
  };
}

/** `sudo -n program …`, for users that need no password; only for the programs that `may` has, by full path, where it is given. */
export function sudo(sudoers: readonly string[], may?: readonly string[]): Program {
  return ({ args, stdin, user, run }) => {
    const [option, ...words] = args;
    if (option !== "-n" || words[0] === undefined) throw new CommandFailure(1, "sudo: a terminal is required to read the password");
    const path = words[0].includes("/") ? words[0] : `/usr/bin/${words[0]}`;
    if (user !== "root" && !(sudoers.includes(user) && (may === undefined || may.includes(path))))
      throw new CommandFailure(1, "sudo: a password is required");
    const result = run(words, stdin, "root");
    if (result.code === 127) throw new CommandFailure(1, `sudo: ${words[0]}: command not found`);
    return result;
  };
}

/** Letters that mean nothing to a shell, anything within apostrophes, anything behind a backslash. */
const wordPattern = /(?:[^\s'"\\;&|<>(){}$`*?[\]~#!]|'[^']*'|\\.)+/g;

/** The words of a command line; `undefined` where it has more than words. */
export function wordsOf(line: string): readonly string[] | undefined {
  if (line.replace(wordPattern, "").trim() !== "") return undefined;
  return (line.match(wordPattern) ?? []).map((word) => word.replace(/'([^']*)'|\\(.)/g, "$1$2"));
}
