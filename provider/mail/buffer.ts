// The buffer host, one function for each thing that is done there, over one SSH connection that is kept. Nothing is tried again here.
// What to release and when is planned in release.ts; what the log proves, in ledger.ts. Sources: postconf(1), postsuper(1), postkick(1).
import { type BufferReading, readBuffer } from "./buffer-reading.ts";
import { claimHost, unclaimHost } from "./claim.ts";
import { type BufferLayout, postfixScript } from "./command.ts";
import { MailError } from "./error.ts";
import { HostCommands } from "./host-commands.ts";
import { type LogReading, type LogStart, readLogSince } from "./log-reading.ts";
import { holdSetting, holdValue } from "./settings.ts";
import type { SshConnection, SshOptions, SshRun } from "./ssh.ts";
import { type BufferTurns, turnsOn } from "./turns.ts";

export interface BufferOptions extends SshOptions {
  /** Whether commands are begun with `sudo -n`; false where `user` is root. */
  readonly sudo: boolean;
  /** Default `/etc/postfix`. */
  readonly configDirectory?: string;
  /** Default `/var/log/mail.log`. */
  readonly logFile?: string;
  /** Default `/var/lib/pulumi-exchange/claim`. */
  readonly claimFile?: string;
  /** For times that people read. Default UTC. */
  readonly timeZone?: string;
}

export type CallOptions = Omit<SshRun, "stdin">;

export interface Buffer {
  /** Reads settings, queue, disk and claim; changes nothing. */
  observe(options?: CallOptions): Promise<BufferReading>;
  /** From now on all that arrives is held. What is in the queue already is not. */
  hold(options?: CallOptions): Promise<void>;
  /** From now on arriving mail goes on at once. What is held stays held. */
  unhold(options?: CallOptions): Promise<void>;
  /**
   * Sends held messages on their way, or requeues them (`-r`): then their lifetime begins anew and each gets a new id.
   * Ids that are not in the queue any more are passed over.
   * @returns how many Postfix took
   */
  releaseBatch(ids: readonly string[], how: { readonly requeue: boolean }, options?: CallOptions): Promise<number>;
  /**
   * Marks the buffer as that of a program, by the name that it has now, the first of `programs`. A claim that bears another of its names is renewed.
   * @throws {MailError} reason `rejected` when another program's claim stands
   */
  claim(programs: readonly string[], options?: CallOptions): Promise<void>;
  /**
   * Takes the mark away that bears one of these names of a program; harmless when there is none.
   * @throws {MailError} reason `rejected` when another program's claim stands
   */
  unclaim(programs: readonly string[], options?: CallOptions): Promise<void>;
  /** What the mail log tells since `start`, however often it was rotated; without it, only where the log ends. */
  ledgerSince(start?: LogStart, options?: CallOptions): Promise<LogReading>;
  /** Whose turn it is to work with this site. */
  readonly turns: BufferTurns;
}

/**
 * The buffer host behind whatever runs command lines there as an SSH connection does. Every function throws {MailError}: `unreachable`, `timedOut`,
 * `sessionLost` (whether the command was carried out is not known), `denied`, `rejected` (the host refused), `invalidAnswer`.
 */
export function bufferOver(ssh: Pick<SshConnection, "run">, options: Omit<BufferOptions, "user" | "privateKey" | "hostKey">): Buffer {
  const {
    host,
    sudo,
    configDirectory = "/etc/postfix",
    logFile = "/var/log/mail.log",
    claimFile = "/var/lib/pulumi-exchange/claim",
    timeZone,
  } = options;
  const layout: BufferLayout = { sudo, configDirectory, logFile, claimFile, timeZone };
  const commands = new HostCommands(host, ssh);

  async function setHold(what: string, value: string, run?: SshRun): Promise<void> {
    await commands.act(what, postfixScript(layout, "configure", `${holdSetting} = ${value}`), run);
  }

  return {
    observe: (run) => readBuffer(commands, layout, run),
    hold: (run) => setHold("holding mail", holdValue, run),
    unhold: (run) => setHold("no longer holding mail", "", run),
    releaseBatch: async (ids, { requeue }, run) => {
      const strange = ids.find((id) => !/^[0-9A-Za-z]+$/.test(id));
      if (strange !== undefined) throw new MailError(host, "rejected", `"${strange}" is not a queue id; nothing was released`);
      if (ids.length === 0) return 0;
      const stdin = ids.map((id) => `${id}\n`).join("");
      const script = postfixScript(layout, requeue ? "requeue" : "release");
      const said = await commands.act(requeue ? "requeueing held mail" : "releasing held mail", script, { ...run, stdin });
      return Number(/^postsuper: (?:Released from hold|Requeued): (\d+) message/m.exec(said)?.[1] ?? 0);
    },
    claim: (programs, run) => claimHost(commands, layout, programs, run),
    unclaim: (programs, run) => unclaimHost(commands, layout, programs, run),
    ledgerSince: (start, run) => readLogSince(commands, layout, start, run),
    turns: turnsOn(commands, layout),
  };
}
