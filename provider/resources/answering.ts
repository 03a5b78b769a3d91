// Asking one of several servers that can all answer the same thing.
import { isSilence } from "../engine/retry.ts";

/** What the first server that answers says. @throws the first server's error when none does, or any error that is not silence */
export async function firstAnswering<T>(servers: readonly string[], ask: (server: string) => Promise<T>): Promise<T> {
  let first: unknown;
  for (const server of servers) {
    try {
      return await ask(server);
    } catch (error) {
      if (!isSilence(error)) throw error;
      first ??= error;
    }
  }
  throw first;
}
