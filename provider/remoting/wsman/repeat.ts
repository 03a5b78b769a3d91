// Asking again: what may be repeated on a connection that breaks, and how often a server is asked that has nothing to say. Decides nothing
// about Commands.
import { setTimeout as sleep } from "node:timers/promises";
import { WsmanError } from "../problem.ts";

/** The connection broke, or there was none: the request itself was not answered, neither well nor badly. */
export function isLost(error: unknown): error is WsmanError {
  return error instanceof WsmanError && (error.problem.kind === "broken" || error.problem.kind === "notConnected");
}

/**
 * Calls `act` again while its connection is lost, after pauses in milliseconds, as many times as there are pauses; `onLost` before each.
 * @throws {WsmanError} the last error, or `aborted`
 */
export async function repeatWhileLost<Result>(
  act: () => Promise<Result>,
  pausesMs: readonly number[],
  signal: AbortSignal,
  onLost: () => void = () => {},
): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      const pauseMs = pausesMs[attempt];
      if (!isLost(error) || pauseMs === undefined || signal.aborted) throw error;
      onLost();
      await pause(pauseMs, signal);
    }
  }
}

/** A server holds a Receive until it has something to say, or until the operation timeout; one that answers sooner with nothing is odd. */
const QUICK_MS = 1_000;
/** Milliseconds after the first, second, … quick answer with nothing in it, in a row; the last one for all further. */
const QUICK_PAUSES_MS: readonly number[] = [0, 0, 0, 100, 250, 500, 1_000];

/** Keeps a server that answers with nothing, at once and again and again, from being asked thousands of times a second. */
export class Backoff {
  readonly #pausesMs: readonly number[];
  #inARow = 0;

  constructor(pausesMs: readonly number[] = QUICK_PAUSES_MS) {
    this.#pausesMs = pausesMs;
  }

  /** Calls `ask`, then pauses if it quickly came to nothing. @throws {WsmanError} `aborted`, or what `ask` throws */
  async ask<Result>(ask: () => Promise<Result>, isNothing: (result: Result) => boolean, signal: AbortSignal): Promise<Result> {
    const askedAtMs = performance.now();
    const result = await ask();
    const isQuick = isNothing(result) && performance.now() - askedAtMs < QUICK_MS;
    this.#inARow = isQuick ? this.#inARow + 1 : 0;
    if (isQuick) await pause(this.#pausesMs[Math.min(this.#inARow, this.#pausesMs.length) - 1] ?? 0, signal);
    return result;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw new WsmanError({ kind: "aborted" });
  });
}
