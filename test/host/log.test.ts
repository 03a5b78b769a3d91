// What the engine is told of a row: each text once, on one line, with the time behind it.
import { deepEqual } from "node:assert/strict";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type engine from "@pulumi/pulumi/proto/engine_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { engineLog } from "../../provider/host/log.ts";

const row = "urn:pulumi:lab::site::exchange:index:TransportState::ex01";
const [early, late] = ["Sat 5 Dec 20:00 UTC (21:00 in Berlin)", "Sat 5 Dec 20:01 UTC (21:01 in Berlin)"];

describe("the log of the engine", () => {
  const told: string[] = [];
  const server = new grpc.Server();
  let log = engineLog(undefined);

  before(async () => {
    server.addService(EngineService, {
      log: ({ request }: { readonly request: engine.LogRequest }, reply: grpc.sendUnaryData<empty.Empty>) => {
        told.push(`${request.getEphemeral() ? "row" : "stays"}: ${request.getMessage()}`);
        reply(null, new empty.Empty());
      },
      getRootResource: () => undefined,
      setRootResource: () => undefined,
      startDebugging: () => undefined,
      requirePulumiVersion: () => undefined,
    });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)));
    log = engineLog(`127.0.0.1:${await promise}`);
  });

  after(() => server.forceShutdown());

  beforeEach(() => told.splice(0));

  /** What stays is answered, and over one connection in the order in which it was sent. */
  const settled = () => log.lasting(row, "end", "info");

  it("has the time behind the words of a row, and says the same words once, whatever the time", async () => {
    log.status(row, "39 left; waits for the queues of ex01", early);
    log.status(row, "39 left; waits for the queues of ex01", late);
    log.status(row, "done", late);
    await settled();
    deepEqual(told, [`row: 39 left; waits for the queues of ex01 [${early}]`, `row: done [${late}]`, "stays: end"]);
  });

  it("has all of a row on one line, for a row shows no second one", async () => {
    log.status(row, "try 2 soon; ex01 does not answer.\n  See to it.", early);
    await settled();
    deepEqual(told, [`row: try 2 soon; ex01 does not answer. See to it. [${early}]`, "stays: end"]);
  });

  it("says nothing where there is no engine", async () => {
    const silent = engineLog(undefined);
    silent.status(row, "done", early);
    await silent.lasting(row, "end", "warning");
    deepEqual(told, []);
  });
});
