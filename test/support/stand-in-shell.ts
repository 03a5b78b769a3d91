// A stand-in for a local PowerShell: an executable that is fed on stdin as child-shell feeds one, for as many processes as are started from it.
// What it answers is decided in this process (stand-in-shell-agent.ts), with any CmdletHost behind it; it interprets no PowerShell.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { CmdletHost } from "../../lab/serve/cmdlet-host.ts";
import { StandInAgent, type StandInBehaviour } from "./stand-in-shell-agent.ts";
import type { StandInGreeting, StandInOrder } from "./stand-in-shell-main.ts";

export interface StandInProcess extends StandInGreeting {
  /** Lines that it was fed, in order. */
  readonly lines: string[];
  readonly agent: StandInAgent;
  /** Ids of processes that it has started. */
  readonly children: number[];
  /** Makes it do something by itself. */
  order(order: StandInOrder): void;
}

export interface StandInShell {
  /** Path of the program, for `executable` or NODE_POWERSHELL. */
  readonly executable: string;
  /** What was started from it, in order. */
  readonly processes: readonly StandInProcess[];
  /** May be changed at any time. */
  behaviour: StandInBehaviour;
  /** Resolves when `seen` is true; it is asked after everything that happens. */
  until(seen: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Makes the program. `stop` ends all that was started from it. */
export async function standInShell(host: CmdletHost, behaviour: StandInBehaviour = {}): Promise<StandInShell> {
  const processes: StandInProcess[] = [];
  const sockets = new Set<Socket>();
  const watchers = new Set<() => void>();
  const happened = () => {
    for (const watch of watchers) watch();
  };
  const server = createServer((socket) => {
    socket.setNoDelay();
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      happened();
    });
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-stand-in-"));
  const executable = path.join(folder, "powershell");
  writeFileSync(executable, launcher(portOf(server.address())));
  chmodSync(executable, 0o755);

  const shell: StandInShell = {
    executable,
    processes,
    behaviour,
    until: (seen) =>
      new Promise((resolve) => {
        const watch = () => {
          if (!seen()) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };

  function serve(socket: Socket): void {
    let one: StandInProcess | undefined;
    const order = (what: StandInOrder) => void socket.write(`${JSON.stringify(what)}\n`);
    const lines = createInterface({ input: socket });
    lines.on("error", () => {}); // one that exits resets its connection
    lines.on("line", (line) => {
      if (one === undefined) {
        const greeting: StandInGreeting = JSON.parse(line);
        const agent = new StandInAgent(host, () => shell.behaviour, order, happened);
        one = { ...greeting, lines: [], children: [], agent, order };
        processes.push(one);
      } else if (line.startsWith("spawned ")) one.children.push(Number(line.slice(8)));
      else {
        one.lines.push(line);
        one.agent.feed(line);
      }
      happened();
    });
  }
  return shell;
}

function launcher(port: number): string {
  const main = path.join(import.meta.dirname, "stand-in-shell-main.ts");
  return `#!/bin/sh\nexec "${process.execPath}" "${main}" ${port} "$@"\n`;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the stand-in listens nowhere");
  return address.port;
}
