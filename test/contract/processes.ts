// Starts a program from outside in a folder of the test's own, waits until it answers, and ends it by its process.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

export const runFile: (file: string, args: readonly string[]) => Promise<{ stdout: string; stderr: string }> = promisify(execFile);

/** A port of 127.0.0.1 that is free just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Waits until something listens on the port. */
export async function listening(port: number, host = "127.0.0.1"): Promise<void> {
  await until(`port ${port} answers`, async () => {
    const socket = connect(port, host);
    const answers = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    return answers;
  });
}

/** Asks again and again until it is so; between two askings `pass` lets time go by. @throws {Error} after 400 askings */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  pass: () => Promise<void> = () => pause(50),
): Promise<void> {
  for (let round = 0; round < 400; round++) {
    if (await isSo()) return;
    await pass();
  }
  throw new Error(`not after 400 rounds: ${what}`);
}

export interface Started {
  readonly process: ChildProcess;
  /** What it said on stderr so far. */
  said(): string;
  stop(): Promise<void>;
}

export function start(file: string, args: readonly string[], cwd: string): Started {
  const child = spawn(file, args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += String(chunk);
  });
  const ended = once(child, "exit").catch((error: unknown) => {
    said += String(error);
  });
  return {
    process: child,
    said: () => said,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
