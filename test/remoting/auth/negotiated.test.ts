// What Kerberos makes of a server's answers, step by step, without a network.
import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { type NegotiatedOptions, negotiatedAuthenticator } from "../../../provider/remoting/auth/negotiated.ts";
import { isSealed, sealedBody } from "../../../provider/remoting/auth/sealed-body.ts";
import type { HandshakeAnswer } from "../../../provider/remoting/http/authenticator.ts";
import { WsmanError, type WsmanProblem } from "../../../provider/remoting/problem.ts";
import { masked, ToyIdentity } from "../../support/toy-kerberos.ts";

const SOAP = "application/soap+xml;charset=UTF-8";

function open(options: Partial<NegotiatedOptions> = {}) {
  const identity = new ToyIdentity();
  const made = { identity, host: "ex01.contoso.local", user: "pauser@contoso.local", seals: true, known: {}, ...options };
  const authenticator = negotiatedAuthenticator(made);
  /** Answers in turn; what was asked is kept. */
  const asked: string[] = [];
  const begin = (...answers: readonly HandshakeAnswer[]) => {
    const left = [...answers];
    return authenticator.begin(async ({ Authorization = "" }) => {
      const [scheme = "", token = ""] = Authorization.split(" ");
      asked.push(`${scheme} ${Buffer.from(token, "base64")}`.trim());
      const answer = left.shift();
      if (answer === undefined) throw new Error("one request too many");
      return answer;
    });
  };
  return { identity, authenticator, begin, asked, known: made.known };
}

const offer = (...challenges: readonly string[]) => ({ status: 401, challenges });
const token = (status: number, text: string, scheme = "Kerberos") => ({
  status,
  challenges: [`${scheme} ${Buffer.from(text).toString("base64")}`],
});
const bare = (status: number) => ({ status, challenges: [] });
const agreed = [offer("Kerberos"), token(200, "server 1.1")];

describe("the steps of Kerberos", () => {
  it("are one token each way, in the scheme that the server offers", async () => {
    for (const scheme of ["Kerberos", "Negotiate"]) {
      const { asked, begin } = open();
      await begin(offer(scheme), token(200, "server 1.1", scheme));
      deepEqual(asked, ["", `${scheme} client 1.1`]);
    }
  });

  it("are more where the server wants more, the last without a token of the server's", async () => {
    const { asked, begin, identity } = open();
    identity.legs = 2;
    await begin(offer("Kerberos"), token(401, "server 1.1"), token(200, "server 1.2"));
    deepEqual(asked, ["", "Kerberos client 1.1", "Kerberos client 1.2"]);
  });

  it("end with a 401 that brings the server's proof, and a request that brings nothing more", async () => {
    const { asked, begin } = open();
    await begin(offer("Kerberos"), token(401, "server 1.1"), bare(200));
    deepEqual(asked, ["", "Kerberos client 1.1", "Kerberos"]);
  });

  it("end when all is agreed, even if the server has one token more", async () => {
    await open().begin(offer("Kerberos"), token(401, "server 1.1"), token(200, "server 1.2"));
  });

  it("read the server's token in whatever letters its scheme is written, beside other challenges", async () => {
    const { begin } = open();
    await begin(offer("kerberos"), {
      status: 200,
      challenges: ['Basic realm="x"', `KERBEROS ${Buffer.from("server 1.1").toString("base64")}`],
    });
  });

  it("prefer Negotiate, and are begun in it at once on the next connection to the same server", async () => {
    const known = {};
    await open({ known }).begin(offer("Kerberos", "Negotiate"), token(200, "server 1.1", "Negotiate"));
    const { asked, begin } = open({ known });
    await begin(token(200, "server 1.1", "Negotiate"));
    deepEqual(asked, ["Negotiate client 1.1"]);
  });

  it("begun anew give back what was agreed before", async () => {
    const { begin, identity } = open();
    await begin(...agreed);
    await begin(token(200, "server 2.1"));
    deepEqual(identity.ends, [1, 0]);
  });

  const failures: readonly (readonly [string, readonly HandshakeAnswer[], WsmanProblem])[] = [
    ["nothing is offered", [offer()], denied("ex01.contoso.local does not offer Kerberos, it offers nothing: allow Kerberos there")],
    [
      "only something else is offered",
      [offer("NTLM", "Basic")],
      denied(
        "ex01.contoso.local does not offer Kerberos, it offers NTLM and Basic: allow Kerberos there, or set the provider's authentication to basic, over https",
      ),
    ],
    ["the server does not ask who it is", [bare(200)], { kind: "status", status: 200 }],
    ["the server is not available when asked what it offers", [bare(503)], { kind: "status", status: 503 }],
    [
      "the token is refused",
      [offer("Kerberos"), offer("Kerberos")],
      denied(
        "ex01.contoso.local does not accept the Kerberos ticket of pauser@contoso.local (HTTP 401): the account needs remote PowerShell (Set-User -RemotePowerShellEnabled $true), and HTTP/ex01.contoso.local must belong to that server alone (setspn -Q HTTP/ex01.contoso.local)",
      ),
    ],
    [
      "the server goes on without its own proof",
      [offer("Kerberos"), bare(200)],
      denied("ex01.contoso.local did not prove that it is HTTP/ex01.contoso.local (HTTP 200): something else may answer there"),
    ],
    [
      "the server's proof is in another scheme",
      [offer("Kerberos"), token(200, "server 1.1", "Negotiate")],
      denied("ex01.contoso.local did not prove that it is HTTP/ex01.contoso.local (HTTP 200): something else may answer there"),
    ],
    ["the server is not available for the proof", [offer("Kerberos"), bare(503)], { kind: "status", status: 503 }],
    ["the server fails at the proof", [offer("Kerberos"), bare(500)], { kind: "status", status: 500 }],
    ["the account may not go in", [offer("Kerberos"), bare(403)], { kind: "status", status: 403 }],
    ["there is nothing at that path", [offer("Kerberos"), bare(404)], { kind: "status", status: 404 }],
  ];
  for (const [what, answers, problem] of failures) {
    it(`come to nothing where ${what}`, async () => {
      await rejects(open().begin(...answers), (error: unknown) => {
        deepEqual(error instanceof WsmanError && error.problem, problem);
        return true;
      });
    });
  }

  it("do not go on for ever", async () => {
    const { begin, identity, asked } = open();
    identity.legs = 9;
    const endless = Array.from({ length: 9 }, (_, index) => token(401, `server 1.${index + 1}`));
    await rejects(begin(offer("Kerberos"), ...endless), (error: unknown) => {
      const what = "HTTP/ex01.contoso.local did not come to an end in 5 steps of Kerberos";
      deepEqual(error instanceof WsmanError && error.problem, denied(what));
      return true;
    });
    equal(asked.length, 6);
  });
});

