// Sees when the engine that started this process is no more: killed, or gone with its terminal. Nobody records any more what is done then, and the
// next run may have begun. Each sign is enough alone: the parent process, and the pipes to it. (A call that is given up is the fourth: service.ts.)
import type { Readable, Writable } from "node:stream";
import { type ParentProcess, watchParents } from "./parents.ts";

export interface EngineWatchOptions {
  /** Ours, and those above us up to the engine. */
  readonly pid: number;
  readonly parents: readonly ParentProcess[];
  /** The pipes whose other ends the engine alone has. */
  readonly input: Readable;
  readonly output: Writable;
}

/** Milliseconds between two looks at the output. */
const LOOK_MS = 500;

/** Calls `onGone` once, with how it was seen, within a second after the engine has gone. Keeps no process alive but by `input`. @returns what ends the watch */
export function watchEngine({ pid, parents, input, output }: EngineWatchOptions, onGone: (how: string) => void): () => void {
  let isWatching = true;
  const end = () => {
    isWatching = false;
    stopWatching();
    clearInterval(looks);
  };
  const gone = (how: string) => {
    if (isWatching) onGone(how);
    end();
  };
  const stopWatching = watchParents(pid, parents, (parent) => gone(`the process ${parent} that started it has ended`));
  for (const sign of ["end", "close", "error"]) input.once(sign, () => gone("its standard input was closed"));
  input.resume(); // the engine says nothing there but its end
  output.on("error", () => gone("its standard output was closed"));
  // Only who writes is told. The engine passes over a line of blanks.
  const looks = setInterval(() => output.write(" "), LOOK_MS);
  looks.unref();
  return end;
}
