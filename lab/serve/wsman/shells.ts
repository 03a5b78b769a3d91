// The shells of one endpoint: who owns each, how many a user may have, and when an idle one is forgotten. Time is real time here, as for any
// protocol: the lab's clock moves mail, not connections. Sources: Exchange's default throttling policy (18 sessions) and web.config
// (15 minutes idle); WinRM's defaults (30 shells, 2 hours).
import type { Configuration } from "../cmdlet-host.ts";
import type { RunspacePool } from "../psrp/pool.ts";

export interface ShellLimits {
  /** Shells that one user may have at this endpoint. */
  readonly perUser: number;
  /** Longest idle time in milliseconds; a client may ask for less, down to a minute. */
  readonly idleMs: number;
  /** Commands in one shell that nobody terminated. */
  readonly commandsPerShell: number;
  /** Longest OperationTimeout in milliseconds that is honoured. */
  readonly operationMs: number;
}

export const LIMITS: Readonly<Record<Configuration, ShellLimits>> = {
  "Microsoft.Exchange": { perUser: 18, idleMs: 900_000, commandsPerShell: 1000, operationMs: 900_000 },
  "Microsoft.PowerShell": { perUser: 30, idleMs: 7_200_000, commandsPerShell: 1000, operationMs: 60_000 },
};

const LEAST_IDLE_MS = 60_000;

export interface Shell {
  readonly id: string;
  readonly user: string;
  readonly processId: number;
  readonly pool: RunspacePool;
  readonly idleTimeoutMs: number;
  readonly createdAtMs: number;
  usedAtMs: number;
  /** Requests on it that have not been answered: such a shell is not idle. */
  busy: number;
}

export class Shells {
  readonly #limits: ShellLimits;
  readonly #nowMs: () => number;
  readonly #shells = new Map<string, Shell>();
  #lastProcessId = 4000;

  constructor(limits: ShellLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Undefined when the user has as many as allowed. `idleTimeoutMs`: what the client asked for. */
  create(id: string, user: string, pool: RunspacePool, idleTimeoutMs = this.#limits.idleMs): Shell | undefined {
    this.#forgetIdle();
    const own = [...this.#shells.values()].filter((shell) => shell.user === user);
    if (own.length >= this.#limits.perUser) return undefined;
    this.#lastProcessId += 4;
    const shell: Shell = {
      id: id.toUpperCase(),
      user,
      processId: this.#lastProcessId,
      pool,
      idleTimeoutMs: Math.max(LEAST_IDLE_MS, Math.min(idleTimeoutMs, this.#limits.idleMs)),
      createdAtMs: this.#nowMs(),
      usedAtMs: this.#nowMs(),
      busy: 0,
    };
    this.#shells.set(shell.id, shell);
    return shell;
  }

  /** The user's own shell of that id; undefined when there is none, or none any more. */
  find(id: string, user: string): Shell | undefined {
    this.#forgetIdle();
    const shell = this.#shells.get(id.toUpperCase());
    return shell?.user === user ? shell : undefined;
  }

  remove(shell: Shell): void {
    this.#shells.delete(shell.id);
    shell.pool.close();
  }

  /** Forgets all of them, as a restart of the server does. */
  clear(): void {
    for (const shell of [...this.#shells.values()]) this.remove(shell);
  }

  #forgetIdle(): void {
    const nowMs = this.#nowMs();
    for (const shell of [...this.#shells.values()])
      if (shell.busy === 0 && nowMs - shell.usedAtMs > shell.idleTimeoutMs) this.remove(shell);
  }
}
