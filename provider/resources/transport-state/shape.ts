// The transport of one server: what a program may ask of it, and what is recorded.
import { z } from "zod";
import { type ArgsOf, defineShape, identity, type RecordedOf, wanted } from "../define-shape.ts";
import { knownHost } from "../known-host-shape.ts";
import { type InputsOf, programClass } from "../program-class.ts";
import { expecting, mailAddress, namesList, ofNormal, ofTheRun, windowsName } from "../vocabulary.ts";

const service = z.enum(["Running", "Stopped"], expecting("Running or Stopped"));

export const transportState = defineShape({
  name: "TransportState",
  about: "Mail transport on one Exchange server: takes no new mail and empties its queues, or runs as it normally does.",
  example: `const turnsAt = { host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…" };
new exchange.TransportState("ex01", { server: "ex01", state: "drained", turnsAt });`,
  refuses: [
    "A drain while MSExchangeTransport is stopped and was running before: its queues cannot be seen.",
    "Waiting for ever: a queue that does not move is named with its last error.",
    "Counting a server as given back that does not take a test message to its end, as one left Draining, where it did before.",
    "Poison, shadow and unreachable messages are reported and not waited for.",
    "Being taken out of the program while it is not as it normally is, unless `abandon` was said before. Removing it from the program changes nothing at the site.",
  ],
  args: z.strictObject({
    server: identity(windowsName.describe("Short name of the Exchange server.")),
    state: wanted(
      z
        .enum(["running", "drained"], expecting("running or drained"))
        .describe("`drained`: intake is paused and every queue that empties by waiting is empty. `running`: as it normally is."),
    ),
    allowStuck: namesList(z.string(expecting("a next hop, such as partner.example")), "a list of next hops")
      .default([])
      .describe(
        "Next hops (`partner.example`, or with the server `ex03\\\\partner.example`) whose messages may stay in their queue during the pause; they are delivered afterwards.",
      ),
    normal: z
      .strictObject({ service }, expecting("{ service }"))
      .optional()
      .describe("What is normal for MSExchangeTransport, for a server that enters the program while it is paused already."),
    token: mailAddress
      .optional()
      .describe(
        "Who receives the test message by which the server, when it is given back, proves that it takes mail to the end. Sent where the server took mail for it from here while nothing was paused. Absent: none is sent.",
      ),
    ...ofTheRun,
  }),
  outputs: z.strictObject({ ...ofNormal, messagesLeft: z.int().optional().describe("messages in queues that a drain waits for") }),
  recorded: z.strictObject({
    normal: z.strictObject({ service }),
    /** How the server's own port 25 behaved while nothing was paused. */
    smtp: knownHost.optional(),
    /** It was taken out of service, and has not been seen to take a message since. */
    unproved: z.literal(true).optional(),
  }),
});

export type TransportStateArgs = ArgsOf<typeof transportState>;
export type TransportRecorded = RecordedOf<typeof transportState>;
export type TransportStateInputs = InputsOf<typeof TransportState>;

/**
 * Mail transport on one Exchange server.
 * @example new TransportState("ex01", { server: "ex01", state: "drained", turnsAt })
 */
export class TransportState extends programClass(transportState, () => import("./index.ts")) {}
