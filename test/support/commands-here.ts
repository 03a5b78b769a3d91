// Runs the command lines for a buffer host in a real shell of this machine, without SSH.
import { execFile } from "node:child_process";
import { HostCommands } from "../../provider/mail/host-commands.ts";
import type { SshResult } from "../../provider/mail/ssh.ts";

export function commandsHere(): HostCommands {
  return new HostCommands("buffer", { run: (command, { stdin = "" } = {}) => runHere(command, stdin) });
}

function runHere(command: string, stdin: string): Promise<SshResult> {
  const { promise, resolve, reject } = Promise.withResolvers<SshResult>();
  const child = execFile("/bin/sh", ["-c", command], { encoding: "buffer", maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
    if (error === null || typeof error.code === "number") resolve({ code: Number(error?.code ?? 0), stdout, stderr: stderr.toString() });
    else reject(error);
  });
  child.stdin?.on("error", () => undefined).end(stdin);
  return promise;
}
