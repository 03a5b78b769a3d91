// What a program may ask of the transport of one server.
import { z } from "zod";
import { expecting, maxWaitSeconds, stuckAfterSeconds, turnsAt, windowsName } from "../vocabulary.ts";

export const args = z.strictObject({
  server: windowsName.describe("Short name of the Exchange server."),
  state: z
    .enum(["running", "drained"], expecting("running or drained"))
    .describe("`drained`: intake is paused and every queue that empties by waiting is empty. `running`: as it normally is."),
  allowStuck: z
    .array(z.string(expecting("a next hop, such as partner.example")), expecting("a list of next hops"))
    .default([])
    .describe(
      "Next hops (`partner.example`, or with the server `ex03\\\\partner.example`) whose messages may stay in their queue during the pause; they are delivered afterwards.",
    ),
  normal: z
    .strictObject({ service: z.enum(["Running", "Stopped"], expecting("Running or Stopped")) }, expecting("{ service }"))
    .optional()
    .describe("What is normal for MSExchangeTransport, for a server that enters the program while it is paused already."),
  turnsAt,
  maxWaitSeconds,
  stuckAfterSeconds,
});

export type TransportStateArgs = z.output<typeof args>;