describe("a message under Kerberos", () => {
  const bytes = Buffer.from("<a/>");

  it("is sealed over http, its headers kept, and opened again", async () => {
    const { authenticator, begin } = open();
    await begin(...agreed);
    const sealed = authenticator.outgoing({ headers: { "Content-Type": "text/x", A: "b" }, bytes });
    const expected = sealedBody("Kerberos", { signature: Buffer.from("1.1"), data: masked(bytes) }, "text/x", { A: "b" });
    deepEqual([sealed.headers, Buffer.from(sealed.bytes)], [expected.headers, Buffer.from(expected.bytes)]);
    equal(isSealed(sealed.headers["Content-Type"] ?? ""), true);
    const answer = sealedBody("Kerberos", { signature: Buffer.from("to 1"), data: masked(bytes) }, SOAP, {});
    deepEqual(Buffer.from(authenticator.incoming(answer.headers["Content-Type"] ?? "", answer.bytes)), bytes);
  });

  it("names SPNEGO where that was offered", async () => {
    const { authenticator, begin } = open();
    await begin(offer("Negotiate"), token(200, "server 1.1", "Negotiate"));
    const { headers, bytes: body } = authenticator.outgoing({ headers: {}, bytes });
    equal(Buffer.from(body).includes("OriginalContent: type=application/soap+xml;charset=UTF-8;Length=4\r\n"), true);
    equal(
      headers["Content-Type"],
      'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"',
    );
  });

  it("is left as it is over https", async () => {
    const { authenticator, begin } = open({ seals: false });
    await begin(...agreed);
    deepEqual(authenticator.outgoing({ headers: { A: "b" }, bytes }), { headers: { A: "b" }, bytes });
    deepEqual(authenticator.incoming(SOAP, bytes), bytes);
  });

  for (const type of [SOAP, "text/xml", "application/xml; charset=utf-8", "APPLICATION/SOAP+XML"]) {
    it(`that is ${type} and not sealed is not believed, and nothing at all is nothing`, async () => {
      const { authenticator, begin } = open();
      await begin(...agreed);
      throws(
        () => authenticator.incoming(type, bytes),
        (error: unknown) => error instanceof WsmanError && error.problem.kind === "nonsense",
      );
      equal(authenticator.incoming(type, new Uint8Array()).length, 0);
    });
  }

  for (const type of ["text/html", "text/plain", ""]) {
    it(`that is "${type}" is a page, and comes as it is, unless it is a message after all`, async () => {
      const { authenticator, begin } = open();
      await begin(...agreed);
      deepEqual(authenticator.incoming(type, bytes), bytes);
      throws(
        () => authenticator.incoming(type, Buffer.from("<x:Envelope xmlns:x='http://www.w3.org/2003/05/soap-envelope'/>")),
        (error: unknown) => error instanceof WsmanError && error.problem.kind === "nonsense",
      );
    });
  }

  it("is neither sealed nor opened once the connection is gone", async () => {
    const { authenticator, begin, identity } = open();
    await begin(...agreed);
    authenticator.end();
    authenticator.end();
    deepEqual(identity.ends, [1]);
    const gone = (error: unknown) => error instanceof WsmanError && error.problem.kind === "broken";
    throws(() => authenticator.outgoing({ headers: {}, bytes }), gone);
    throws(() => authenticator.incoming("multipart/encrypted", bytes), gone);
  });
});

function denied(what: string): WsmanProblem {
  return { kind: "ended", reason: "denied", what };
}
