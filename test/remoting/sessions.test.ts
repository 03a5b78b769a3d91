// Who gets a session, and when another is opened.
import assert from "node:assert/strict";
import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { busy, HandServer, impatienceMs, pass } from "../support/hand-server.ts";

describe("sessions with a server", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  describe("for calls one after the other", () => {
    it("are one, and opened at the first call", async () => {
      const server = new HandServer();
      assert.deepEqual(server.openings, []);
      for (let number = 0; number < 3; number++) {
        const call = server.call();
        if (number === 0) await server.opened();
        await turn();
        assert.equal(call.session(), "exchange 1");
        call.end();
        assert.equal(await call.answered, "answer");
      }
      assert.equal(server.openings.length, 1);
    });
  });

  describe("for calls at the same time", () => {
    it("are one as long as nobody has waited for long, and each call has it for itself, in the order of asking", async () => {
      const server = new HandServer();
      const calls = [server.call(), server.call(), server.call()];
      await server.opened();
      await pass(impatienceMs - 1);
      assert.deepEqual(
        calls.map((call) => call.session()),
        ["exchange 1", undefined, undefined],
      );
      calls[0]?.end();
      await turn();
      assert.deepEqual(
        calls.map((call) => call.session()),
        ["exchange 1", "exchange 1", undefined],
      );
      assert.equal(server.openings.length, 1);
    });

    it("become more when one has waited for long, one at a time", async () => {
      const server = new HandServer();
      const calls = [server.call(), server.call(), server.call()];
      await server.opened();
      await pass(impatienceMs);
      assert.equal(server.openings.length, 2);
      await server.opened();
      assert.deepEqual(
        calls.map((call) => call.session()),
        ["exchange 1", "exchange 2", undefined],
      );
      assert.equal(server.openings.length, 3);
    });

    it("never become more than they may, and the next who asked gets the first that is free", async () => {
      const server = new HandServer({ most: 2 });
      const [first, second] = await busy(server, 2);
      const waiting = [server.call(), server.call()];
      await pass(60_000);
      assert.equal(server.openings.length, 2);
      second?.end();
      await turn();
      assert.deepEqual(
        waiting.map((call) => call.session()),
        ["exchange 2", undefined],
      );
      first?.end();
      await turn();
      assert.deepEqual(
        waiting.map((call) => call.session()),
        ["exchange 2", "exchange 1"],
      );
    });

    it("are four at most unless told otherwise", async () => {
      const server = new HandServer();
      await busy(server, 4);
      server.call();
      await pass(60_000);
      assert.equal(server.openings.length, 4);
    });
  });

  describe("of two endpoints", () => {
    it("are one each without anybody waiting", async () => {
      const server = new HandServer();
      const calls = [server.call("exchange"), server.call("windows")];
      for (const opening of server.openings) opening.done();
      await turn();
      assert.deepEqual(
        calls.map((call) => call.session()),
        ["exchange 1", "windows 2"],
      );
    });

    it("share what they may have: an idle one of the other endpoint is given back first, and counts until the server has closed it", async () => {
      const server = new HandServer({ most: 1 });
      const goodbye = Promise.withResolvers<void>();
      server.slowGoodbye = goodbye.promise;
      const [first] = await busy(server, 1);
      first?.end();
      await turn();
      const call = server.call("windows");
      await turn();
      assert.deepEqual([server.closed, server.openings.length], [["exchange 1"], 1]);
      goodbye.resolve();
      await turn();
      await server.opened();
      assert.equal(call.session(), "windows 2");
    });

    it("do not overtake each other: who came first has the place that becomes free", async () => {
      const server = new HandServer({ most: 1 });
      const [first] = await busy(server, 1);
      const windows = server.call("windows");
      const exchange = server.call("exchange");
      first?.end();
      await turn();
      await server.opened();
      assert.deepEqual([windows.session(), exchange.session()], ["windows 2", undefined]);
      windows.end();
      await turn();
      await server.opened();
      assert.equal(exchange.session(), "exchange 3");
      assert.deepEqual(server.closed, ["exchange 1", "windows 2"]);
    });

    it("leave each other's idle sessions alone while there is room", async () => {
      const server = new HandServer({ most: 2 });
      const [first] = await busy(server, 1);
      first?.end();
      await turn();
      server.call("windows");
      await server.opened();
      assert.deepEqual(server.closed, []);
    });
  });
});
