// A small `pulumi-language-nodejs`: starts Node.js programs for the Pulumi engine where no official language host can be had.
// Serves only what preview, up, refresh, import and destroy ask for; installing packages and generating code are left to the official one.
// It ends with its engine, and the program with it. Follows pulumi/language.proto; the flags and environment are those that `@pulumi/pulumi/cmd/run` reads.
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type { RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { watchEngine } from "../../provider/host/engine-watch.ts";
import { parentsOf } from "../../provider/host/parents.ts";
import { exitOf, programArguments, programEnvironment } from "./run-program.ts";

/** Milliseconds that a program has to end by itself. */
const farewellMs = 1_000;
const resolve = createRequire(import.meta.url).resolve;
/** `npm run bench` measures programs as an official language host starts them. */
const leanSdk = process.env["PULUMI_EXCHANGE_SDK"] === "whole" ? [] : ["--import", new URL("lean-sdk.ts", import.meta.url).href];
const running = new Set<ChildProcess>();

/** Starts the program and answers once it has ended. Its output is the host's own: the engine shows it on the stack's row. */
function run(call: grpc.ServerUnaryCall<RunRequest, RunResponse>, answer: grpc.sendUnaryData<RunResponse>): void {
  const request = call.request.toObject();
  const engineAddress = process.argv.at(-1) ?? "";
  const sdk = [...leanSdk, resolve("@pulumi/pulumi/cmd/run")];
  const child = spawn(process.execPath, [...sdk, ...programArguments(request, engineAddress)], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...programEnvironment(request) },
  });
  running.add(child);
  call.once("cancelled", () => {
    if (running.has(child)) end();
  });
  child.once("error", (error) => answer({ code: grpc.status.INTERNAL, details: `the program could not be started: ${error.message}` }));
  child.once("exit", (code, signal) => {
    running.delete(child);
    const { bail, error } = exitOf(code, signal);
    answer(null, new language.RunResponse().setBail(bail).setError(error));
  });
}

function stopPrograms(): void {
  for (const child of running) child.kill("SIGINT");
}

/** A program that does not end when it is told to is ended. */
function end(): void {
  stopPrograms();
  setTimeout(() => {
    for (const child of running) child.kill("SIGKILL");
    process.exit(0);
  }, farewellMs);
  if (running.size === 0) process.exit(0);
  for (const child of running) child.once("exit", () => running.size === 0 && process.exit(0));
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
watchEngine({ pid: process.pid, parents: parentsOf(process.pid), input: process.stdin, output: process.stdout }, end);
process.stderr.on("error", () => undefined); // nobody is left to read it

const server = new grpc.Server();
server.addService(LanguageRuntimeService, {
  handshake: (_call: unknown, answer: grpc.sendUnaryData<object>) => answer(null, new language.LanguageHandshakeResponse()),
  getPluginInfo: (_call: unknown, answer: grpc.sendUnaryData<object>) => answer(null, new plugin.PluginInfo()),
  getRequiredPackages: (_call: unknown, answer: grpc.sendUnaryData<object>) => answer(null, new language.GetRequiredPackagesResponse()),
  getRequiredPlugins: (_call: unknown, answer: grpc.sendUnaryData<object>) => answer(null, new language.GetRequiredPluginsResponse()),
  getProgramDependencies: (_call: unknown, answer: grpc.sendUnaryData<object>) =>
    answer(null, new language.GetProgramDependenciesResponse()),
  about: (_call: unknown, answer: grpc.sendUnaryData<object>) => answer(null, new language.AboutResponse()),
  cancel: (_call: unknown, answer: grpc.sendUnaryData<object>) => {
    stopPrograms();
    answer(null, new empty.Empty());
  },
  run,
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
