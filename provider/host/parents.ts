// Who started this process, and whether it still runs. Shells in between (a plugin's script, npm's `sh -c`) are passed through: a shell outlives
// whoever started it, and would hide its end. Sources: proc(5), ps(1); on Windows a process keeps the id of a parent that has ended.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface ParentProcess {
  readonly pid: number;
  /** What tells it from a later process with the same id, where the system says so; else empty. */
  readonly startedAt: string;
}

interface ProcessEntry {
  /** Of the program. */
  readonly name: string;
  readonly parent: number;
  readonly startedAt: string;
}

const SHELLS: ReadonlySet<string> = new Set(["sh", "dash", "bash", "ash", "busybox", "zsh", "ksh", "fish"]);
/** Milliseconds between two looks. */
const LOOK_MS = 500;

/** The processes above `pid`, the nearest first, up to the first that is no shell. On Windows the nearest alone. */
export function parentsOf(pid: number, parent = entryOf(pid)?.parent): readonly ParentProcess[] {
  if (parent === undefined || parent === 0) return [];
  const entry = entryOf(parent);
  const found = { pid: parent, startedAt: entry?.startedAt ?? "" };
  if (entry === undefined || !SHELLS.has(entry.name)) return [found];
  return [found, ...parentsOf(parent, entry.parent)];
}

/** Calls `onGone` once, within a second after any of `parents` of the process `pid` has ended. Keeps no process alive. @returns what ends the watch */
export function watchParents(pid: number, parents: readonly ParentProcess[], onGone: (pid: number) => void): () => void {
  const watch = setInterval(() => {
    const gone = parents.find((parent, index) => hasEnded(parents[index - 1]?.pid ?? pid, parent.pid));
    if (gone === undefined) return;
    clearInterval(watch);
    onGone(gone.pid);
  }, LOOK_MS);
  watch.unref();
  return () => clearInterval(watch);
}

/** Whether a process with this id runs; where that was not the one that `startedAt` means, it has ended. */
export function isRunning({ pid, startedAt }: ParentProcess): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  const now = entryOf(pid);
  if (now === undefined) return process.platform === "win32";
  return startedAt === "" || now.startedAt === startedAt;
}

/** A process whose parent has ended is given another; Windows leaves it the old id. */
function hasEnded(pid: number, parent: number): boolean {
  if (process.platform === "win32") return !isRunning({ pid: parent, startedAt: "" });
  return (pid === process.pid ? process.ppid : entryOf(pid)?.parent) !== parent;
}

/** `undefined` for a process that is not there, and for all but the own one on Windows. */
function entryOf(pid: number): ProcessEntry | undefined {
  try {
    if (process.platform === "linux") return linuxEntry(readFileSync(`/proc/${pid}/stat`, "latin1"));
    if (process.platform !== "win32") return psEntry(execFileSync("ps", ["-o", "ppid=,comm=", "-p", String(pid)], { encoding: "utf8" }));
  } catch {
    return undefined;
  }
  return pid === process.pid ? { name: "", parent: process.ppid, startedAt: "" } : undefined;
}

/** `4711 (sh) S 4700 …`; the name may hold blanks and brackets. The 22nd field is the start, in ticks since the system's own. */
function linuxEntry(stat: string): ProcessEntry | undefined {
  const nameEnd = stat.lastIndexOf(")");
  const fields = stat.slice(nameEnd + 2).split(" ");
  if (fields[0] === "Z") return undefined; // has ended; only its own parent has not asked how
  return { name: stat.slice(stat.indexOf("(") + 1, nameEnd), parent: Number(fields[1]), startedAt: fields[19] ?? "" };
}

/** ` 4700 /bin/sh`; a login shell's name begins with a hyphen. */
function psEntry(line: string): ProcessEntry {
  const [, parent = "", command = ""] = /^\s*(\d+)\s+(.*?)\s*$/.exec(line) ?? [];
  return { name: command.slice(command.lastIndexOf("/") + 1).replace(/^-/, ""), parent: Number(parent), startedAt: "" };
}
