// A connection of our own against servers that are written out byte by byte: which requests share a TCP connection, and what ends one.
import assert, { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { HttpWire } from "../../../provider/remoting/http/wire.ts";
import { WsmanError, type WsmanProblem } from "../../../provider/remoting/problem.ts";

const FINE = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";
const TIMES = { timeoutMs: 5_000 };

describe("a connection's wire", () => {
  const opened: { readonly server: Server; readonly wire: HttpWire }[] = [];
  const requests: string[] = [];
  const sockets: Socket[] = [];

  /** A wire to a server that answers each request with what `answer` writes. */
  async function wireTo(answer: (socket: Socket, count: number) => void): Promise<HttpWire> {
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.on("data", (bytes) => answer(socket, requests.push(bytes.toString("latin1"))));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const wire = new HttpWire(
      new URL("http://ex01.contoso.local/PowerShell/?a=b"),
      { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
      {},
    );
    opened.push({ server, wire });
    return wire;
  }
  async function ask(wire: HttpWire, headers: Record<string, string> = {}): Promise<string | undefined> {
    const answer = await wire.exchange({ headers, bytes: Buffer.from("body") }, TIMES);
    return answer === undefined ? undefined : Buffer.from(answer.bytes).toString("latin1");
  }
  async function problemOf(asking: Promise<unknown>): Promise<WsmanProblem> {
    const error = await asking.then(
      () => new Error("it went well"),
      (reason: unknown) => reason,
    );
    ok(error instanceof WsmanError, String(error));
    return error.problem;
  }
  afterEach(async () => {
    for (const { server, wire } of opened.splice(0)) {
      wire.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
    requests.splice(0);
    sockets.splice(0);
  });

  it("writes a request as HTTP/1.1 wants it, and uses the connection again", async () => {
    const wire = await wireTo((socket) => socket.write(FINE));
    deepEqual([await ask(wire, { "Content-Type": "text/xml" }), await ask(wire)], ["fine", "fine"]);
    equal(
      requests[0],
      "POST /PowerShell/?a=b HTTP/1.1\r\nHost: ex01.contoso.local\r\nConnection: keep-alive\r\nAccept-Encoding: identity\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\nbody",
    );
    equal(sockets.length, 1);
  });

  for (const [what, answer] of [
    ["says that it closes", FINE.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")],
    ["sends more than was asked for", `${FINE}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
    ["keeps it no longer than a second", FINE.replace("\r\n\r\n", "\r\nKeep-Alive: timeout=1, max=5\r\n\r\n")],
  ] as const)
    it(`that ${what} is made anew for the next request`, async () => {
      const wire = await wireTo((socket) => socket.write(answer));
      deepEqual([await ask(wire), await ask(wire)], ["fine", "fine"]);
      equal(sockets.length, 2);
    });

  for (const [what, end] of [
    ["closed", (socket: Socket) => socket.end()],
    ["reset", (socket: Socket) => socket.resetAndDestroy()],
    ["spoken on unasked", (socket: Socket) => socket.write(FINE.replace("fine", "evil"))],
  ] as const)
    it(`that was ${what} while nobody asked is made anew`, async () => {
      const wire = await wireTo((socket) => socket.write(FINE));
      const answer = await wire.exchange({ headers: {}, bytes: Buffer.from("body") }, TIMES);
      const gone = new Promise((resolve) => answer?.socket.once("close", resolve));
      const [socket] = sockets;
      if (socket !== undefined) end(socket);
      await gone;
      equal(await ask(wire), "fine");
      equal(sockets.length, 2);
    });

  it("sends nothing over another connection than the one that is asked for", async () => {
    const wire = await wireTo((socket) => socket.write(FINE));
    const first = await wire.exchange({ headers: {}, bytes: Buffer.from("body") }, TIMES);
    ok(first !== undefined);
    ok((await wire.exchange({ headers: {}, bytes: Buffer.from("body") }, { ...TIMES, only: first.socket })) !== undefined);
    first.socket.destroy();
    equal(await wire.exchange({ headers: {}, bytes: Buffer.from("body") }, { ...TIMES, only: first.socket }), undefined);
    equal(requests.length, 2);
  });

  it("is broken by an answer that is cut off, that is none, or that does not come; the next request has a new one", async () => {
    const answers = [
      (socket: Socket) => socket.end(FINE.slice(0, -1)),
      (socket: Socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
      (socket: Socket) => socket.end(),
      (socket: Socket) => socket.write(FINE),
    ];
    const wire = await wireTo((socket, count) => answers[count - 1]?.(socket));
    deepEqual(
      [await problemOf(ask(wire)), await problemOf(ask(wire)), await problemOf(ask(wire)), await ask(wire)],
      [
        { kind: "broken", why: "the answer was cut off" },
        { kind: "broken", why: "no HTTP/1.1 status line" },
        { kind: "broken", why: "socket hang up" },
        "fine",
      ],
    );
    equal(sockets.length, 4);
  });

  it("reads an answer that ends with the connection", async () => {
    const wire = await wireTo((socket) => socket.end("HTTP/1.1 503 Busy\r\n\r\n<html>"));
    equal(await ask(wire), "<html>");
  });

  it("does not wait for long for a host that takes no connection", async () => {
    await wireTo(() => {}); // takes TCP, and says no word of TLS
    const [{ server } = assert.fail()] = opened;
    const { port } = server.address() as AddressInfo;
    const wire = new HttpWire(new URL("https://ex01.contoso.local/"), { host: "127.0.0.1", port }, {}, 20);
    deepEqual(await problemOf(ask(wire)), { kind: "notConnected", why: "no connection within 0.02 s" });
    deepEqual(await problemOf(wire.connect()), { kind: "notConnected", why: "no connection within 0.02 s" });
  });

  it("connects before there is anything to send, and sends over that", async () => {
    const wire = await wireTo((socket) => socket.write(FINE));
    await Promise.all([wire.connect(), wire.connect()]);
    deepEqual([sockets.length, requests.length], [1, 0]);
    equal(await ask(wire), "fine");
    await wire.connect();
    equal(sockets.length, 1);
  });

  it("says why it cannot connect, and stops when told to", async () => {
    const wire = await wireTo(() => {});
    for (const { server } of opened) server.close();
    match(JSON.stringify(await problemOf(wire.connect())), /^\{"kind":"notConnected","why":"connect ECONNREFUSED/);
    deepEqual(await problemOf(wire.connect(AbortSignal.abort())), { kind: "aborted" });
    const given = new AbortController();
    const connecting = problemOf(wire.connect(given.signal));
    given.abort();
    deepEqual(await connecting, { kind: "aborted" });
    const closed = problemOf(wire.connect());
    wire.close();
    deepEqual(await closed, { kind: "aborted" });
  });

  it("closes what is under way as aborted", async () => {
    const wire = await wireTo(() => {});
    const asking = problemOf(ask(wire));
    while (requests.length === 0) await turn();
    wire.close();
    deepEqual(await asking, { kind: "aborted" });
  });

  it("refuses a header that would be several", async () => {
    const wire = await wireTo((socket) => socket.write(FINE));
    await rejects(ask(wire, { Cookie: "a=b\r\nX: y" }), (error: unknown) => {
      match(String(error), /the header Cookie cannot be sent/);
      return true;
    });
    equal(sockets.length, 0);
  });
});
