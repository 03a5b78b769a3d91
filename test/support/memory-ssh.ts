// Commands to the lab's buffer host without a socket. Those that are sent together and ask nobody whether they may are one call of the run: a death
// between two of them leaves nothing behind that one before or after them would not.
import type { BufferHost } from "../../lab/world/buffer.ts";
import type { SshConnection, SshResult } from "../../provider/mail/ssh.ts";
import type { Wire } from "./wire.ts";

interface Together {
  readonly commands: string[];
  readonly answers: Promise<readonly SshResult[]>;
}

export function memorySsh({ host, user }: { readonly host: string; readonly user: string }, wire: Wire): Pick<SshConnection, "run"> {
  let together: Together | undefined;

  function begin(): Together {
    const commands: string[] = [];
    const answers = Promise.resolve().then(() => {
      together = undefined;
      // Turns and claims are written by commands that ask nobody: a copy of the world needs them, too.
      return wire.change(titleOf(commands), undefined, ({ buffer }) => commands.map((command) => done(buffer, command, "")));
    });
    return { commands, answers };
  }

  function done(buffer: BufferHost, command: string, stdin: string): SshResult {
    const { code, stdout, stderr } = buffer.run(command, stdin, user);
    return { code, stdout: Buffer.from(stdout), stderr };
  }

  function titleOf(commands: readonly string[]): string {
    return `SSH to ${host}: ${commands.map(programOf).join(", ")}`;
  }

  return {
    run: async (command, { stdin = "", beforeSend } = {}) => {
      if (beforeSend !== undefined) return wire.change(titleOf([command]), beforeSend, ({ buffer }) => done(buffer, command, stdin));
      together ??= begin();
      const { commands, answers } = together;
      const place = commands.push(command) - 1;
      const answer = (await answers)[place];
      if (answer === undefined) throw new Error(`${command} was not run`);
      return answer;
    },
  };
}

/** The program of a command line, or the name of the script that `sh` is given. */
function programOf(command: string): string {
  return /^(?:sh -c '[^']*' |sudo -n )?(?:\/usr\/sbin\/)?(\w+)/.exec(command)?.[1] ?? command;
}
