// What becomes of sessions: given up, failed, idle, closed.
import assert from "node:assert/strict";
import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { SessionsClosed } from "../../provider/remoting/endpoint-sessions.ts";
import { SessionPool } from "../../provider/remoting/sessions.ts";
import { busy, HandServer, impatienceMs, pass } from "../support/hand-server.ts";

describe("sessions with a server", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  describe("for who gave up waiting", () => {
    it("are none, and those behind get what they would have had", async () => {
      const server = new HandServer();
      const [first] = await busy(server, 1);
      const [second, third] = [server.call(), server.call()];
      second.stop();
      await assert.rejects(second.answered, new Error("gave up"));
      first?.end();
      await turn();
      assert.deepEqual([second.session(), third.session()], [undefined, "exchange 1"]);
    });

    it("are not opened any further where nobody else waits", async () => {
      const server = new HandServer();
      const call = server.call();
      call.stop();
      await turn();
      assert.equal(server.openings[0]?.signal.aborted, true);
      server.call();
      await server.opened();
      assert.equal(server.openings.length, 2);
    });

    it("are opened where somebody else waits too", async () => {
      const server = new HandServer();
      const [first, second] = [server.call(), server.call()];
      first.stop();
      await turn();
      await server.opened();
      assert.deepEqual([server.openings.length, second.session()], [1, "exchange 1"]);
    });

    it("are not asked for at all where it was given up before", async () => {
      const pool = new SessionPool();
      const source = pool.endpoint(async () => assert.fail("opened"));
      await assert.rejects(
        source.use(async () => assert.fail("ran"), AbortSignal.abort(new Error("gave up"))),
        new Error("gave up"),
      );
    });
  });

  describe("that fail", () => {
    it("in a call are given back, and the next call opens another", async () => {
      const server = new HandServer();
      const [first] = await busy(server, 1);
      first?.fail(new Error("broken"));
      await assert.rejects(first?.answered ?? assert.fail(), new Error("broken"));
      const next = server.call();
      await server.opened();
      assert.deepEqual([server.closed, next.session()], [["exchange 1"], "exchange 2"]);
    });

    it("are not those whose call was refused in words: the next call uses the same", async () => {
      const server = new HandServer();
      const [first] = await busy(server, 1);
      first?.fail(new Error("no such queue"), false);
      await turn();
      const next = server.call();
      await turn();
      assert.deepEqual([server.closed, next.session()], [[], "exchange 1"]);
    });

    it("in a call free their place for who waits", async () => {
      const server = new HandServer({ most: 1 });
      const [first] = await busy(server, 1);
      const next = server.call();
      first?.fail(new Error("broken"));
      await turn();
      await server.opened();
      assert.equal(next.session(), "exchange 2");
    });

    it("to open, where there is no other, fail for all who wait there, and the next call tries again", async () => {
      const server = new HandServer();
      const calls = [server.call(), server.call()];
      const elsewhere = server.call("windows");
      server.openings[0]?.refuse(new Error("18 concurrent shells"));
      for (const call of calls) await assert.rejects(call.answered, new Error("18 concurrent shells"));
      assert.equal(server.openings.length, 2);
      await server.opened();
      assert.equal(elsewhere.session(), "windows 1");
      server.call();
      assert.equal(server.openings.length, 3);
    });

    it("to open beside others leave who waits to these, and no more are tried for a minute", async () => {
      const server = new HandServer();
      const [first] = await busy(server, 1);
      const [second, third] = [server.call(), server.call()];
      await pass(impatienceMs);
      server.openings[1]?.refuse(new Error("18 concurrent shells"));
      await pass(59_999);
      assert.equal(server.openings.length, 2);
      first?.end();
      await turn();
      assert.deepEqual([second.session(), third.session()], ["exchange 1", undefined]);
      await pass(1);
      assert.equal(server.openings.length, 3);
    });
  });

  describe("that nobody uses", () => {
    it("are given back after a minute, and opened again by the next call", async () => {
      const server = new HandServer();
      const [first] = await busy(server, 1);
      first?.end();
      await pass(59_999);
      assert.deepEqual(server.closed, []);
      await pass(1);
      assert.deepEqual(server.closed, ["exchange 1"]);
      const next = server.call();
      await server.opened();
      assert.equal(next.session(), "exchange 2");
    });

    it("are the ones too many: the one used last is used again, so that the others grow old", async () => {
      const server = new HandServer();
      const [first, second] = await busy(server, 2);
      first?.end();
      await turn();
      second?.end();
      await pass(30_000);
      const next = server.call();
      await turn();
      assert.equal(next.session(), "exchange 2");
      next.end();
      await pass(30_000);
      assert.deepEqual(server.closed, ["exchange 1"]);
    });

    it("are not those in which a call runs, however long that takes", async () => {
      const server = new HandServer();
      await busy(server, 1);
      await pass(600_000);
      assert.deepEqual(server.closed, []);
    });
  });

  describe("that are closed", () => {
    it("are given back: idle ones at once, busy ones after their call, and nobody who waits gets one", async () => {
      const server = new HandServer();
      const [first, second] = await busy(server, 2);
      first?.end();
      await turn();
      second?.end();
      await turn();
      const running = server.call();
      await turn();
      const waiting = [server.call(), server.call()];
      await turn();
      let closed = false;
      const closing = server.close().then(() => {
        closed = true;
      });
      await assert.rejects(waiting[1]?.answered ?? assert.fail(), SessionsClosed);
      await turn();
      assert.deepEqual([server.closed, closed], [[], false]);
      running.end();
      waiting[0]?.end();
      await closing;
      assert.deepEqual(server.closed.toSorted(), ["exchange 1", "exchange 2"]);
      assert.equal(await running.answered, "answer");
    });

    it("are not opened to the end, nor afterwards", async () => {
      const server = new HandServer();
      const call = server.call();
      await server.close();
      await assert.rejects(call.answered, SessionsClosed);
      assert.equal(server.openings[0]?.signal.aborted, true);
      await assert.rejects(server.call().answered, SessionsClosed);
      assert.equal(server.openings.length, 1);
    });

    it("are given back too where opening one could not be stopped any more", async () => {
      const server = new HandServer();
      server.call();
      server.openings[0]?.done();
      await server.close();
      assert.deepEqual(server.closed, ["exchange 1"]);
    });

    it("at one endpoint are open at the other", async () => {
      const server = new HandServer();
      await server.close("exchange");
      const call = server.call("windows");
      await server.opened();
      assert.equal(call.session(), "windows 1");
    });

    it("twice are closed once", async () => {
      const server = new HandServer();
      const [first] = await busy(server, 1);
      first?.end();
      await turn();
      await Promise.all([server.close(), server.close()]);
      assert.deepEqual(server.closed, ["exchange 1"]);
    });
  });
});
