// What a client sends that nobody waits for: over which connection and when, and that it keeps of them only whether they are under way.
import { deepEqual, equal, rejects } from "node:assert/strict";
import { mock } from "node:test";
import type { HttpAnswer } from "../../../provider/remoting/http/connection.ts";
import { WsmanError } from "../../../provider/remoting/problem.ts";
import { WsmanClient } from "../../../provider/remoting/wsman/client.ts";
import { commandRequest, deleteRequest, signalRequest } from "../../../provider/remoting/wsman/envelope.ts";
import { SignalCode } from "../../../provider/remoting/wsman/names.ts";
import { collectGarbage } from "../../support/kept-heap.ts";

const FRAME = { url: "http://ex01/", resourceUri: "urn:r", sessionId: "S", maxEnvelopeBytes: 153_600, operationTimeoutSeconds: 20 };

describe("a request that nobody waits for", () => {
  it("is settled once the server has answered, or has not, and not before", async () => {
    const first = Promise.withResolvers<HttpAnswer>();
    const second = Promise.withResolvers<HttpAnswer>();
    const answers = [first.promise, second.promise];
    const main = { post: () => answers.shift() ?? Promise.reject(new Error("too many")) };
    const client = new WsmanClient({ main, aside: main }, FRAME, () => "M");
    const seen: string[] = [];
    client.cleanUp(deleteRequest("A"));
    client.cleanUp(deleteRequest("B"));
    const settled = client.settled().then(() => seen.push("settled"));
    second.reject(new WsmanError({ kind: "broken", why: "socket hang up" }));
    await new Promise(setImmediate);
    seen.push("the second has failed");
    first.resolve({ status: 500, body: "not read" });
    await settled;
    deepEqual(seen, ["the second has failed", "settled"]);
  });

  it("leaves no answer behind, however long the session lasts", async () => {
    const answers: WeakRef<HttpAnswer>[] = [];
    const post = async () => {
      const answer = { status: 200, body: "x" };
      answers.push(new WeakRef(answer));
      return answer;
    };
    const client = new WsmanClient({ main: { post }, aside: { post } }, FRAME, () => "M");
    for (let count = 0; count < 3; count += 1) client.cleanUp(deleteRequest("A"));
    await client.settled();
    await new Promise(setImmediate); // what is looked at in this turn is not garbage yet
    collectGarbage();
    equal(answers.length, 3);
    deepEqual(
      answers.map((answer) => answer.deref()),
      [undefined, undefined, undefined],
    );
    await client.settled();
  });

  it("goes where it is told, at once, and what goes over the other connection does not wait for it", async () => {
    const said: string[] = [];
    const over = (name: string) => ({
      post: (text: string) => {
        said.push(`${/\/(\w+)<\/a:Action>/.exec(text)?.[1]} over ${name}`);
        return name === "aside"
          ? new Promise<HttpAnswer>(() => {})
          : Promise.reject(new WsmanError({ kind: "broken", why: "socket hang up" }));
      },
    });
    const client = new WsmanClient({ main: over("main"), aside: over("aside") }, FRAME, () => "M");
    client.cleanUp(signalRequest("A", "C", SignalCode.terminate), "aside");
    await rejects(client.request(commandRequest("A", "D", Buffer.of(1))));
    client.cleanUp(deleteRequest("A"));
    deepEqual(said, ["Signal over aside", "Command over main", "Delete over main"]);
  });

  it("counts as done after five seconds, however many were not answered", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const silent = { post: () => new Promise<HttpAnswer>(() => {}) };
      const client = new WsmanClient({ main: silent, aside: silent }, FRAME, () => "M");
      for (let count = 0; count < 3; count += 1) client.cleanUp(deleteRequest("A"));
      const seen: string[] = [];
      const settled = client.settled().then(() => seen.push("settled"));
      mock.timers.tick(4_999);
      await new Promise(setImmediate);
      seen.push("waiting");
      mock.timers.tick(1);
      await settled;
      deepEqual(seen, ["waiting", "settled"]);
    } finally {
      mock.timers.reset();
    }
  });
});
