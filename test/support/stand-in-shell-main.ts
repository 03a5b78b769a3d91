// The process of the stand-in PowerShell: passes what it is fed on stdin to the test that made it (stand-in-shell.ts), and does what that says:
// writes, starts a process of its own, or exits. It does not end at a SIGTERM, as a program that hangs does not.
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { createInterface } from "node:readline";

/** What the test says, a line of JSON each. */
export type StandInOrder = { readonly out: string } | { readonly err: string } | { readonly exit: number } | { readonly spawn: true };

/** What the process says first. */
export interface StandInGreeting {
  readonly pid: number;
  readonly argv: readonly string[];
  /** What of its environment a PowerShell would look at. */
  readonly environment: Readonly<Record<string, string>>;
}

function main(port: number, argv: readonly string[]): void {
  process.on("SIGTERM", () => {});
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.on("error", () => process.exit(1));
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(TERM|PSModulePath)$/i.test(name)));
  socket.write(`${JSON.stringify({ pid: process.pid, argv, environment })}\n`);
  process.stdin.pipe(socket, { end: false });
  process.stdin.on("end", () => process.exit(0));
  createInterface({ input: socket })
    .on("line", (line) => obey(JSON.parse(line)))
    .on("close", () => process.exit(0));

  function obey(order: StandInOrder): void {
    if ("out" in order) process.stdout.write(order.out);
    else if ("err" in order) process.stderr.write(order.err);
    else if ("exit" in order) process.stdout.write("", () => process.exit(order.exit));
    else {
      const { pid } = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
      socket.write(`spawned ${pid}\n`);
    }
  }
}

const [port = "", ...argv] = process.argv.slice(2);
if (/^\d+$/.test(port)) main(Number(port), argv);
