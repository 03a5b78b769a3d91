// Which way is taken, and what is refused before anything is sent.
import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { type AuthenticationOptions, openAuthentication } from "../../../provider/remoting/auth/authentication.ts";
import type { Authenticator } from "../../../provider/remoting/http/authenticator.ts";
import { WsmanError } from "../../../provider/remoting/problem.ts";
import { Secret } from "../../../provider/remoting/transport.ts";
import { requireJudge } from "../../support/judges.ts";
import { kdcAvailable } from "../../support/kdc.ts";

const HTTP = new URL("http://ex01.contoso.local/PowerShell/");
const HTTPS = new URL("https://ex01.contoso.local/PowerShell/");
const password = new Secret("pw");
const clientCertificate = { certificate: "CERT", key: new Secret("KEY") };

function open(options: Partial<AuthenticationOptions>) {
  return openAuthentication({ method: "auto", user: "pauser@contoso.local", ...options });
}

describe("an authentication", () => {
  it("does not show a password over http to another machine", () => {
    const sentence =
      "Basic authentication over http would show the password of pauser@contoso.local to anyone on the way to ex01.contoso.local; use https, or Kerberos, which seals";
    const basic = open({ method: "basic", password });
    deepEqual(
      [basic.refusal(HTTP, "ex01.contoso.local"), basic.refusal(HTTP, "127.0.0.1"), basic.refusal(HTTPS, "ex01.contoso.local")],
      [sentence, undefined, undefined],
    );
    equal(open({ method: "basic", password, allowUnencrypted: true }).refusal(HTTP, "ex01.contoso.local"), undefined);
  });

  it("says what Basic lacks", () => {
    const sentence = "Basic authentication needs a user and a password, and one of them is not set";
    equal(open({ method: "basic" }).refusal(HTTPS, "ex01"), sentence);
    equal(open({ method: "basic", user: "", password }).refusal(HTTPS, "ex01"), sentence);
  });

  it("tries a password once at each of its endpoints, whatever the number of servers", async () => {
    const basic = open({ method: "basic", password });
    const at = (url: string) => basic.authenticator(new URL(url), "127.0.0.1");
    const begins = (authenticator: Authenticator) => authenticator.begin(() => Promise.reject(new Error("nothing is to be asked")));
    const first = at("http://ex01.contoso.local:5985/wsman");
    await begins(first);
    first.judged?.({ status: 401, challenges: ["Basic"] });
    await rejects(
      begins(at("http://ex02.contoso.local:5985/wsman")),
      ended(/^not asked, because ex01\.contoso\.local:5985 does not accept/),
    );
    for (const url of ["http://ex01.contoso.local/PowerShell/", "https://ex01.contoso.local:5986/wsman"]) await begins(at(url));
  });

  it("uses a client certificate over https only, and says when there is none", () => {
    const certificate = open({ method: "certificate", clientCertificate });
    equal(certificate.refusal(HTTP, "ex01"), "a client certificate works over https only: http://ex01.contoso.local was given");
    equal(certificate.refusal(HTTPS, "ex01"), undefined);
    match(open({ method: "certificate" }).refusal(HTTPS, "ex01") ?? "", /no client certificate is set/);
    deepEqual(certificate.authenticator(HTTPS, "ex01").outgoing({ headers: {}, bytes: new Uint8Array() }).headers, {
      Authorization: "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual",
    });
  });

  it("gives TLS what it was given", () => {
    deepEqual(open({ clientCertificate, trustedCertificates: "CA", maxTlsVersion: "TLSv1.2" }).tls, {
      ca: "CA",
      cert: "CERT",
      key: "KEY",
      maxVersion: "TLSv1.2",
    });
    deepEqual(open({}).tls, {});
  });

  it("seals with Kerberos over http, and leaves that to TLS over https", () => {
    const kerberos = open({ method: "kerberos", password });
    const body = { headers: { A: "b" }, bytes: Uint8Array.of(1) };
    deepEqual(kerberos.authenticator(HTTPS, "ex01").outgoing(body), body);
    throws(() => kerberos.authenticator(HTTP, "ex01").outgoing(body), WsmanError);
  });

  it("names whoever asks, also where a ticket or certificate does", () => {
    deepEqual([open({}).user, open({ user: "" }).user], ["pauser@contoso.local", "the account of the ticket or certificate"]);
  });

  it("proves nothing once it has ended", async function () {
    requireJudge(this, "MIT KDC", kdcAvailable());
    const kerberos = open({ method: "kerberos", password });
    kerberos.end();
    const begin = kerberos.authenticator(HTTP, "ex01").begin(async () => ({ status: 401, challenges: ["Kerberos"] }));
    await rejects(begin, { problem: { kind: "ended", reason: "stopped", what: "the connection has been closed" } });
  });

  it("wants a name where Kerberos is to prove it, not an address", () => {
    const kerberos = open({ method: "kerberos", password });
    match(kerberos.refusal(new URL("http://10.1.2.3/PowerShell/"), "10.1.2.3") ?? "", /10\.1\.2\.3 is an address; use the server's FQDN/);
    match(kerberos.refusal(new URL("http://[fe80::1]:5985/wsman"), "fe80::1") ?? "", /is an address/);
    equal(kerberos.refusal(HTTP, "10.1.2.3"), undefined);
  });
});

describe("an authentication that takes what the server offers", () => {
  const offer =
    (...challenges: readonly string[]) =>
    async () => ({ status: 401, challenges });

  it("takes Basic where only that is offered and the way there is safe", async () => {
    const authenticator = open({ password }).authenticator(HTTPS, "ex01.contoso.local");
    equal(authenticator.mustBegin, true);
    await authenticator.begin(offer('Basic realm="ex01"', "NTLM"));
    equal(authenticator.mustBegin, true); // until the password is known to be right
    authenticator.judged?.({ status: 200, challenges: [] });
    equal(authenticator.mustBegin, false);
    match(authenticator.outgoing({ headers: {}, bytes: new Uint8Array() }).headers["Authorization"] ?? "", /^Basic /);
  });

  it("does not fall back to Basic over http", async () => {
    const authenticator = open({ password }).authenticator(HTTP, "ex01.contoso.local");
    await rejects(
      authenticator.begin(offer("Basic")),
      ended(/^ex01\.contoso\.local offers only Basic: Basic authentication over http would show/),
    );
  });

  it("says what is offered where it can use none of it", async () => {
    const authenticator = open({ password }).authenticator(HTTPS, "ex01.contoso.local");
    await rejects(
      authenticator.begin(offer("NTLM", "CredSSP")),
      ended(/offers NTLM and CredSSP to prove who asks; Kerberos, Basic or a client certificate/),
    );
  });

  it("asks nothing of a server that has a client certificate to see, which is over https only", async () => {
    const authentication = open({ clientCertificate, password });
    equal(authentication.authenticator(HTTPS, "ex01.contoso.local").mustBegin, false);
    equal(authentication.authenticator(HTTP, "ex01.contoso.local").mustBegin, true);
    equal(authentication.refusal(HTTP, "ex01.contoso.local"), undefined);
  });

  it("says which way a server was begun with, once that is known", async () => {
    const authentication = open({ clientCertificate, password });
    equal(authentication.wayTo(HTTPS), "certificate");
    const loopback = new URL("http://ex02.contoso.local/PowerShell/");
    equal(authentication.wayTo(loopback), undefined);
    await authentication.authenticator(loopback, "127.0.0.1").begin(offer("Basic"));
    deepEqual([authentication.wayTo(loopback), authentication.wayTo(HTTP)], ["basic", undefined]);
    equal(open({ method: "kerberos" }).wayTo(HTTP), "kerberos");
  });

  it("reports a server that does not ask who it is by its status", async () => {
    const authenticator = open({ password }).authenticator(HTTPS, "ex01.contoso.local");
    await rejects(
      authenticator.begin(async () => ({ status: 503, challenges: [] })),
      (error: unknown) => error instanceof WsmanError && error.problem.kind === "status" && error.problem.status === 503,
    );
  });
});

function ended(what: RegExp): (error: unknown) => boolean {
  return (error) => {
    if (!(error instanceof WsmanError) || error.problem.kind !== "ended") throw error;
    match(error.problem.what, what);
    return error.problem.reason === "denied";
  };
}
