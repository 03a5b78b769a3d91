// A Pulumi program of as many resources as the stack's configuration says: each server's transport, one DAG, one buffer, one gate, and MX records.
// Nothing waits for anything else, and all is as it normally is: a preview of it has nothing to do.
import * as pulumi from "@pulumi/pulumi";
import * as exchange from "../provider/index.ts";

const bench = new pulumi.Config("bench");
const servers = bench.requireObject<string[]>("servers");
const hostKey = new pulumi.Config("site").require("bufferHostKey");

for (const server of servers) new exchange.TransportState(server, { server, state: "running" });
new exchange.MailboxDatabaseState("DAG1", { dag: "DAG1", servers, state: "mounted" });
const host = "buffer.contoso-mail.net";
new exchange.BackupMxQueue(host, { host, user: "mailops", hostKey, domains: bench.requireObject<string[]>("zones"), state: "released" });
new exchange.ReadinessGate("ready", { name: "ready", state: "open", servers });
for (const { zone, name } of bench.requireObject<{ zone: string; name: string }[]>("names")) {
  new exchange.MxRecord(`${name}.${zone}`, { zone, name });
}
