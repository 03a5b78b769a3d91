// How a TCP connection is proved, lost, and proved anew, over a real one, with a Kerberos that tells which context made what.
import { deepEqual, equal } from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { selfSigned } from "../../../lab/serve/self-signed.ts";
import { problemOf, toyConnections } from "../../support/toy-connection.ts";

describe("a connection that Kerberos proves", () => {
  const connect = toyConnections();

  it("is proved once, and its messages go out one at a time, in the order of their calls", async () => {
    const { server, identity, post } = await connect();
    deepEqual(await Promise.all(["a", "b", "c"].map((text) => post(text))), ["said: a", "said: b", "said: c"]);
    deepEqual(server.seen, ["1: challenge", "1: token client 1.1", "1: message 1.1 a", "1: message 1.2 b", "1: message 1.3 c"]);
    deepEqual(identity.asked, ["Kerberos HTTP/ex01.contoso.local"]);
  });

  it("is proved in as many steps as it takes", async () => {
    const { server, identity, post } = await connect();
    identity.legs = server.legs = 3;
    equal(await post("a"), "said: a");
    deepEqual(server.seen.slice(1), ["1: token client 1.1", "1: token client 1.2", "1: token client 1.3", "1: message 1.1 a"]);
  });

  it("over https is proved too, and TLS seals", async () => {
    const certificate = selfSigned("ex01.contoso.local");
    const { server, post } = await connect({ server: certificate, client: { ca: certificate.cert } });
    deepEqual([await post("a"), await post("b")], ["said: a", "said: b"]);
    deepEqual(server.seen, ["1: challenge", "1: token client 1.1", "1: message a", "1: message b"]);
  });

  it("keeps the cookies that were handed out meanwhile, and gives back those that were taken back", async () => {
    const { server, post } = await connect();
    server.instead.push(
      (response) => server.challenge(response.setHeader("Set-Cookie", ["a=1; path=/; HttpOnly", "b=2"])),
      undefined,
      (response) => server.sealed(response.setHeader("Set-Cookie", "b=; expires=Thu, 01 Jan 1970 00:00:00 GMT"), "", "1"),
    );
    await post("x");
    await post("y");
    deepEqual(server.cookies, ["", "a=1; b=2", "a=1; b=2", "a=1"]);
  });

  it("is proved anew before the next message, once the server has ended it while idle; what was agreed on it is given back once", async () => {
    const { server, identity, post } = await connect();
    await post("a");
    server.hangUp();
    while (identity.ends[0] === 0) await turn();
    equal(await post("b"), "said: b");
    deepEqual(server.seen.slice(3), ["2: token client 2.1", "2: message 2.1 b"]);
    deepEqual(identity.ends, [1, 0]);
  });

  it("is proved anew where each answer ends it", async () => {
    const { server, identity, post } = await connect();
    server.instead.push(undefined, undefined, (response) => server.sealed(response.setHeader("Connection", "close"), "a", "1"));
    equal(await post("x"), "a");
    equal(await post("b"), "said: b");
    deepEqual(server.seen.slice(3), ["2: token client 2.1", "2: message 2.1 b"]);
    deepEqual(identity.ends, [1, 0]);
  });

  it("is proved on the next one where the server ends it with its challenge", async () => {
    const { server, post } = await connect();
    server.instead.push((response) => server.challenge(response.setHeader("Connection", "close")));
    equal(await post("a"), "said: a");
    deepEqual(server.seen, ["1: challenge", "2: token client 1.1", "2: message 1.1 a"]);
  });

  it("says so where the server ends it between the steps, and no step goes over another", async () => {
    const { server, identity, post } = await connect();
    identity.legs = server.legs = 2;
    server.instead.push(undefined, (response) =>
      response
        .writeHead(401, { "WWW-Authenticate": `Kerberos ${Buffer.from("server 1.1").toString("base64")}`, Connection: "close" })
        .end(),
    );
    const problem = await problemOf(post("a"));
    const why =
      "ex01.contoso.local closes each TCP connection as soon as it was proved there who asks; does something between here and there do that?";
    deepEqual(problem, { kind: "notConnected", why });
    deepEqual(server.seen, ["1: challenge", "1: token client 1.1"]);
    deepEqual(identity.ends, [1]);
  });

  it("says so where the server ends it with its proof, and the message does not go over another", async () => {
    const { server, identity, post } = await connect();
    server.instead.push(undefined, (response) =>
      response
        .writeHead(200, { "WWW-Authenticate": `Kerberos ${Buffer.from("server 1.1").toString("base64")}`, Connection: "close" })
        .end(),
    );
    equal((await problemOf(post("a"))).kind, "notConnected");
    deepEqual(server.seen, ["1: challenge", "1: token client 1.1"]);
    deepEqual(identity.ends, [1]);
  });

  it("proves it anew after a 401, and sends the refused message once more", async () => {
    const { server, identity, post } = await connect();
    await post("a");
    server.forget();
    equal(await post("b"), "said: b");
    deepEqual(server.seen.slice(3), ["1: message 1.2 b", "1: token client 2.1", "1: message 2.1 b"]);
    deepEqual(identity.ends, [1, 0]);
  });

  it("takes a second 401 for the answer", async () => {
    const { server, identity, connection, post } = await connect();
    await post("a");
    server.forget();
    server.instead.push(undefined, undefined, (response) => server.challenge(response));
    deepEqual(await connection.post("b", { timeoutMs: 5_000 }), { status: 401, body: "" });
    deepEqual(server.seen.slice(3), ["1: message 1.2 b", "1: token client 2.1", "1: message 2.1 b"]);
    deepEqual(identity.ends, [1, 0]);
  });

  it("takes a 401 to the first message for the answer", async () => {
    const { server, connection } = await connect();
    server.instead.push(undefined, undefined, (response) => server.challenge(response));
    equal((await connection.post("a", { timeoutMs: 5_000 })).status, 401);
    equal(server.seen.length, 3);
  });

  it("gives back what was agreed on it when it is closed, once", async () => {
    const { identity, connection, post } = await connect();
    await post("a");
    connection.close();
    connection.close();
    deepEqual(identity.ends, [1]);
    deepEqual(await problemOf(post("b")), { kind: "aborted" });
  });
});
