// The plugin's entry: starts the service on loopback, says its port as the first line, and ends cleanly when it is told to or its engine has gone.
import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { messageOf } from "../common/reason.ts";
import { type Clock, clockFrom, elapsedClock } from "../engine/clock.ts";
import { closeAllSessions } from "../remoting/open-sessions.ts";
import { watchEngine } from "./engine-watch.ts";
import { Fences } from "./fences.ts";
import { engineLog } from "./log.ts";
import { parentsOf } from "./parents.ts";
import { isOver, thisRun } from "./run-identity.ts";
import { service } from "./service.ts";

/** Milliseconds from the word to end until the end, whatever is still under way: operations end at their next safe point, sessions are given back. */
const farewellMs = 1_500;

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
const address = process.argv.slice(2).find((argument) => /^[^-].*:\d+$/.test(argument));
const parents = address === undefined ? [] : parentsOf(process.pid);
let isEnding = false;

const { methods, stop, close } = service({
  version,
  clock: clockOf(process.env["EXCHANGE_CLOCK"]),
  log: engineLog(address),
  environment: process.env,
  fences: new Fences({ runner: thisRun(parents.at(-1)), isOver, elapsed: elapsedClock() }),
  // An engine that gives a call up is going, or gone.
  onGivenUp: () => end("its engine gave a call up"),
});

/** Takes no further step, gives back what can be given back, and ends. */
function end(why: string): void {
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => process.exit(0), farewellMs);
  stop(why);
  close()
    .then(() => closeAllSessions(farewellMs))
    .finally(() => process.exit(0));
}

const signals: readonly NodeJS.Signals[] = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  ...(process.platform === "win32" ? (["SIGBREAK"] as const) : []),
];
for (const signal of signals) process.on(signal, () => end(`it was told to end (${signal})`));
// A plugin that was started by hand and is attached to has no engine above it.
if (address !== undefined) watchEngine({ pid: process.pid, parents, input: process.stdin, output: process.stdout }, end);
// Whoever read this is gone; what it would have read is no reason to stop anything.
process.stderr.on("error", () => undefined);
// What nobody awaited must not take the plugin, and with it the state of what is under way, down.
process.on("unhandledRejection", (reason) => {
  process.stderr.write(`pulumi-exchange: ${reason instanceof Error ? reason.message : String(reason)}\n`);
});

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(ResourceProviderService, methods);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    process.stderr.write(`pulumi-exchange cannot listen on loopback: ${error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`${port}\n`);
});

/** The clock, or the sentence why not and a non-zero exit code: nobody at the other end reads a stack trace. */
function clockOf(text: string | undefined): Clock {
  try {
    return clockFrom(text);
  } catch (error) {
    process.stderr.write(`pulumi-exchange: ${messageOf(error)}\n`);
    process.exit(1);
  }
}
