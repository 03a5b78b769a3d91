// The plugin and the language host end with their engine, whichever sign of its end they are given: a parent that was killed, though a shell stands in
// between; a pipe that was closed; a call that was given up. One sign at a time, by real processes. How soon: npm run bench -- endings.
import { deepEqual, equal } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { watchEngine } from "../../provider/host/engine-watch.ts";
import { structOf } from "../../provider/host/structs.ts";
import { type EngineChild, languageHost, plugin, startUnderEngine } from "../support/engine-children.ts";
import { ask } from "../support/plugin-client.ts";
import { begun, leftOf } from "../support/running.ts";
import { settingsFor, wsmanLab } from "../support/wsman-lab.ts";

/** So many that none is left for one that was not given back. */
const SESSIONS_OF_A_USER = 18;
const urn = "urn:pulumi:berlin::site::exchange:index:MailboxDatabaseState::DAG1";

const signs: readonly (readonly [sign: string, give: (child: EngineChild) => void])[] = [
  ["the process that started it, through a shell, is killed", (child) => child.killEngine()],
  ["its standard input is closed", (child) => child.input.end()],
  ["its standard output is closed", (child) => child.output.destroy()],
];

describe("what the engine started", () => {
  for (const [name, program] of [
    ["the plugin", plugin],
    ["the language host", languageHost],
  ] as const) {
    for (const [sign, give] of signs) {
      it(`${name} ends when ${sign}`, async () => {
        const child = await startUnderEngine(program);
        try {
          give(child);
          await child.ended;
        } finally {
          child.remove();
        }
      });
    }
  }

  it("the plugin ends when a call is given up that a server keeps waiting, and gives its session back", async () => {
    const asked = Promise.withResolvers<string>();
    const lab = await wsmanLab({
      host: async ({ cmdlet }) => {
        asked.resolve(cmdlet);
        return new Promise(() => {});
      },
    });
    const child = await startUnderEngine(plugin);
    try {
      const client = new ResourceProviderClient(child.address, grpc.credentials.createInsecure());
      await ask((reply) => client.configure(new proto.ConfigureRequest().setArgs(structOf(settingsFor(lab))), reply));
      const properties = structOf({ dag: "DAG1", servers: ["ex01"], state: "mounted" });
      const call = client.create(new proto.CreateRequest().setUrn(urn).setProperties(properties), () => undefined);
      await asked.promise;
      call.cancel();
      await child.ended;
      for (let number = 0; number < SESSIONS_OF_A_USER; number += 1) equal((await lab.client.create(randomUUID())).status, 200);
      client.close();
    } finally {
      child.remove();
      await lab.servers.stop();
    }
  });

  it("the language host ends when the run of a program is given up, and the program with it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-program-"));
    const silent = createServer().listen(0, "127.0.0.1"); // a program waits for its monitor
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const child = await startUnderEngine(languageHost);
    try {
      const client = new LanguageRuntimeClient(child.address, grpc.credentials.createInsecure());
      const request = new language.RunRequest().setProject("site").setStack("lab").setPwd(folder).setProgram(".");
      const call = client.run(request.setMonitorAddress(`127.0.0.1:${port}`), () => undefined);
      await begun(folder);
      call.cancel();
      await child.ended;
      deepEqual(await leftOf(folder), []);
      client.close();
    } finally {
      child.remove();
      silent.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a watch over the engine", () => {
  it("tells once, and nothing after it was ended", () => {
    const told: string[] = [];
    const [input, output] = [new PassThrough(), new PassThrough()];
    const watch = () => watchEngine({ pid: process.pid, parents: [], input, output }, (how) => told.push(how));
    watch()();
    input.emit("end");
    deepEqual(told, []);
    watch();
    input.emit("close");
    output.emit("error", new Error("EPIPE"));
    deepEqual(told, ["its standard input was closed"]);
  });
});
