// The SSH account of a host of the lab's world, spoken by the ssh2 package: public keys only, one command line per channel, no terminal.
// What a command does is the world's business (`run`); the host key is made at the start and known by its fingerprint.
import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import ssh2, { type AuthContext, type Connection, type ServerChannel } from "ssh2";
import type { FaultKind, FaultScript } from "./faults.ts";
import { newSshKey } from "./ssh-keys.ts";

export interface SshServiceOptions {
  /** Name of the host, for faults. */
  readonly name: string;
  /** Runs one command line, its standard input given whole. */
  readonly run: (
    command: string,
    stdin: string,
    user: string,
  ) => { readonly code: number; readonly stdout: string; readonly stderr: string };
  /** Public keys in OpenSSH's one-line form, by user. */
  readonly users: Readonly<Record<string, readonly string[]>>;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly faults?: Pick<FaultScript, "take">;
}

export interface SshService {
  readonly port: number;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
  /** Stops listening and drops all connections. */
  close(): Promise<void>;
}

/** Starts the server on 127.0.0.1. Faults are asked with the calls `connect` and `exec`. */
export async function startSsh({ name, run, users, port = 0, faults }: SshServiceOptions): Promise<SshService> {
  const connections = new Set<Connection>();
  const hostKey = newSshKey();
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => {
    connections.add(connection);
    // Else each answer waits for the client's delayed acknowledgement. The type leaves the function out.
    if ("setNoDelay" in connection && typeof connection.setNoDelay === "function") connection.setNoDelay(true);
    let user = "";
    connection.on("error", () => undefined);
    connection.on("close", () => connections.delete(connection));
    const fault = faults?.take("ssh", name, "connect")?.what;
    if (fault === "cutBefore" || fault === "cutAfter" || fault === "refused") connection.end();
    connection.on("authentication", (context) => {
      if (fault === "timeOut") return;
      if (!isAllowed(context, users[context.username] ?? [])) return context.reject(["publickey"]);
      user = context.username;
      context.accept();
    });
    connection.on("ready", () => {
      connection.on("session", (accept) => {
        accept().on("exec", (acceptExec, rejectExec, { command }) => {
          const execFault = faults?.take("ssh", name, "exec")?.what;
          if (execFault === "refused") return rejectExec();
          const cut = () => connection.end();
          execute(acceptExec(), execFault, cut, (stdin) => run(command, stdin, user));
        });
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  return {
    port: portOf(server.address()),
    fingerprint: fingerprintOf(hostKey.public),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.end();
      }),
  };
}

/** What a fault of kind `slow` adds to one answer, milliseconds of real time. */
const slowMs = 1_000;

type Run = ReturnType<SshServiceOptions["run"]>;

function execute(channel: ServerChannel, fault: FaultKind | undefined, cut: () => void, run: (stdin: string) => Run): void {
  const chunks: Buffer[] = [];
  channel.on("data", (chunk: Buffer) => chunks.push(chunk));
  channel.on("end", () => {
    if (fault === "timeOut") return;
    if (fault === "cutBefore") return cut();
    const { code, stdout, stderr } = run(Buffer.concat(chunks).toString());
    if (fault === "cutAfter") return cut();
    const reply = () => {
      if (!channel.writable || !channel.stderr.writable) return; // its client has gone
      channel.stderr.write(stderr);
      channel.write(fault === "wrongAnswer" ? "Last login: never\n" : stdout);
      channel.exit(code);
      channel.end();
    };
    if (fault === "slow") setTimeout(reply, slowMs);
    else reply();
  });
}

/** Asked twice: first whether the key would do, then with a signature. */
function isAllowed(context: AuthContext, keys: readonly string[]): boolean {
  if (context.method !== "publickey") return false;
  return keys.some((text) => {
    const allowed = ssh2.utils.parseKey(text);
    if (allowed instanceof Error || !allowed.getPublicSSH().equals(context.key.data)) return false;
    if (context.signature === undefined || context.blob === undefined) return true;
    return allowed.verify(context.blob, context.signature, context.hashAlgo) === true;
  });
}

function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the SSH server listens on no port");
  return address.port;
}
