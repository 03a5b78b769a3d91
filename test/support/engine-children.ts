// Starts what Pulumi's engine starts, the plugin or the language host, with an engine of the test's own above it: a process that can be killed, and pipes
// that the test holds, so that each sign of the engine's end can be given alone.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import { checkout } from "../../setup/places.ts";

export interface EngineChild {
  /** Where its service listens. */
  readonly address: string;
  /** The pipes to it, of which the engine has none: the test holds them. */
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  /** `kill -9` of the process that started it. */
  killEngine(): void;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  remove(): void;
}

export const plugin = path.join(checkout, "provider", "host", "main.ts");
export const languageHost = path.join(checkout, "setup", "language-host", "main.ts");

/** An engine in one line: starts its child through a shell that does not go away for it, and then does nothing. */
const engine = "require('node:child_process').spawn('sh', ['-c', process.argv[1]], { stdio: 'inherit' }); setInterval(() => {}, 1000)";

/** Starts `program`; its last argument is the address of an engine that nobody answers at. */
export async function startUnderEngine(program: string, environment: Readonly<Record<string, string>> = {}): Promise<EngineChild> {
  const command = `echo $$ >&2; '${process.execPath}' '${program}' 127.0.0.1:9; echo "it has ended" >&2`;
  const above = spawn(process.execPath, ["-e", engine, command], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const shell = Number(String((await once(above.stderr, "data"))[0]));
  const [port] = await once(above.stdout, "data");
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  above.stderr.on("data", (text) => String(text).includes("it has ended") && resolve());
  return {
    address: `127.0.0.1:${String(port).trim()}`,
    input: above.stdin,
    output: above.stdout,
    errors: above.stderr,
    killEngine: () => above.kill("SIGKILL"),
    ended,
    remove: () => endAll(above, shell),
  };
}

function endAll(above: ChildProcess, shell: number): void {
  for (const end of [() => above.kill("SIGKILL"), () => process.kill(shell, "SIGKILL")]) {
    try {
      end();
    } catch {
      // It has ended.
    }
  }
}
