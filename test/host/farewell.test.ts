// The plugin's process is told to end while a remote cmdlet runs: as `pulumi up` does when it is interrupted. Seen from the lab's side.
import { deepEqual, equal } from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { structOf } from "../../provider/host/structs.ts";
import { checkout } from "../../setup/places.ts";
import { ask, requests } from "../support/plugin-client.ts";
import { faultIn } from "../support/raw-wsman.ts";
import { SHELL_ID, settingsFor, wsmanLab } from "../support/wsman-lab.ts";

const SESSIONS_OF_A_USER = 18;
const urn = "urn:pulumi:berlin::site::exchange:index:MailboxDatabaseState::DAG1";

describe("a plugin that is told to end while cmdlets run", () => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    it(`by ${signal} leaves no session behind on the server`, async () => {
      const begun = Promise.withResolvers<string>();
      const lab = await wsmanLab({
        host: async ({ configuration }) => {
          begun.resolve(configuration);
          return new Promise(() => {});
        },
      });
      const plugin = spawn(process.execPath, [path.join(checkout, "provider", "host", "main.ts")], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exited = once(plugin, "exit");
      try {
        const [port] = await once(plugin.stdout, "data");
        const client = new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure());
        await ask((reply) => client.configure(new proto.ConfigureRequest().setArgs(structOf(settingsFor(lab))), reply));
        const asked = { dag: "DAG1", servers: ["ex01"], state: "dismounted" };
        const running = requests(client, urn)
          .create(asked, false)
          .catch(() => "ended");
        equal(await Promise.race([begun.promise, running]), "Microsoft.Exchange");
        for (let number = 1; number < SESSIONS_OF_A_USER; number += 1) equal((await lab.client.create(randomUUID())).status, 200);
        equal(faultIn(await lab.client.create(SHELL_ID)).subcode, "w:QuotaLimit", "the plugin has one of them");
        plugin.kill(signal);
        deepEqual(await exited, [0, null]);
        equal((await lab.client.create(SHELL_ID)).status, 200);
        equal(await running, "ended");
        client.close();
      } finally {
        plugin.kill("SIGKILL");
        await lab.servers.stop();
      }
    });
});
