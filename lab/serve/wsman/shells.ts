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
  /** Requests of one user that have not been answered. */
  readonly operationsPerUser: number;
}

export const LIMITS: Readonly<Record<Configuration, ShellLimits>> = {
  "Microsoft.Exchange": { perUser: 18, idleMs: 900_000, commandsPerShell: 1000, operationMs: 900_000, operationsPerUser: 1500 },
  "Microsoft.PowerShell": { perUser: 30, idleMs: 7_200_000, commandsPerShell: 1000, operationMs: 60_000, operationsPerUser: 1500 },
};

const LEAST_IDLE_MS = 60_000;
/** Reports say "about two minutes" until a shell of which nothing is asked is disconnected; a recorded one with 60 s of IdleTimeOut was after 62. */
const DISCONNECTED_AFTER_MS = 120_000;

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
  /** Since when it is disconnected, because nobody asked anything of it. The lab lets nobody reconnect. */
  disconnectedAtMs: number | undefined;
}

export class Shells {
  readonly #limits: ShellLimits;
  readonly #nowMs: () => number;
  readonly #disconnectIdle: boolean;
  /** By user and id: one user cannot take another's id away. */
  readonly #shells = new Map<string, Shell>();
  #lastProcessId = 4000;

  /** `disconnectIdle`: whether a shell of which nothing is asked is disconnected first, after two minutes at most, and forgotten its idle time later. */
  constructor(limits: ShellLimits, nowMs: () => number, { disconnectIdle = false }: { readonly disconnectIdle?: boolean } = {}) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#disconnectIdle = disconnectIdle;
  }

  /** Whether the user has fewer than allowed, one with that id not counted: a Create that is repeated takes the place of the first. */
  hasRoomFor(id: string, user: string): boolean {
    this.#lookAround();
    const others = [...this.#shells.values()].filter((shell) => shell.user === user && shell.id !== id.toUpperCase());
    return others.length < this.#limits.perUser;
  }

  /** Whether the user waits for fewer answers than allowed. */
  mayAsk(user: string): boolean {
    let busy = 0;
    for (const shell of this.#shells.values()) if (shell.user === user) busy += shell.busy;
    return busy < this.#limits.operationsPerUser;
  }

  /** `idleTimeoutMs`: what the client asked for. Ask `hasRoomFor` before. */
  create(id: string, user: string, pool: RunspacePool, idleTimeoutMs = this.#limits.idleMs): Shell {
    const before = this.find(id, user);
    if (before !== undefined) this.remove(before);
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
      disconnectedAtMs: undefined,
    };
    this.#shells.set(keyOf(id, user), shell);
    return shell;
  }

  /** The user's own shell of that id; undefined when there is none, or none any more. */
  find(id: string, user: string): Shell | undefined {
    this.#lookAround();
    return this.#shells.get(keyOf(id, user));
  }

  remove(shell: Shell): void {
    const key = keyOf(shell.id, shell.user);
    if (this.#shells.get(key) === shell) this.#shells.delete(key);
    shell.pool.close();
  }

  /** Forgets all of them, as a restart of the server does. */
  clear(): void {
    for (const shell of this.#shells.values()) this.remove(shell);
  }

  #lookAround(): void {
    const nowMs = this.#nowMs();
    for (const shell of this.#shells.values()) {
      if (shell.busy > 0) continue;
      const idleMs = nowMs - shell.usedAtMs;
      const forgottenMs = nowMs - (shell.disconnectedAtMs ?? (this.#disconnectIdle ? nowMs : shell.usedAtMs));
      if (forgottenMs > shell.idleTimeoutMs) this.remove(shell);
      else if (this.#disconnectIdle && idleMs > Math.min(shell.idleTimeoutMs, DISCONNECTED_AFTER_MS))
        shell.disconnectedAtMs ??= shell.usedAtMs + Math.min(shell.idleTimeoutMs, DISCONNECTED_AFTER_MS);
    }
  }
}

function keyOf(id: string, user: string): string {
  return `${id.toUpperCase()} ${user}`;
}
