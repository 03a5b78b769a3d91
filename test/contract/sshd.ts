// A real OpenSSH server on a free loopback port, with keys of its own, for the user who runs the tests (root).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findOnPath } from "../../setup/places.ts";
import { freePort, listening, runFile, start } from "./processes.ts";

const systemPath = "/usr/sbin:/usr/bin:/sbin:/bin";

/** Whether sshd is there and may be run: it wants to be root to let somebody in. */
export function sshdAvailable(): boolean {
  return process.getuid?.() === 0 && ["sshd", "ssh-keygen"].every((name) => findOnPath(name, systemPath) !== undefined);
}

export interface Sshd {
  readonly port: number;
  /** As `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
  /** OpenSSH private key that is let in as root. */
  readonly privateKey: string;
  stop(): Promise<void>;
}

export async function startSshd(folder: string): Promise<Sshd> {
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const hostKey = path.join(folder, "host-key");
  const userKey = path.join(folder, "user-key");
  for (const file of [hostKey, userKey]) await runFile("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  const port = await freePort();
  const config = path.join(folder, "sshd_config");
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${userKey}.pub`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    // bash reads ~/.bashrc even for one command over SSH; what stands there on this machine is not our matter.
    `SetEnv HOME=${folder}`,
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  const server = start("/usr/sbin/sshd", ["-D", "-e", "-f", config], folder);
  await listening(port).catch((error: unknown) => {
    throw new Error(`sshd did not start: ${server.said()}`, { cause: error });
  });
  const { stdout } = await runFile("ssh-keygen", ["-lf", `${hostKey}.pub`]);
  return { port, fingerprint: stdout.split(" ")[1] ?? "", privateKey: readFileSync(userKey, "utf8"), stop: () => server.stop() };
}
