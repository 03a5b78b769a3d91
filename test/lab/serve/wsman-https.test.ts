// The endpoints over https: Basic, a client certificate mapped to an account, several ways side by side, and Kerberos without sealing.
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { text } from "node:stream/consumers";
import { selfSigned } from "../../../lab/serve/self-signed.ts";
import { type Authentication, anyOf, basicAuthentication } from "../../../lab/serve/wsman/authentication.ts";
import { certificateAuthentication } from "../../../lab/serve/wsman/certificate.ts";
import type { TlsOptions } from "../../../lab/serve/wsman/connections.ts";
import { kerberosAuthentication } from "../../../lab/serve/wsman/kerberos.ts";
import { gssInitiator } from "../../support/gss-initiator.ts";
import { requireJudge } from "../../support/judges.ts";
import { kdcAvailable, startKdc, useEnvironment } from "../../support/kdc.ts";
import { configRequest, HOST } from "../../support/kerberos-lab.ts";
import { RawWsman } from "../../support/raw-wsman.ts";
import { type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

const PROFILE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";
const SERVER = selfSigned(HOST);
const KNOWN = selfSigned("pauser");
const UNKNOWN = selfSigned("pauser");
const BASIC = { Authorization: `Basic ${Buffer.from("CONTOSO\\pauser:a").toString("base64")}` };

let lab: WsmanLab;

describe("a WSMan endpoint over https", () => {
  afterEach(async () => {
    await lab.servers.stop();
  });

  it("shows the certificate it was given, and answers as over http", async () => {
    await start(basic);
    const { status, said } = await post(BASIC);
    equal(status, 200);
    match(said, /MaxEnvelopeSizekb>500</);
    await rejects(post(BASIC, { ca: UNKNOWN.cert }), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  });

  it("speaks no newer TLS than it was told", async () => {
    await start(basic, { maxVersion: "TLSv1.2" });
    await rejects(post(BASIC, { minVersion: "TLSv1.3" }), /alert protocol version/);
    equal((await post(BASIC, { minVersion: "TLSv1.2" })).status, 200);
  });

  it("speaks https where it was told to, and http elsewhere", async () => {
    lab = await wsmanLab({ tls: (fqdn, configuration) => (fqdn === HOST && configuration === "Microsoft.Exchange" ? SERVER : undefined) });
    equal((await post(BASIC)).status, 200);
    await rejects(post(BASIC, lab.servers.address("ex02", "Microsoft.Exchange")), /packet length too long|wrong version number/);
  });

  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const)
    it(`takes a client certificate for the account it is mapped to, with ${maxVersion}`, async () => {
      await start(byCertificate, { asksForCertificate: true, maxVersion });
      const owner = await post({ Authorization: PROFILE }, KNOWN, createRequest());
      deepEqual([owner.status, /<rsp:Owner>([^<]*)</.exec(owner.said)?.[1]], [200, "auditor@contoso.local"]);
      match(owner.said, /<a:Address>https:\/\/127\.0\.0\.1:\d+\/PowerShell\/</);
    });

  it("answers 403 to a client certificate that it does not know, to none, and to one that the request does not name", async () => {
    await start(byCertificate, { asksForCertificate: true });
    const refused = [await post({ Authorization: PROFILE }, UNKNOWN), await post({ Authorization: PROFILE }), await post({}, KNOWN)];
    deepEqual(
      refused.map(({ status, challenge }) => [status, challenge]),
      refused.map(() => [403, undefined]),
    );
    equal((await post({ Authorization: PROFILE }, KNOWN)).status, 200);
  });

  it("takes each of several ways, and names those that can be asked for", async () => {
    await start(anyOf(byCertificate, basic), { asksForCertificate: true });
    deepEqual([(await post({ Authorization: PROFILE }, KNOWN)).status, (await post(BASIC)).status], [200, 200]);
    const { status, challenge } = await post({}, KNOWN);
    deepEqual([status, challenge], [401, 'Basic realm="test"']);
  });

  it("takes bodies that are not sealed on a connection where Kerberos was agreed on", async function () {
    requireJudge(this, "krb5-kdc", kdcAvailable());
    const password = `p:${Math.random()}`;
    const kdc = await startKdc({ principals: [{ name: "pauser", password }] });
    const leave = useEnvironment(kdc.environment);
    try {
      const accounts = ["pauser@contoso.local"];
      await start(kerberosAuthentication({ keytab: kdc.serviceKeytab, accounts, schemes: ["Kerberos"], hasOddDelimiter: true }));
      const initiator = gssInitiator(HOST, await kdc.kinit("pauser", { password }));
      const { status, challenge, said } = await post({ Authorization: `Kerberos ${initiator.step().toString("base64")}` });
      match(challenge ?? "", /^Kerberos YI/);
      equal(status, 200);
      match(said, /MaxEnvelopeSizekb>500</);
      initiator.release();
    } finally {
      leave();
      await kdc.stop();
    }
  });
});

const basic: Authentication = basicAuthentication(new Map([["CONTOSO\\pauser", "a"]]), "test");
const byCertificate: Authentication = certificateAuthentication(new Map([[KNOWN.cert, "auditor@contoso.local"]]));

async function start(authentication: Authentication, tls: Partial<TlsOptions> = {}): Promise<void> {
  lab = await wsmanLab({ authentication: () => authentication, tls: () => ({ ...SERVER, ...tls }) });
}

/** A Create whose pool says nothing yet; its answer names the owner. */
function createRequest(): string {
  const body = '<sh:Shell><creationXml xmlns="http://schemas.microsoft.com/powershell"/></sh:Shell>';
  return new RawWsman({ host: "", port: 0 }, "", "").envelope({ action: "Create", body });
}

/** Over a connection of its own. */
async function post(
  headers: Readonly<Record<string, string>>,
  options: RequestOptions = {},
  body: string = configRequest(),
): Promise<{ readonly status: number; readonly challenge: string | undefined; readonly said: string }> {
  const sent = request({
    ...lab.servers.address("ex01", "Microsoft.Exchange"),
    ...{ path: "/PowerShell/", method: "POST", agent: false, servername: HOST, ca: SERVER.cert },
    ...options,
    headers: { "Content-Type": "application/soap+xml;charset=UTF-8", ...headers },
  });
  sent.end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => sent.once("response", resolve).once("error", reject));
  return { status: response.statusCode ?? 0, challenge: response.headers["www-authenticate"], said: await text(response) };
}
