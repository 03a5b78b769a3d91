// One Exchange organisation: which transport reaches which server, and one reading for all who ask the same thing at the same time.
// It decides nothing and retries nothing; what a cmdlet means stands in its own file beside this one.
import type { PsObject } from "../remoting/clixml/values.ts";
import type { CmdletParameters, CmdletTransport } from "../remoting/transport.ts";
import { cmdletError } from "./error.ts";

/** `exchange` runs Exchange's cmdlets; `windows` is the server's own PowerShell, for what belongs to that machine alone. */
export type Endpoint = "exchange" | "windows";

export interface Organisation {
  /** Runs a cmdlet on a server and returns what it wrote. @throws {CmdletError} for the first error in the answer @throws {RemotingError} for none */
  run(server: string, endpoint: Endpoint, cmdlet: string, parameters: CmdletParameters, signal?: AbortSignal): Promise<readonly PsObject[]>;
  /** What `key` read no longer than `maxAgeMs` ago, or else what `read` reads now; askers at the same time share one reading. */
  shared<T>(key: string, maxAgeMs: number, read: () => Promise<T>): Promise<T>;
  /** Forgets shared readings: the site has been changed. */
  changed(): void;
  close(): Promise<void>;
}

export interface OrganisationOptions {
  readonly transportOf: (server: string, endpoint: Endpoint) => CmdletTransport;
  readonly nowMs: () => number;
  /** Milliseconds of real time that one cmdlet may take. */
  readonly timeoutMs: number;
}

export function openOrganisation(options: OrganisationOptions): Organisation {
  const transports = new Map<string, CmdletTransport>();
  const readings = new Map<string, { readonly atMs: number; readonly value: Promise<unknown>; settled: boolean }>();
  const transportOf = (server: string, endpoint: Endpoint): CmdletTransport => {
    const key = `${endpoint} ${server.toLowerCase()}`;
    const known = transports.get(key) ?? options.transportOf(server, endpoint);
    transports.set(key, known);
    return known;
  };
  return {
    async run(server, endpoint, cmdlet, parameters, signal) {
      const answer = await transportOf(server, endpoint).invoke(cmdlet, parameters, {
        timeoutMs: options.timeoutMs,
        ...(signal ? { signal } : {}),
      });
      const error = answer.errors[0];
      if (error !== undefined) throw cmdletError(server, cmdlet, parameters, error);
      return answer.objects;
    },
    shared<T>(key: string, maxAgeMs: number, read: () => Promise<T>): Promise<T> {
      const known = readings.get(key);
      if (known !== undefined && (!known.settled || options.nowMs() - known.atMs < maxAgeMs)) return known.value as Promise<T>;
      const value = read();
      const reading = { atMs: options.nowMs(), value, settled: false };
      readings.set(key, reading);
      value.then(
        () => {
          reading.settled = true;
        },
        () => {
          if (readings.get(key) === reading) readings.delete(key);
        },
      );
      return value;
    },
    changed() {
      readings.clear();
    },
    async close() {
      await Promise.all([...transports.values()].map((transport) => transport.close()));
      transports.clear();
    },
  };
}

/** The server's short name in lower case: `EX01.contoso.local` and `ex01` are one server. */
export function serverName(name: string): string {
  return (name.split(".")[0] ?? name).toLowerCase();
}
