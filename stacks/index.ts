// The site of contoso: one word in the stack's configuration says what it is to be.
import * as pulumi from "@pulumi/pulumi";
import * as exchange from "../provider/index.ts";

const site = new exchange.SitePause("berlin", {
  state: exchange.wordOf("site:state"), // online | prepared | offline
  dag: "DAG1",
  servers: ["ex01", "ex02", "ex03", "ex04"],
  mail: [{ zone: "contoso.com" }, { zone: "contoso.de" }, { zone: "contoso.org" }],
  buffer: { host: "buffer.contoso-mail.net", user: "mailops", hostKey: new pulumi.Config("site").require("bufferHostKey") },
  pausedTtlSeconds: 300,
  allowStuck: new pulumi.Config("site").getObject<string[]>("allowStuck") ?? [],
});

export const ledger = site.ledger;
export const earliestFlipAt = site.earliestFlipAt;
