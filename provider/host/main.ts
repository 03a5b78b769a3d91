// The plugin's entry: starts the service on loopback, says its port as the first line, and ends cleanly when it is told to.
import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { type Clock, clockFrom } from "../engine/clock.ts";
import { closeAllSessions } from "../remoting/open-sessions.ts";
import { engineLog } from "./log.ts";
import { service } from "./service.ts";

/** Milliseconds that sessions have to be given back when the plugin is told to end. */
const farewellMs = 2_000;

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
const address = process.argv.slice(2).find((argument) => /^[^-].*:\d+$/.test(argument));
const { methods, close } = service({
  version,
  clock: clockOf(process.env["EXCHANGE_CLOCK"]),
  log: engineLog(address),
  environment: process.env,
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(0), farewellMs).unref();
    Promise.allSettled([close(), closeAllSessions(farewellMs)]).finally(() => process.exit(0));
  });
}
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
    process.stderr.write(`pulumi-exchange: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
