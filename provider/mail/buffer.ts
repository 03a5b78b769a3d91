// The buffer host, one function per command, over one SSH connection that is kept. Fixed command lines; nothing is tried again here.
// What to release and when is planned in release.ts; what the log proves, in ledger.ts. Sources: postconf(1), postsuper(1), postkick(1).
import { randomBytes } from "node:crypto";
import { type BufferReading, parseReading, readingScript } from "./buffer-reading.ts";
import { type Claim, claimedBy, claimOf, claimParts, claimScript, unclaimScript } from "./claim.ts";
import { MailError, textOf } from "./error.ts";
import { type LogPosition, type LogReading, readLogSince } from "./log-reading.ts";
import { quote } from "./quote.ts";
import { type BufferLayout, framed, postfixCommand, unframed } from "./script.ts";
import { holdSetting, holdValue } from "./settings.ts";
import { SshConnection, type SshOptions, type SshRun } from "./ssh.ts";
import { type BufferTurns, turnsOver } from "./turns.ts";

export interface BufferOptions extends SshOptions {
  /** Whether commands are begun with `sudo -n`; false where `user` is root. */
  readonly sudo: boolean;
  /** Default `/etc/postfix`. */
  readonly configDirectory?: string;
  /** Default `/var/log/mail.log`. */
  readonly logFile?: string;
  /** Default `/var/lib/pulumi-exchange/claim`. */
  readonly claimFile?: string;
}

export type CallOptions = Omit<SshRun, "stdin">;

export interface Buffer {
  /** Reads settings, queue, disk and claim in one round trip; changes nothing. */
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
   * Marks the buffer as `program`'s; when it is already, leaves it so.
   * @throws {MailError} reason `rejected` when another program's claim stands
   */
  claim(program: string, options?: CallOptions): Promise<Claim>;
  /** Takes the mark away; harmless when there is none. @throws {MailError} reason `rejected` when another program's claim stands */
  unclaim(program: string, options?: CallOptions): Promise<void>;
  /** The lines of the mail log since `position` (absent: since its beginning), across one rotation. */
  ledgerSince(position?: LogPosition, options?: CallOptions): Promise<LogReading>;
  /** Whose turn it is to work with this site. */
  readonly turns: BufferTurns;
  /** Ends the SSH connection. Safe to call twice. */
  close(): void;
}

/**
 * The buffer host behind `options`. Connects at the first call. Every function throws {MailError}: `unreachable`, `timedOut`,
 * `sessionLost` (whether the command was carried out is not known), `denied`, `rejected` (the host refused), `invalidAnswer`.
 */
export function openBuffer(options: BufferOptions): Buffer {
  return bufferOver(new SshConnection(options), options);
}

/** The same over whatever runs command lines on the host as an SSH connection does. */
export function bufferOver(
  ssh: Pick<SshConnection, "run" | "close">,
  options: Omit<BufferOptions, "user" | "privateKey" | "hostKey">,
): Buffer {
  const {
    host,
    sudo,
    configDirectory = "/etc/postfix",
    logFile = "/var/log/mail.log",
    claimFile = "/var/lib/pulumi-exchange/claim",
  } = options;
  const layout: BufferLayout = { sudo, configDirectory, logFile, claimFile };
  const postfix = (program: string, ...words: readonly string[]) => postfixCommand(layout, program, ...words);

  /** Runs a script that is one act: any exit code but 0 is a refusal. */
  async function act(what: string, script: string, run?: SshRun): Promise<string> {
    const { code, stdout, stderr } = await ssh.run(script, run);
    if (code === 0) return `${stdout.toString()}${stderr}`;
    throw new MailError(
      host,
      reasonOf(stderr),
      `${what} failed with exit code ${code}: ${stderr.trim().slice(0, 400) || "no word of why"}`,
    );
  }

  /** Runs a script whose parts tell how each went. */
  async function ask<Answer>(what: string, script: string, parse: (output: string) => Answer, run?: SshRun): Promise<Answer> {
    const { stdout, stderr } = await ssh.run(script, run);
    try {
      return parse(stdout.toString());
    } catch (error) {
      const said = stderr.trim().slice(0, 400);
      const reason = said === "" ? "invalidAnswer" : reasonOf(said);
      throw new MailError(host, reason, `${what} failed: ${textOf(error)}${said === "" ? "" : ` (${said})`}`, { cause: error });
    }
  }

  function setHold(what: string, value: string, run?: SshRun): Promise<string> {
    return act(what, `${postfix("postconf", "-e", quote(`${holdSetting} = ${value}`))} && ${postfix("postfix", "reload")}`, run);
  }

  return {
    observe: (run) => ask("reading the buffer", readingScript(layout), parseReading, run),
    hold: async (run) => void (await setHold("holding mail", holdValue, run)),
    unhold: async (run) => void (await setHold("no longer holding mail", "", run)),
    releaseBatch: async (ids, { requeue }, run) => {
      const strange = ids.find((id) => !/^[0-9A-Za-z]+$/.test(id));
      if (strange !== undefined) throw new MailError(host, "rejected", `"${strange}" is not a queue id; nothing was released`);
      if (ids.length === 0) return 0;
      const stdin = ids.map((id) => `${id}\n`).join("");
      // A requeued message lies in maildrop until pickup looks there, once a minute unless it is woken.
      const script = requeue
        ? `${postfix("postsuper", "-r", "-")} && ${postfix("postkick", "public", "pickup", "W")}`
        : `${postfix("postsuper", "-H", "-")} && ${postfix("postqueue", "-f")}`;
      const said = await act(requeue ? "requeueing held mail" : "releasing held mail", script, { ...run, stdin });
      return Number(/^postsuper: (?:Released from hold|Requeued): (\d+) message/m.exec(said)?.[1] ?? 0);
    },
    claim: async (program, run) => {
      if (!/^[\w./:@-]{1,200}$/.test(program)) throw new MailError(host, "rejected", `"${program}" cannot be the name of a claim`);
      const script = claimScript(layout, program, randomBytes(6).toString("hex"));
      const stands = await ask("claiming the buffer", script, (output) => claimOf(unframed(output)), run);
      if (stands === undefined) throw new MailError(host, "rejected", `the claim could not be written to ${claimFile}`);
      if (stands.program !== program) throw claimedBy(host, stands, program);
      return stands;
    },
    unclaim: async (program, run) => {
      const { beforeSend: _none, ...reading } = run ?? {};
      const claim = await ask("reading the claim", framed(claimParts(layout)), (output) => claimOf(unframed(output)), reading);
      if (claim === undefined) return;
      if (claim.program !== program) throw claimedBy(host, claim, program);
      await act("giving the buffer back", unclaimScript(layout), run);
    },
    ledgerSince: (position, run) => readLogSince(layout, position, (script) => ssh.run(script, run).then(({ stdout }) => stdout), host),
    turns: turnsOver(layout, host, act, ask),
    close: () => ssh.close(),
  };
}

function reasonOf(stderr: string): "denied" | "rejected" {
  return /reserved for the superuser|password is required|not allowed to execute|Permission denied/i.test(stderr) ? "denied" : "rejected";
}
