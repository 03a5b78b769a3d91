// What becomes of a connection and of what was agreed on it when requests are given up, the server falls silent or answers with something else.
import { deepEqual, equal, match } from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { problemOf, toyConnections } from "../../support/toy-connection.ts";

describe("a request on a connection that Kerberos proves", () => {
  const connect = toyConnections();
  const never = () => {};

  it("that is given up in the queue is not sealed: the next one has its number", async () => {
    const { server, post } = await connect();
    const stop = new AbortController();
    const first = post("a");
    const [queued, last] = [problemOf(post("b", { signal: stop.signal })), post("c")];
    stop.abort();
    deepEqual([await first, await queued, await last], ["said: a", { kind: "aborted" }, "said: c"]);
    deepEqual(server.seen.slice(2), ["1: message 1.1 a", "1: message 1.2 c"]);
  });

  it("that is given up while the server is asked for its proof leaves nothing agreed, and the next one begins anew", async () => {
    const { server, identity, post } = await connect();
    server.instead.push(undefined, never);
    const stop = new AbortController();
    const given = problemOf(post("a", { signal: stop.signal }));
    while (server.seen.length < 2) await turn();
    stop.abort();
    deepEqual(await given, { kind: "aborted" });
    equal(await post("b"), "said: b");
    deepEqual(identity.ends, [1, 0]);
    deepEqual(server.seen.slice(2), ["2: token client 2.1", "2: message 2.1 b"]);
  });

  it("that is given up while the domain controller thinks ends at once, and nothing is begun beside what goes on", async () => {
    const { server, identity, post } = await connect();
    const { promise, resolve } = Promise.withResolvers<void>();
    identity.delay = promise;
    const stop = new AbortController();
    const given = problemOf(post("a", { signal: stop.signal }));
    while (identity.asked.length === 0) await turn();
    stop.abort();
    deepEqual(await given, { kind: "aborted" });
    const stopNext = new AbortController();
    const given2 = problemOf(post("b", { signal: stopNext.signal }));
    await turn();
    stopNext.abort();
    deepEqual(await given2, { kind: "aborted" });
    const next = post("c");
    await turn();
    equal(identity.asked.length, 1);
    resolve();
    equal(await next, "said: c");
    deepEqual([identity.asked.length, identity.ends], [2, [1, 0]]);
    deepEqual(server.seen, ["1: challenge", "1: token client 2.1", "1: message 2.1 c"]);
  });

  it("that finds no domain controller to answer says so in time; what goes on is used by the next one", async () => {
    const { server, identity, post } = await connect();
    const { promise, resolve } = Promise.withResolvers<void>();
    identity.delay = promise;
    const why = { kind: "ended", reason: "unreachable", what: "no domain controller answered within 0.03 s" };
    deepEqual(await problemOf(post("a", { timeoutMs: 30 })), why);
    resolve();
    equal(await post("b"), "said: b");
    deepEqual(server.seen, ["1: challenge", "1: token client 1.1", "1: message 1.1 b"]);
  });

  it("whose connection is closed while the domain controller thinks is given up, and what was agreed is given back once", async () => {
    const { server, identity, connection, post } = await connect();
    const { promise, resolve } = Promise.withResolvers<void>();
    identity.delay = promise;
    const given = problemOf(post("a"));
    while (identity.asked.length === 0) await turn();
    connection.close();
    resolve();
    deepEqual(await given, { kind: "aborted" });
    deepEqual([identity.ends, server.seen], [[1], ["1: challenge"]]);
  });

  it("that is given up while its answer comes in ends the connection and what was agreed on it", async () => {
    const { server, identity, post } = await connect();
    const stop = new AbortController();
    server.instead.push(undefined, undefined, (response) =>
      response.writeHead(200, { "Content-Length": 99 }).write("half", () => stop.abort()),
    );
    deepEqual(await problemOf(post("a", { signal: stop.signal })), { kind: "aborted" });
    deepEqual(identity.ends, [1]);
    equal(await post("b"), "said: b");
    deepEqual(server.seen.slice(3), ["2: token client 2.1", "2: message 2.1 b"]);
  });

  for (const [where, leg] of [
    ["its challenge", 0],
    ["its proof", 1],
    ["its answer", 2],
  ] as const) {
    it(`to a server that keeps silent instead of ${where} is broken, and leaves nothing agreed`, async () => {
      const { server, identity, post } = await connect();
      server.instead.push(...Array<undefined>(leg), never);
      deepEqual(await problemOf(post("a", { timeoutMs: 100 })), { kind: "broken", why: "no answer within 0.1 s" });
      deepEqual(identity.ends, leg === 0 ? [] : [1]);
    });
  }

  it("to a server that cuts the connection in the middle of the proof is broken, and leaves nothing agreed", async () => {
    const { server, identity, post } = await connect();
    server.instead.push(undefined, (response) => response.destroy());
    equal((await problemOf(post("a"))).kind, "broken");
    deepEqual(identity.ends, [1]);
  });

  for (const [leg, ends] of [
    [0, []],
    [1, [1]],
  ] as const) {
    it(`to a server that is not available brings its status, in step ${leg} of the proof`, async () => {
      const { server, identity, post } = await connect();
      server.instead.push(...Array<undefined>(leg), (response) => response.writeHead(503, { "Content-Type": "text/html" }).end("<html>"));
      deepEqual(await problemOf(post("a")), { kind: "status", status: 503 });
      deepEqual(identity.ends, ends);
      equal(await post("b"), "said: b");
    });
  }

  it("brings a page that is not sealed, with its status, and the connection goes on", async () => {
    const { server, identity, post } = await connect();
    server.instead.push(undefined, undefined, (response) => response.writeHead(503, { "Content-Type": "text/html" }).end("<html>busy"));
    equal(await post("a"), "<html>busy");
    equal(await post("b"), "said: b");
    deepEqual([identity.ends, server.seen.at(-1)], [[0], "1: message 1.2 b"]);
  });

  it("does not believe a message that is not sealed", async () => {
    const { server, post } = await connect();
    server.instead.push(undefined, undefined, (response) =>
      response.writeHead(200, { "Content-Type": "application/soap+xml;charset=UTF-8" }).end("<s:Envelope/>"),
    );
    deepEqual(await problemOf(post("a")), { kind: "nonsense", what: "a message that is not sealed, on a connection where all are" });
  });

  it("does not believe a message that was sealed in another context", async () => {
    const { server, post } = await connect();
    server.instead.push(undefined, undefined, (response) => server.sealed(response, "x", "7"));
    deepEqual(await problemOf(post("a")), { kind: "nonsense", what: "not for this context" });
  });

  it("whose answer is absurdly large ends the connection and what was agreed on it", async () => {
    const { server, identity, post } = await connect();
    server.instead.push(undefined, undefined, (response) => void response.end(Buffer.alloc(17 * 1024 * 1024, 97)));
    deepEqual(await problemOf(post("a")), { kind: "nonsense", what: "more than 16777216 bytes in one answer" });
    deepEqual(identity.ends, [1]);
  });

  it("may be one of 200, and one of 30 that are refused and proved anew, on one TCP connection, without listeners that pile up", async () => {
    const { server, identity, post } = await connect();
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    try {
      for (let count = 1; count <= 200; count++) await post(`${count}`);
      for (let count = 1; count <= 30; count++) {
        server.forget();
        await post(`${count}`);
      }
      await turn();
    } finally {
      process.off("warning", onWarning);
    }
    deepEqual(warnings, []);
    match(server.seen.at(-1) ?? "", /^1: message 31\.1 30$/);
    deepEqual(identity.ends, [...Array<number>(30).fill(1), 0]);
  });
});
