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
  /** As `ssh-keygen -lf` prints it, of the key that this host likes best. */
  readonly fingerprint: string;
  /** Of each of its keys, as sshd has them out of the box: ed25519, ecdsa, rsa. */
  readonly fingerprints: readonly string[];
  /** OpenSSH private key that is let in as root. */
  readonly privateKey: string;
  stop(): Promise<void>;
}

export async function startSshd(folder: string): Promise<Sshd> {
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const userKey = path.join(folder, "user-key");
  const hostKeys = ["ed25519", "ecdsa", "rsa"].map((type) => path.join(folder, `ssh_host_${type}_key`));
  for (const file of [...hostKeys, userKey]) {
    const type = /ssh_host_(.*)_key/.exec(file)?.[1] ?? "ed25519";
    await runFile("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", file]);
  }
  const port = await freePort();
  const config = path.join(folder, "sshd_config");
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    ...hostKeys.map((file) => `HostKey ${file}`),
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
  const printed = await Promise.all(hostKeys.map((file) => runFile("ssh-keygen", ["-lf", `${file}.pub`])));
  const fingerprints = printed.map(({ stdout }) => stdout.split(" ")[1] ?? "");
  return { port, fingerprint: fingerprints[0] ?? "", fingerprints, privateKey: readFileSync(userKey, "utf8"), stop: () => server.stop() };
}
