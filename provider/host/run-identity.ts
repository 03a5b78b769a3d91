// Which run this is: the engine that asks, on the machine where it runs. All plugins of one `pulumi up` are one run; two engines are two.
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Runner } from "../engine/turn.ts";
import { isRunning, type ParentProcess } from "./parents.ts";

/** The run of `engine`; of this process where it has none above it. */
export function thisRun(engine: ParentProcess | undefined): Runner {
  const { pid, startedAt } = engine ?? { pid: process.pid, startedAt: "" };
  return { host: hostname(), pid, startedAt, machine: machine() };
}

/** Whether that run has surely ended: only of this machine's own processes is that known. */
export function isOver(runner: Runner): boolean {
  return runner.machine === machine() && !isRunning(runner);
}

/**
 * What tells machines apart on which one process id means two processes: a host name is not enough for containers. On Linux the start of the system and
 * the space of process ids; elsewhere the host's name. Sources: random(4), pid_namespaces(7).
 */
function machine(): string {
  if (process.platform !== "linux") return hostname();
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return `${hostname()} ${process.pid}`; // not known: no other process is of this machine
  }
}
