// What a client keeps of the goodbyes that nobody waits for: that they are under way, and nothing else.
import { deepEqual, equal } from "node:assert/strict";
import type { HttpAnswer } from "../../../provider/remoting/http/connection.ts";
import { WsmanError } from "../../../provider/remoting/problem.ts";
import { WsmanClient } from "../../../provider/remoting/wsman/client.ts";
import { deleteRequest } from "../../../provider/remoting/wsman/envelope.ts";
import { collectGarbage } from "../../support/kept-heap.ts";

const FRAME = { url: "http://ex01/", resourceUri: "urn:r", sessionId: "S", maxEnvelopeBytes: 153_600, operationTimeoutSeconds: 20 };

describe("a goodbye", () => {
  it("is settled once the server has answered, or has not, and not before", async () => {
    const first = Promise.withResolvers<HttpAnswer>();
    const second = Promise.withResolvers<HttpAnswer>();
    const answers = [first.promise, second.promise];
    const main = { post: () => answers.shift() ?? Promise.reject(new Error("too many")) };
    const client = new WsmanClient({ main, aside: main }, FRAME, () => "M");
    const seen: string[] = [];
    client.goodbye(deleteRequest("A"));
    client.goodbye(deleteRequest("B"));
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
    for (let count = 0; count < 3; count += 1) client.goodbye(deleteRequest("A"));
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

  it("that nothing shall wait behind goes over the second connection, if that is free, and is settled like all", async () => {
    const said: string[] = [];
    const answers: PromiseWithResolvers<HttpAnswer>[] = [];
    const over = (name: string) => ({
      post: () => {
        said.push(name);
        const answer = Promise.withResolvers<HttpAnswer>();
        answers.push(answer);
        return answer.promise;
      },
    });
    const client = new WsmanClient({ main: over("main"), aside: over("aside") }, FRAME, () => "M");
    const goodbye = () => client.goodbyeAside(deleteRequest("A"));
    goodbye();
    goodbye();
    answers[0]?.reject(new WsmanError({ kind: "broken", why: "socket hang up" }));
    await new Promise(setImmediate);
    goodbye();
    deepEqual(said, ["aside", "main", "aside"]);
    const settled = client.settled().then(() => said.push("settled"));
    answers[1]?.resolve({ status: 200, body: "" });
    await new Promise(setImmediate);
    said.push("one is left");
    answers[2]?.resolve({ status: 200, body: "" });
    await settled;
    deepEqual(said.slice(3), ["one is left", "settled"]);
  });
});
