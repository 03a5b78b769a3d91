// The small files of the buffer host's folder of claim and turns, read with one command. What they mean is for others.
import { type BufferLayout, folderOf, hostCommand } from "./command.ts";
import { type HostCommands, reasonOf } from "./host-commands.ts";
import type { SshRun } from "./ssh.ts";

export interface StandingFile {
  /** In whole seconds. */
  readonly modifiedAtMs: number;
  /** Absent where it was not asked for, or could not be read. */
  readonly text?: string;
}

/** By name; none where there is no folder yet. */
export type StandingFiles = ReadonlyMap<string, StandingFile>;

/** Reads which files there are, and the text of those whose name fits `names`, as find(1) reads it. @throws {MailError} also when `parse` does */
export async function readStanding<Answer>(
  commands: HostCommands,
  layout: BufferLayout,
  names: string,
  what: string,
  parse: (files: StandingFiles) => Answer,
  options?: SshRun,
): Promise<Answer> {
  const folder = folderOf(layout.claimFile);
  const found = await commands.run(findCommand(layout, folder, names), options);
  if (found.code !== 0) {
    // find says that there is no folder in the host's language, and fails for other reasons with the same exit code.
    const { code, stderr } = await commands.run(hostCommand(layout, "test", "-e", folder), options);
    if (code === 1 && reasonOf(stderr) !== "denied") return parse(new Map());
  }
  return commands.read(what, "standing", found, (output) => parse(filesIn(output, folder)));
}

/** One that was asked for; `undefined` when it is not there. @throws {Error} when it could not be read */
export function fileIn(files: StandingFiles, name: string): Required<StandingFile> | undefined {
  const file = files.get(name);
  if (file === undefined) return undefined;
  const { text, modifiedAtMs } = file;
  if (text === undefined) throw new Error(`the file "${name}" could not be read`);
  return { text, modifiedAtMs };
}

/** Names the folder itself, then each file, shows it, and names it again if it could be shown. Others make and remove files meanwhile. */
function findCommand(layout: BufferLayout, folder: string, names: string): string {
  const head = ["-printf", "== %f %T@\\n"];
  const text = ["-type", "f", "-name", names, "-exec", "cat", "{}", ";", "-printf", "\\n== end %f\\n"];
  return hostCommand(layout, "find", "-H", folder, "-ignore_readdir_race", "-maxdepth", "1", ...head, ...text);
}

function filesIn(output: string, folder: string): StandingFiles {
  const files = new Map<string, StandingFile>();
  for (const [, name = "", seconds, text] of output.matchAll(/^== (\S+) ([\d.]+)\n(?:([\s\S]*?)\n== end \1\n)?/gm)) {
    files.set(name, { modifiedAtMs: Math.floor(Number(seconds)) * 1_000, ...(text === undefined ? {} : { text }) });
  }
  if (!files.delete(folder.slice(folder.lastIndexOf("/") + 1))) throw new Error(`find did not name ${folder}`);
  return files;
}
