import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { selfSigned } from "../../../lab/serve/self-signed.ts";
import { basicAuthenticator } from "../../../provider/remoting/auth/basic.ts";
import { HttpConnection } from "../../../provider/remoting/http/connection.ts";
import { PasswordTrial } from "../../../provider/remoting/password-trial.ts";
import { WsmanError, type WsmanProblem } from "../../../provider/remoting/problem.ts";
import { Secret } from "../../../provider/remoting/transport.ts";

const TIMES = { timeoutMs: 5_000 };
const HOST = "ex01.contoso.local";
const anybody = basicAuthenticator({ user: "user", password: new Secret("päss:word"), trial: new PasswordTrial(3_000), host: HOST });

/** The problem that a request ends with. */
async function problemOf(posting: Promise<unknown>): Promise<WsmanProblem> {
  try {
    await posting;
  } catch (error) {
    ok(error instanceof WsmanError, String(error));
    return error.problem;
  }
  throw new Error("it went well");
}

describe("a connection", () => {
  const seen: http.IncomingMessage[] = [];
  let answer: (response: http.ServerResponse) => void = (response) => response.end("fine");
  const listener: http.RequestListener = (request, response) => {
    seen.push(request);
    request.resume().on("end", () => answer(response));
  };
  const servers: (http.Server | https.Server)[] = [];
  const connections: HttpConnection[] = [];

  async function serve(server: http.Server | https.Server): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }
  function connect(scheme: "http" | "https", port: number, trustedCertificates?: string, authenticator = anybody): HttpConnection {
    const defaultPort = scheme === "http" ? 80 : 443;
    const connection = new HttpConnection({
      url: new URL(`${scheme}://${HOST}/PowerShell/?a=b`),
      connectTo: { [`${HOST}:${defaultPort}`]: `127.0.0.1:${port}` },
      authenticator,
      tls: trustedCertificates === undefined ? {} : { ca: trustedCertificates },
    });
    connections.push(connection);
    return connection;
  }
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    seen.splice(0);
    answer = (response) => response.end("fine");
  });

  it("sends one request after the other over one TCP connection, with path, query and credentials", async () => {
    const connection = connect("http", await serve(http.createServer(listener)));
    const answers = await Promise.all([connection.post("one", TIMES), connection.post("two", TIMES)]);
    deepEqual(answers, [
      { status: 200, body: "fine" },
      { status: 200, body: "fine" },
    ]);
    equal(new Set(seen.map((request) => request.socket.remotePort ?? request.socket)).size, 1);
    deepEqual(
      seen.map(({ url, method, headers }) => [url, method, headers.authorization, headers["content-type"]]),
      [
        ["/PowerShell/?a=b", "POST", `Basic ${Buffer.from("user:päss:word").toString("base64")}`, "application/soap+xml;charset=UTF-8"],
        ["/PowerShell/?a=b", "POST", `Basic ${Buffer.from("user:päss:word").toString("base64")}`, "application/soap+xml;charset=UTF-8"],
      ],
    );
  });

  it("asks whether it may send when nothing is ahead of it and the connection stands, and sends nothing where it may not", async () => {
    const happened: string[] = [];
    const arrived = Promise.withResolvers<http.ServerResponse>();
    answer = (response) => (seen.length === 1 ? arrived.resolve(response) : response.end("fine"));
    const connection = connect("http", await serve(http.createServer(listener)));
    const first = connection.post("one", TIMES).then(() => happened.push("answered"));
    const mayNot = new Error("not our turn");
    const second = rejects(
      connection.post("two", {
        ...TIMES,
        beforeSend: async () => {
          happened.push("asked");
          throw mayNot;
        },
      }),
      mayNot,
    );
    (await arrived.promise).end("fine");
    await Promise.all([first, second]);
    deepEqual(happened, ["answered", "asked"]);
    deepEqual(await connection.post("three", { ...TIMES, beforeSend: async () => void happened.push("asked") }), {
      status: 200,
      body: "fine",
    });
    deepEqual([happened.length, seen.length], [3, 2]);
  });

  it("asks again where it stood still between the word and the sending, and sends nothing where that is no", async () => {
    const slow = basicAuthenticator({ user: "user", password: new Secret("right"), trial: new PasswordTrial(60_000), host: HOST });
    const { outgoing } = slow;
    slow.outgoing = (body) => {
      if (asked % 2 === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      return outgoing.call(slow, body);
    };
    const connection = connect("http", await serve(http.createServer(listener)), undefined, slow);
    let asked = 0;
    const mayNot = new Error("not our turn");
    const beforeSend = async () => {
      asked += 1;
      if (asked === 4) throw mayNot;
    };
    equal((await connection.post("x", { ...TIMES, beforeSend })).status, 200);
    deepEqual([asked, seen.length], [2, 1]);
    await rejects(connection.post("y", { ...TIMES, beforeSend }), mayNot);
    deepEqual([asked, seen.length], [4, 1]);
  });

  it("asks nobody where it comes to no connection", async () => {
    const closed = createServer();
    await once(closed.listen(0, "127.0.0.1"), "listening");
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    let asked = 0;
    const beforeSend = async () => {
      asked += 1;
    };
    const problem = await problemOf(connect("http", port).post("x", { ...TIMES, beforeSend }));
    deepEqual([problem.kind, asked], ["notConnected", 0]);
  });

  it("does not send a password that another one has shown to be wrong", async () => {
    answer = (response) => response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
    const trial = new PasswordTrial(3_000);
    const port = await serve(http.createServer(listener));
    const [first, second] = [1, 2].map(() =>
      connect("http", port, undefined, basicAuthenticator({ user: "user", password: new Secret("wrong"), trial, host: HOST })),
    );
    const answers = await Promise.allSettled([first?.post("x", TIMES), second?.post("y", TIMES)]);
    deepEqual(
      answers.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
    equal(seen.length, 1);
  });

  it("to a server that is not there keeps no other one from trying the password", async () => {
    const silent = createServer(() => {}).unref(); // takes TCP, and says no word of TLS
    await once(silent.listen(0, "127.0.0.1"), "listening");
    const trial = new PasswordTrial(60_000);
    const basic = () => basicAuthenticator({ user: "user", password: new Secret("right"), trial, host: HOST });
    const gone = connect("https", (silent.address() as AddressInfo).port, undefined, basic());
    const waiting = problemOf(gone.post("x", TIMES));
    const there = connect("http", await serve(http.createServer(listener)), undefined, basic());
    deepEqual(await there.post("y", TIMES), { status: 200, body: "fine" });
    gone.close();
    deepEqual(await waiting, { kind: "aborted" });
    silent.close();
  });

  it("that is answered with any status brings status and body", async () => {
    answer = (response) => response.writeHead(503).end("<html>");
    const connection = connect("http", await serve(http.createServer(listener)));
    deepEqual(await connection.post("x", TIMES), { status: 503, body: "<html>" });
  });

  it("that is sent elsewhere is told where, and follows to nobody, with its first request or a later one", async () => {
    const connection = connect("http", await serve(http.createServer(listener)));
    const moved = { kind: "status", status: 302, location: "https://elsewhere.example/owa/" };
    const redirect = (response: http.ServerResponse) => void response.writeHead(302, { Location: moved.location }).end("moved");
    for (const change of [redirect, undefined, redirect]) {
      answer = change ?? ((response) => response.end("fine"));
      if (change === undefined) deepEqual(await connection.post("x", TIMES), { status: 200, body: "fine" });
      else deepEqual(await problemOf(connection.post("x", TIMES)), moved);
    }
    equal(seen.length, 3);
  });

  it("over https trusts the certificate that it was told to trust, for the name in the URL", async () => {
    const { key, cert } = selfSigned(HOST);
    const port = await serve(https.createServer({ key, cert }, listener));
    deepEqual(await connect("https", port, cert).post("x", TIMES), { status: 200, body: "fine" });
  });

  it("over https refuses a certificate that nobody vouches for, before anything is sent", async () => {
    const port = await serve(https.createServer(selfSigned(HOST), listener));
    deepEqual(await problemOf(connect("https", port).post("x", TIMES)), {
      kind: "notConnected",
      why: "self-signed certificate",
    });
    deepEqual(seen, []);
  });

  it("over https refuses a trusted certificate for another name", async () => {
    const { key, cert } = selfSigned("ex02.contoso.local");
    const problem = await problemOf(connect("https", await serve(https.createServer({ key, cert }, listener)), cert).post("x", TIMES));
    ok(problem.kind === "notConnected" && problem.why.includes("ex02.contoso.local"), JSON.stringify(problem));
    deepEqual(seen, []);
  });

  it("that falls silent is broken, and says after how long", async () => {
    answer = () => {};
    const connection = connect("http", await serve(http.createServer(listener)));
    deepEqual(await problemOf(connection.post("x", { timeoutMs: 40 })), { kind: "broken", why: "no answer within 0.04 s" });
  });

  it("that is cut in the middle of an answer is broken", async () => {
    answer = (response) => {
      response.writeHead(200, { "Content-Length": 100 });
      response.write("half", () => response.destroy());
    };
    const problem = await problemOf(connect("http", await serve(http.createServer(listener))).post("x", TIMES));
    equal(problem.kind, "broken");
  });

  it("is not read on when the answer is absurdly large", async () => {
    answer = (response) => void response.end(Buffer.alloc(17 * 1024 * 1024, 97));
    const problem = await problemOf(connect("http", await serve(http.createServer(listener))).post("x", { timeoutMs: 20_000 }));
    deepEqual(problem, { kind: "nonsense", what: "more than 16777216 bytes in one answer" });
  });

  it("is given up by its signal, and sends nothing when that came first", async () => {
    answer = () => {};
    const connection = connect("http", await serve(http.createServer(listener)));
    const stop = new AbortController();
    const posting = connection.post("x", { timeoutMs: 5_000, signal: stop.signal });
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await rejects(posting, (error: unknown) => error instanceof WsmanError && error.problem.kind === "aborted");
    deepEqual(await problemOf(connection.post("x", { timeoutMs: 5_000, signal: stop.signal })), { kind: "aborted" });
    equal(seen.length, 1);
  });
});
