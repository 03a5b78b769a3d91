// What must be seen to work before a site comes back.
import { z } from "zod";
import { type ArgsOf, defineShape, identity, wanted } from "../define-shape.ts";
import { type InputsOf, programClass } from "../program-class.ts";
import { expecting, namesList, ofTheRun, windowsName } from "../vocabulary.ts";

export const readinessGate = defineShape({
  name: "ReadinessGate",
  about: "Things that must be seen to work before a site comes back. It changes nothing itself.",
  example: `new exchange.ReadinessGate("ready", { name: "ready", state: "open", servers: ["ex01"], ports: ["dc1.contoso.local:389"] });`,
  refuses: [
    "It changes nothing. What depends on it does not go on before everything answers.",
    "Removing it from the program changes nothing at the site.",
  ],
  args: z.strictObject({
    name: identity(z.string(expecting("a name")).min(1, expecting("a name")).describe("What the gate is called.")),
    state: wanted(
      z
        .enum(["open", "closed"], expecting("open or closed"))
        .describe("`open`: everything named here must work before whatever depends on this gate goes on. `closed`: nothing is asked."),
    ),
    servers: namesList(windowsName, "a list of servers")
      .default([])
      .describe(
        "Exchange servers that must answer at both PowerShell endpoints, with their directory, replication and store services running.",
      ),
    ports: namesList(
      z.string(expecting("host:port")).regex(/^[A-Za-z0-9.-]+:\d{1,5}$/, expecting("host:port, such as dc1.contoso.local:389")),
      "a list of host:port",
    )
      .default([])
      .describe("Further things that must accept a TCP connection: gateways, domain controllers, storage."),
    ...ofTheRun,
  }),
  outputs: z.strictObject({ asked: z.int().optional().describe("how many things were asked") }),
  recorded: z.strictObject({}),
});

export type ReadinessGateArgs = ArgsOf<typeof readinessGate>;
export type ReadinessGateInputs = InputsOf<typeof ReadinessGate>;

/**
 * Things that must be seen to work before whatever depends on this goes on.
 * @example new ReadinessGate("ready", { name: "ready", state: "open", servers: ["ex01"], ports: ["dc1.contoso.local:389"] })
 */
export class ReadinessGate extends programClass(readinessGate, () => import("./index.ts")) {}
