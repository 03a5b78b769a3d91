// Chooses the server whose Exchange endpoint is asked where any can answer for the organisation: the one named, or another when it lets nobody in.
// What was let in anywhere, or may have run, is never asked elsewhere.
import { type CmdletCall, RemotingError } from "../remoting/transport.ts";

/** Milliseconds in which a server that let nobody in is tried after all others. */
const avoidedMs = 60_000;

interface Failure {
  readonly server: string;
  readonly error: RemotingError;
}

export class Endpoints {
  readonly #nowMs: () => number;
  /** By short name: what the server is called in calls, in the order of preference. */
  readonly #known = new Map<string, string>();
  readonly #failedAtMs = new Map<string, number>();
  #last: string | undefined;

  constructor(servers: readonly string[], nowMs: () => number) {
    this.#nowMs = nowMs;
    this.know(servers);
  }

  /** Servers whose endpoint may be asked in place of another. */
  know(servers: readonly string[]): void {
    for (const server of servers) if (!this.#known.has(serverName(server))) this.#known.set(serverName(server), server);
  }

  /** The first known server; `undefined` before there is one. */
  get first(): string | undefined {
    return this.#known.values().next().value;
  }

  /** Lets `ask` ask `server` alone. */
  async thisServer<T>(server: string, ask: (server: string) => Promise<T>): Promise<T> {
    this.know([server]);
    try {
      const answer = await ask(server);
      this.#failedAtMs.delete(serverName(server));
      this.#last = serverName(server);
      return answer;
    } catch (error) {
      if (isShut(error)) this.#failedAtMs.set(serverName(server), this.#nowMs());
      throw error;
    }
  }

  /**
   * Lets `ask` ask `server`, and while nobody is let in, the one that answered last and then the others; those of which that is known come last.
   * @throws {RemotingError} naming each server and why, when none lets anybody in
   */
  async anyServer<T>(server: string, ask: (server: string) => Promise<T>): Promise<T> {
    this.know([server]);
    const failures: Failure[] = [];
    for (const next of this.#order(server)) {
      try {
        return await this.thisServer(next, ask);
      } catch (error) {
        if (!isShut(error)) throw error;
        failures.push({ server: next, error });
      }
    }
    throw nobodyLetIn(failures);
  }

  #order(server: string): readonly string[] {
    const preferred = [serverName(server), this.#last, ...this.#known.keys()].filter((name) => name !== undefined);
    const names = [...new Set(preferred)];
    const nowMs = this.#nowMs();
    const avoided = (name: string) => nowMs - (this.#failedAtMs.get(name) ?? Number.NEGATIVE_INFINITY) < avoidedMs;
    return [...names.filter((name) => !avoided(name)), ...names.filter(avoided)].map((name) => this.#known.get(name) ?? name);
  }
}

/** The server's short name in lower case: `EX01.contoso.local` and `ex01` are one server. */
export function serverName(name: string): string {
  return (name.split(".")[0] ?? name).toLowerCase();
}

/**
 * Whether nobody was let in, so that another server may be asked. Who was told when to come back was let in; a password that one server does not
 * take is not shown to the others, for each counts towards locking the account; a deadline that is over is over everywhere.
 */
function isShut(error: unknown): error is RemotingError {
  if (!(error instanceof RemotingError) || error.mayHaveRun || error.retryAfterMs !== undefined) return false;
  return error.reason !== "denied" && error.reason !== "timedOut" && error.reason !== "stopped";
}

/** The reason is that of a server which said something; `unreachable` only where none did. */
function nobodyLetIn(failures: readonly Failure[]): Error {
  const [first] = failures;
  if (first === undefined) return new TypeError("no server was asked");
  if (failures.length === 1) return first.error;
  const said = failures.find(({ error }) => error.reason !== "unreachable") ?? first;
  const call: CmdletCall = { ...first.error.call, endpoint: failures.map(({ server }) => server).join(", ") };
  const detail = `none of them lets us in: ${failures.map(({ server, error }) => `${server}: ${detailOf(error)}`).join("; ")}`;
  return new RemotingError(call, said.error.reason, detail, { cause: said.error, mayHaveRun: false });
}

function detailOf({ message, call }: RemotingError): string {
  const start = `${call.cmdlet} on ${call.endpoint}: `;
  return message.startsWith(start) ? message.slice(start.length) : message;
}
