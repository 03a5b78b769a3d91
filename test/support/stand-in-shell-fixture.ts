// A stand-in PowerShell for each test, and transports through it that are closed afterwards.
import { deepEqual, ok, rejects } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import type { CmdletRequest } from "../../lab/serve/cmdlet-host.ts";
import {
  type PowerShellTransport,
  type PowerShellTransportInternals,
  type PowerShellTransportOptions,
  powerShellTransport,
} from "../../provider/remoting/powershell/powershell-transport.ts";
import type { RemoteSession } from "../../provider/remoting/powershell/requests.ts";
import { RemotingError, type RemotingReason, Secret } from "../../provider/remoting/transport.ts";
import { type StandInShell, standInShell } from "./stand-in-shell.ts";
import { everydayCmdlets } from "./stand-in-shell-cmdlets.ts";

export const USER = "pauser@contoso.local";
/** Longer than one block of RSA, and beyond ASCII. */
export const PASSWORD = `not-for-anyone-ÄÖ€😀-${"x".repeat(150)}`;

export function remoteSession(parts: Partial<RemoteSession> = {}): RemoteSession {
  return {
    connectionUri: "http://ex01.contoso.local/PowerShell/",
    configurationName: "Microsoft.Exchange",
    authentication: "kerberos",
    credential: { user: USER, password: new Secret(PASSWORD) },
    ...parts,
  };
}

/** Call it in a `describe`. */
export class StandInFixture {
  readonly requests: CmdletRequest[] = [];
  readonly #transports: PowerShellTransport[] = [];
  #standIn: StandInShell | undefined;

  constructor() {
    beforeEach(async () => {
      this.requests.splice(0);
      this.#standIn = await standInShell(everydayCmdlets(this.requests), { accounts: new Map([[USER, PASSWORD]]) });
    });
    afterEach(async () => {
      await Promise.all(this.#transports.splice(0).map((transport) => transport.close()));
      await this.#standIn?.stop();
    });
  }

  get standIn(): StandInShell {
    if (this.#standIn === undefined) throw new Error("no test runs");
    return this.#standIn;
  }

  transport(options: Partial<PowerShellTransportOptions> = {}, internals: PowerShellTransportInternals = {}): PowerShellTransport {
    const made = powerShellTransport(
      { endpoint: "ex01 (Microsoft.Exchange)", executable: this.standIn.executable, session: remoteSession(), ...options },
      internals,
    );
    this.#transports.push(made);
    return made;
  }

  /** Resolves when the processes of the first `count` starts are gone, with those that they started. */
  async gone(count: number): Promise<void> {
    const pids = this.standIn.processes.slice(0, count).flatMap(({ pid, children }) => [pid, ...children]);
    for (const pid of pids) while (isAlive(pid)) await delay(5);
  }
}

/** The call fails for this reason, with exactly this sentence, and nothing in the error gives the password away. */
export async function fails(running: Promise<unknown>, reason: RemotingReason, message: string): Promise<RemotingError> {
  let found: RemotingError | undefined;
  await rejects(running, (error: unknown) => {
    ok(error instanceof RemotingError, inspect(error));
    deepEqual({ reason: error.reason, message: error.message }, { reason, message });
    ok(!inspect(error, { depth: 20, showHidden: true }).includes(PASSWORD.slice(0, 14)), "the password is in the error");
    found = error;
    return true;
  });
  if (found === undefined) throw new Error("nothing was thrown");
  return found;
}

/** Killed and not yet buried counts as dead. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : "");
  } catch {
    return false;
  }
}
