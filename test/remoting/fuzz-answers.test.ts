// Answers that are wrong in every way that can be thought of: the client ends each call with an error of a known kind, or with the right answer.
import { ok } from "node:assert/strict";
import type http from "node:http";
import { inspect } from "node:util";
import { RemotingError } from "../../provider/remoting/transport.ts";
import { fuzzAnswers } from "../support/answer-fuzz.ts";
import { keptHeapBytes } from "../support/kept-heap.ts";
import { Conversation } from "../support/wsman-conversation.ts";
import { Dice, mutated } from "../support/wsman-mutations.ts";
import { TestServer } from "../support/wsman-server.ts";

/** `npm run bench -- fuzz` makes 100,000. */
const SHARE = 3_000;
const OVER_A_WIRE = 300;
/** What the client may keep of all of them. */
const MOST_KEPT_BYTES = 30e6;

describe("spoilt answers", () => {
  it(`by the thousand (${SHARE}) end in a typed error or in the right answer, leave no session open and do not pile up`, async function () {
    this.timeout(180_000);
    const seed = Date.now() % 1_000_000_000;
    const before = keptHeapBytes();
    const { ends, answers } = await fuzzAnswers({ seed, count: SHARE });
    ok(answers >= SHARE);
    for (const end of ["right", "invalidAnswer", "sessionLost", "given up"]) ok((ends[end] ?? 0) > 0, `none ended as ${end}; seed ${seed}`);
    const kept = keptHeapBytes() - before;
    ok(kept < MOST_KEPT_BYTES, `${kept} bytes are kept; seed ${seed}`);
  });

  it(`over a wire (${OVER_A_WIRE}), with odd statuses, headers, lengths and endings, end in time`, async function () {
    this.timeout(180_000);
    const seed = Date.now() % 1_000_000_000;
    const dice = new Dice(seed);
    const server = new TestServer();
    await server.start();
    try {
      let rights = 0;
      for (let number = 0; number < OVER_A_WIRE; number += 1) {
        server.conversation = new Conversation();
        server.write = (response, { status, body }) => spoil(dice, response, status, body);
        const transport = server.transport();
        const ended = await transport.invoke("Get-Queue", {}, { timeoutMs: 100 }).then(
          ({ objects }) => objects.length,
          (error: unknown) => error,
        );
        if (ended === 0) rights += 1;
        else ok(ended instanceof RemotingError, `seed ${seed}, call ${number}: ${inspect(ended)}`);
        server.calmDown();
        await transport.close();
        ok(server.conversation.count("Command") <= 1, `seed ${seed}, call ${number}: its Command was sent twice`);
      }
      ok(rights > 0, `all ${OVER_A_WIRE} failed; seed ${seed}`);
    } finally {
      await server.stop();
    }
  });
});

/** Writes an answer, one time in three wrongly. */
function spoil(dice: Dice, response: http.ServerResponse, status: number, body: string): void {
  const [type, bytes] = [{ "Content-Type": "application/soap+xml;charset=UTF-8" }, Buffer.from(body, "utf8")];
  switch (dice.below(24)) {
    case 0:
      return void response.writeHead(dice.of([204, 301, 400, 401, 404, 418, 500, 503, 599]), type).end(bytes);
    case 1:
      return void response.writeHead(302, { Location: "http://127.0.0.1:1/elsewhere" }).end();
    case 2:
      return void response.writeHead(status, { "Content-Type": dice.of(["text/html", "", "multipart/encrypted", "x"]) }).end(bytes);
    case 3:
      return void response
        .writeHead(status, { ...type, "Content-Length": bytes.length + 1 + dice.below(9) })
        .end(bytes, () => response.destroy());
    case 4:
      response.writeHead(status, type).write(bytes.subarray(0, dice.below(bytes.length)), () => response.destroy());
      return;
    case 5:
      response.socket?.end(
        `HTTP/1.1 ${dice.of(["200 OK", "999 What", "", "200"])}\r\n${dice.of(["", "X: y\r\n\r\n", "Content-Length: -1\r\n\r\n"])}`,
      );
      return;
    case 6:
      response.writeHead(status, type).write("<"); // and nothing more
      return;
    case 7:
      return void response.writeHead(status, type).end(mutated(body, dice).bytes);
    default:
      return void response.writeHead(status, type).end(bytes);
  }
}
