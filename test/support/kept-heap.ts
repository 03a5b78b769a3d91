// How much of the heap is in use once all garbage is gone: what a test that looks for a leak must compare.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects all garbage now. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("the garbage cannot be collected on demand");
  collect();
}

/** Bytes. Takes some tens of milliseconds. */
export function keptHeapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
