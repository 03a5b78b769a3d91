// What must be seen to work before a site comes back.
import { z } from "zod";
import { expecting, maxWaitSeconds, stuckAfterSeconds, turnsAt, windowsName } from "../vocabulary.ts";

export const args = z.strictObject({
  name: z.string(expecting("a name")).min(1, expecting("a name")).describe("What the gate is called."),
  state: z
    .enum(["open", "closed"], expecting("open or closed"))
    .describe("`open`: everything named here must work before whatever depends on this gate goes on. `closed`: nothing is asked."),
  servers: z
    .array(windowsName, expecting("a list of servers"))
    .default([])
    .describe(
      "Exchange servers that must answer at both PowerShell endpoints, with their directory, replication and store services running.",
    ),
  ports: z
    .array(
      z.string(expecting("host:port")).regex(/^[A-Za-z0-9.-]+:\d{1,5}$/, expecting("host:port, such as dc1.contoso.local:389")),
      expecting("a list of host:port"),
    )
    .default([])
    .describe("Further things that must accept a TCP connection: gateways, domain controllers, storage."),
  turnsAt,
  maxWaitSeconds,
  stuckAfterSeconds,
});

export type ReadinessGateArgs = z.output<typeof args>;
