// What a client says that nobody waits for: over which connection and when, and that it keeps of them only whether they are under way.
import { deepEqual, equal, rejects } from "node:assert/strict";
import type { HttpAnswer } from "../../../provider/remoting/http/connection.ts";
import { WsmanError } from "../../../provider/remoting/problem.ts";
import { WsmanClient } from "../../../provider/remoting/wsman/client.ts";
import { commandRequest, deleteRequest, receiveRequest, signalRequest } from "../../../provider/remoting/wsman/envelope.ts";
import { SignalCode } from "../../../provider/remoting/wsman/names.ts";
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

  describe("that nothing shall wait behind", () => {
    const said: string[] = [];
    const answers: PromiseWithResolvers<HttpAnswer>[] = [];
    const over = (name: string) => ({
      post: (text: string) => {
        said.push(`${/\/(\w+)<\/a:Action>/.exec(text)?.[1]} over ${name}`);
        const answer = Promise.withResolvers<HttpAnswer>();
        answers.push(answer);
        return answer.promise;
      },
    });
    const turn = () => new Promise(setImmediate);
    let client: WsmanClient;
    const goodbye = () => client.goodbyeAside(signalRequest("A", "C", SignalCode.terminate));
    const refused = (number: number) => answers[number]?.reject(new WsmanError({ kind: "broken", why: "socket hang up" }));

    beforeEach(() => {
      client = new WsmanClient({ main: over("main"), aside: over("aside") }, FRAME, () => "M");
      said.splice(0);
      answers.splice(0);
    });

    it("goes over the second connection when nothing else is said", async () => {
      goodbye();
      deepEqual(said, []);
      await turn();
      deepEqual(said, ["Signal over aside"]);
    });

    it("lets the next Command go before it, and goes while the server is asked for output", async () => {
      goodbye();
      const command = rejects(client.request(commandRequest("A", "D", Buffer.of(1))));
      await turn();
      deepEqual(said, ["Command over main"]);
      refused(0);
      const receive = rejects(command.then(() => client.request(receiveRequest("A", "D"))));
      await turn();
      deepEqual(said, ["Command over main", "Receive over main", "Signal over aside"]);
      refused(1);
      await receive;
    });

    it("goes by itself after a Command that came to nothing", async () => {
      goodbye();
      const command = rejects(client.request(commandRequest("A", "D", Buffer.of(1))));
      await turn();
      refused(0);
      await command;
      await turn();
      deepEqual(said, ["Command over main", "Signal over aside"]);
    });

    it("goes before one that closes the shell, and before the end", async () => {
      goodbye();
      client.goodbye(deleteRequest("A"));
      goodbye();
      void client.settled();
      deepEqual(said, ["Signal over aside", "Delete over main", "Signal over main"]);
    });

    it("does not pile up behind one that is not answered, and is settled like all", async () => {
      goodbye();
      goodbye();
      await turn();
      refused(0);
      await turn();
      goodbye();
      await turn();
      deepEqual(said, ["Signal over aside", "Signal over main", "Signal over aside"]);
      const settled = client.settled().then(() => said.push("settled"));
      answers[1]?.resolve({ status: 200, body: "" });
      await turn();
      said.push("one is left");
      answers[2]?.resolve({ status: 200, body: "" });
      await settled;
      deepEqual(said.slice(3), ["one is left", "settled"]);
    });
  });
});
