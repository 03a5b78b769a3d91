// Runs command lines on the buffer host, and says in one sentence which of them failed and why. What is asked, and what answers mean, is for others.

import { messageOf } from "../common/reason.ts";
import { MailError } from "./error.ts";
import type { SshConnection, SshResult, SshRun } from "./ssh.ts";

export class HostCommands {
  /** As the program names it. */
  readonly host: string;
  readonly #ssh: Pick<SshConnection, "run">;

  constructor(host: string, ssh: Pick<SshConnection, "run">) {
    this.host = host;
    this.#ssh = ssh;
  }

  /** Whatever its exit code. @throws {MailError} when it did not come to an end */
  run(command: string, options?: SshRun): Promise<SshResult> {
    return this.#ssh.run(command, options);
  }

  /** What is one act: any exit code but 0 is a refusal. @returns all that was said */
  async act(what: string, command: string, options?: SshRun): Promise<string> {
    const result = await this.run(command, options);
    if (result.code !== 0) throw this.refusal(what, result);
    return `${result.stdout.toString()}${result.stderr}`;
  }

  /** One part of what is read. @throws {MailError} also when it ended otherwise than well, or cannot be read */
  async ask<Answer>(what: string, part: string, command: string, parse: (output: string) => Answer, options?: SshRun): Promise<Answer> {
    return this.read(what, part, await this.run(command, options), parse);
  }

  /** The same of a command that has been run. */
  read<Answer>(what: string, part: string, { code, stdout, stderr }: SshResult, parse: (output: string) => Answer): Answer {
    try {
      if (code !== 0) throw new Error(`the part "${part}" ended with exit code ${code}`);
      return parse(stdout.toString());
    } catch (error) {
      const said = stderr.trim().slice(0, 400);
      const reason = said === "" ? "invalidAnswer" : reasonOf(said);
      throw new MailError(this.host, reason, `${what} failed: ${messageOf(error)}${said === "" ? "" : ` (${said})`}`, { cause: error });
    }
  }

  refusal(what: string, { code, stderr }: SshResult): MailError {
    const why = stderr.trim().slice(0, 400) || "no word of why";
    return new MailError(this.host, reasonOf(stderr), `${what} failed with exit code ${code}: ${why}`);
  }
}

/** `denied` when the user may not do it. */
export function reasonOf(stderr: string): "denied" | "rejected" {
  return /reserved for the superuser|password is required|not allowed to execute|Permission denied/i.test(stderr) ? "denied" : "rejected";
}
