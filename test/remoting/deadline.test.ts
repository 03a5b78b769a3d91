// Servers that never come to an end in ways of their own: the call ends by its deadline, and the server is told to stop.
import { deepEqual, ok } from "node:assert/strict";
import { inspect } from "node:util";
import { RemotingError } from "../../provider/remoting/transport.ts";
import { HandPatience } from "../support/hand-patience.ts";
import { envelope, fault, NOTHING_YET } from "../support/wsman-answers.ts";
import type { Conversation } from "../support/wsman-conversation.ts";
import { TestServer, type Writer, writeWell } from "../support/wsman-server.ts";

describe("the deadline of a call", () => {
  const patience = new HandPatience();
  let server: TestServer;

  beforeEach(async () => {
    server = new TestServer();
    await server.start();
  });
  afterEach(async () => {
    patience.end();
    await server.stop();
  });

  const trickle: Writer = (response, { status, body }) => {
    response.writeHead(status, { "Content-Type": "application/soap+xml" });
    let at = 0;
    const timer = setInterval(() => response.write(body[at++ % body.length]), 5);
    response.on("close", () => clearInterval(timer));
  };
  const silence: Writer = () => {};
  const isOutput = (conversation: Conversation) => conversation.asked.at(-1)?.action === "Receive" && conversation.commands.length > 0;

  for (const [what, write] of [
    ["sends its answer byte by byte, without end", trickle],
    ["sends nothing", silence],
  ] as const)
    for (const when of ["at the opening", "while the cmdlet runs"] as const)
      it(`holds against a server that ${what}, ${when}`, async () => {
        const { conversation } = server;
        const well = server.write;
        server.write = (response, answered) => (when === "at the opening" || isOutput(conversation) ? write : well)(response, answered);
        await timesOut(() => when === "at the opening" || isOutput(conversation));
        deepEqual(conversation.count("ctrl_c"), when === "at the opening" ? 0 : 1);
      });

  for (const [what, answer] of [
    ["faults that say nothing yet", (asked: { readonly text: string }) => fault(asked, NOTHING_YET)],
    ["Receives with nothing in them", (asked: { readonly text: string }) => envelope(asked, "<rsp:ReceiveResponse/>")],
  ] as const)
    it(`holds against ${what}, without end and at once`, async () => {
      const { conversation } = server;
      conversation.prevents = (asked) => (asked.action === "Receive" && conversation.commands.length > 0 ? answer(asked) : undefined);
      await timesOut(() => isOutput(conversation));
      deepEqual([conversation.count("ctrl_c"), conversation.shells.size], [1, 0]);
      ok(conversation.count("Receive") < 12, `${conversation.count("Receive")} Receives`);
    });

  it("is not needed for a redirection, which nobody follows", async () => {
    server.write = (response) => void response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end("<title>Object moved</title>");
    const error = await failing(60_000);
    deepEqual(
      [error.reason, error.message.replace(/127.0.0.1:\d+/, "it")],
      [
        "rejected",
        "Get-Queue on ex01: it sends elsewhere (HTTP 302), to http://127.0.0.1:1/, and is not followed: take the redirect off its application in IIS (HTTP Redirect, which it inherits from the web site), or correct exchange:exchangeUrl",
      ],
    );
  });

  /** From when `waits` holds, after a request that the server has heard. */
  async function timesOut(waits: () => boolean): Promise<void> {
    patience.stop();
    void server.until(waits).then(() => patience.run());
    const error = await failing(100);
    ok(error.reason === "timedOut" && error.message.startsWith("Get-Queue on ex01: no answer within 0.1 s"), inspect(error));
  }

  async function failing(timeoutMs: number): Promise<RemotingError> {
    const transport = server.transport();
    const error = await transport.invoke("Get-Queue", {}, { timeoutMs }).catch((thrown: unknown) => thrown);
    patience.end();
    if (server.write !== writeWell) server.calmDown();
    await transport.close();
    ok(error instanceof RemotingError, inspect(error));
    return error;
  }
});
