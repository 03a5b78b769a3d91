// A real BIND for tests: one zone on a free port of loopback, in a folder of its own, stopped by its process.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

export interface RunningBind {
  readonly port: number;
  stop(): Promise<void>;
}

/** Debian's place for it is not on everyone's PATH. */
const SEARCH = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;

/** Starts `named` with `zone`, whose file holds `text`. @throws {Error} with named's last lines when it does not start */
export async function startBind(zone: string, text: string): Promise<RunningBind> {
  const folder = await mkdtemp(path.join(tmpdir(), "bind-"));
  await chmod(folder, 0o755);
  const port = await freePort();
  await writeFile(path.join(folder, "zone.db"), text);
  await writeFile(path.join(folder, "named.conf"), configuration(folder, zone, port));
  const child = spawn("named", ["-g", "-n", "1", "-c", path.join(folder, "named.conf")], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, PATH: SEARCH },
  });
  try {
    await running(child);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    port,
    stop: async () => {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, zone: string, port: number): string {
  return `options {
  directory "${folder}";
  pid-file "${folder}/named.pid";
  session-keyfile "${folder}/session.key";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  allow-transfer { none; };
  notify no;
};
controls { };
zone "${zone}" { type primary; file "zone.db"; };
`;
}

/** Waits for named's own word that it runs. */
function running(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const lines: string[] = [];
  child.on("error", reject);
  child.on("exit", (code) => reject(new Error(`named ended with ${code}: ${lines.slice(-5).join(" | ")}`)));
  if (child.stderr === null) throw new Error("named was started without a pipe for its log");
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    if (/ running$/.test(line)) resolve();
  });
  return promise;
}

/** Free for TCP now; named takes it for UDP too. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no free port");
  server.close();
  await once(server, "close");
  return address.port;
}
