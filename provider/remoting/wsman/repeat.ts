// Repeating what may be repeated on a connection that breaks: only calls whose answer the server still holds. Decides nothing about Commands.
import { setTimeout as sleep } from "node:timers/promises";
import { WsmanError } from "./problems.ts";

/** The connection broke, or there was none: the request itself was not answered, neither well nor badly. */
export function isLost(error: unknown): error is WsmanError {
  return error instanceof WsmanError && (error.problem.kind === "broken" || error.problem.kind === "notConnected");
}

/**
 * Calls `act` again while its connection is lost, after pauses in milliseconds, as many times as there are pauses.
 * @throws {WsmanError} the last error, or `aborted`
 */
export async function repeatWhileLost<Result>(
  act: () => Promise<Result>,
  pausesMs: readonly number[],
  signal: AbortSignal,
): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      const pauseMs = pausesMs[attempt];
      if (!isLost(error) || pauseMs === undefined || signal.aborted) throw error;
      await sleep(pauseMs, undefined, { signal }).catch(() => {
        throw new WsmanError({ kind: "aborted" });
      });
    }
  }
}
