// Our side of Kerberos, judged by pyspnego's acceptor with tickets of a real MIT KDC: tokens, sealed messages both ways, and each way to prove
// who asks, right and wrong. No line of the endpoint's cryptography or framing is ours.
import { deepEqual, equal, rejects } from "node:assert/strict";
import { type AuthenticationOptions, openAuthentication } from "../../provider/remoting/auth/authentication.ts";
import { HttpConnection } from "../../provider/remoting/http/connection.ts";
import { WsmanError } from "../../provider/remoting/problem.ts";
import { Secret } from "../../provider/remoting/transport.ts";
import { pythonJudge, requireJudge } from "../support/judges.ts";
import { kdcAvailable, type RunningKdc, startKdc, useEnvironment } from "../support/kdc.ts";
import { HOST, PASSWORD, refused, USER } from "./support/kerberos-refusals.ts";
import { type SpnegoEndpoint, startSpnegoEndpoint } from "./support/spnego-endpoint.ts";

const PRINCIPAL = "pauser@CONTOSO.LOCAL";

let kdc: RunningKdc;
let putBack: () => void = () => {};
let python = "";
const endpoints: SpnegoEndpoint[] = [];
const opened: { close(): void }[] = [];

describe("Kerberos on a connection, judged by pyspnego and an MIT KDC", () => {
  before(async function () {
    const found = pythonJudge();
    requireJudge(this, "pypsrp", found !== undefined);
    requireJudge(this, "MIT KDC", kdcAvailable());
    python = found ?? "";
    kdc = await startKdc({ principals: [{ name: "pauser", password: PASSWORD }], services: [`HTTP/${HOST}`] });
    putBack = useEnvironment(kdc.environment);
  });

  afterEach(async () => {
    for (const connected of opened.splice(0)) connected.close();
    await Promise.all(endpoints.splice(0).map((endpoint) => endpoint.stop()));
  });

  after(async () => {
    putBack();
    await kdc?.stop();
  });

  for (const [scheme, odd] of [
    ["Kerberos", false],
    ["Kerberos", true],
    ["Negotiate", false],
    ["Negotiate", true],
  ] as const) {
    it(`proves a password once and seals every message both ways: ${scheme}${odd ? ", with Exchange's odd boundary" : ""}`, async () => {
      const { endpoint, post } = await connect({ schemes: [scheme], odd });
      equal(await post("<one>ü</one>"), "said: <one>ü</one>");
      equal(await post("<two/>"), "said: <two/>");
      const named = scheme === "Kerberos" ? "Kerberos" : "SPNEGO";
      const protocol = `application/HTTP-${named}-session-encrypted`;
      const message = {
        asked: "message",
        protocol,
        original: "application/soap+xml;charset=UTF-8",
        signature: 60,
        header: `multipart/encrypted;protocol="${protocol}";boundary="Encrypted Boundary"`,
        visible: false,
      };
      deepEqual(endpoint.told(), [
        { asked: "challenge", bytes: 0 },
        { asked: "proof", scheme, user: PRINCIPAL, bytes: 0 },
        { ...message, length: 13, plain: "<one>ü</one>" },
        { ...message, length: 6, plain: "<two/>" },
      ]);
    });
  }

  it("carries half a megabyte, and one letter", async () => {
    const { post } = await connect({});
    const long = "ab".repeat(250_000);
    equal((await post(long)).length, "said: ".length + long.length);
    equal(await post("x"), "said: x");
  });

  it("takes Negotiate where both are offered, and does not ask again what the server offers", async () => {
    const { endpoint, authentication, post } = await connect({ schemes: ["Kerberos", "Negotiate"] });
    await post("a");
    const second = connection(authentication, endpoint.port);
    equal((await second.post("b", { timeoutMs: 5_000 })).body, "said: b");
    deepEqual(
      endpoint.told().map(({ asked, scheme }) => [asked, scheme]),
      [
        ["challenge", undefined],
        ["proof", "Negotiate"],
        ["message", undefined],
        ["proof", "Negotiate"],
        ["message", undefined],
      ],
    );
  });

  it("takes Negotiate from what the server offers when it may take anything, and asks once what that is", async () => {
    const { endpoint, post } = await connect({ schemes: ["Kerberos", "Negotiate"], options: { method: "auto" } });
    equal(await post("a"), "said: a");
    deepEqual(
      endpoint.told().map(({ asked, scheme }) => [asked, scheme]),
      [
        ["challenge", undefined],
        ["proof", "Negotiate"],
        ["message", undefined],
      ],
    );
  });

  it("proves it anew when the server has forgotten in mid-conversation, and sends the refused message once more", async () => {
    const { endpoint, post } = await connect({});
    await post("a");
    endpoint.told();
    equal(await post("forget me"), "said: forget me");
    deepEqual(
      endpoint.told().map(({ asked, plain }) => [asked, plain]),
      [
        ["challenge", undefined],
        ["proof", undefined],
        ["message", "forget me"],
      ],
    );
  });

  it("proves it with a keytab", async () => {
    const { post } = await connect({ options: { keytab: await kdc.keytab("pauser") } });
    equal(await post("a"), "said: a");
  });

  it("proves it with a ticket that kinit fetched, without any name or password", async () => {
    const ticketCache = await kdc.kinit("pauser", { password: PASSWORD });
    const { endpoint, post } = await connect({ options: { user: "", ticketCache } });
    equal(await post("a"), "said: a");
    equal(endpoint.told()[1]?.["user"], PRINCIPAL);
  });

  it("says that the password is wrong, asks the domain controller once, and never shows it", async () => {
    const { endpoint, authentication, post } = await connect({ options: { password: new Secret("not this one") } });
    const sentence = /^the domain controller does not accept the password of pauser@contoso\.local\. Mend it before the next run/;
    await refused(post("a"), "denied", sentence);
    await kdc.administer(`cpw -pw "not this one" pauser`);
    try {
      const second = connection(authentication, endpoint.port);
      await refused(second.post("b", { timeoutMs: 5_000 }), "denied", sentence);
    } finally {
      await kdc.administer(`cpw -pw "${PASSWORD.replaceAll('"', '""')}" pauser`);
    }
  });

  it("says that there is no such account", async () => {
    const { post } = await connect({ options: { user: "nobody@contoso.local" } });
    await refused(post("a"), "denied", /^the domain controller knows no account nobody@contoso\.local: expected name@REALM/);
  });

  it("says that a realm is not known, as a server that cannot be reached", async () => {
    const { post } = await connect({ options: { user: "pauser@elsewhere.local" } });
    await refused(post("a"), "unreachable", /^no domain controller is known for the realm of pauser@elsewhere\.local/);
  });

  it("says that the server has no service principal", async () => {
    const { post } = await connect({ host: "alias.contoso.local" });
    await refused(
      post("a"),
      "denied",
      /^the domain controller knows no service HTTP\/alias\.contoso\.local, nor that of the name that DNS gives this host: use the server's own FQDN in the URL/,
    );
  });

  it("says that a keytab is not there, and which", async () => {
    const { post } = await connect({ options: { keytab: "/nowhere/pauser.keytab" } });
    await refused(post("a"), "denied", /the keytab \/nowhere\/pauser\.keytab of pauser@contoso\.local was not found/);
  });

  it("says that the account is locked, and that its password has expired", async () => {
    await kdc.administer("addprinc +requires_preauth -pw a locked", "modprinc -allow_tix locked");
    await kdc.administer("addprinc +requires_preauth -pw a stale", 'modprinc -pwexpire "2001-01-01" stale');
    const locked = await connect({ options: { user: "locked@contoso.local", password: new Secret("a") } });
    await refused(locked.post("a"), "denied", /^the account locked@contoso\.local is locked or disabled/);
    const stale = await connect({ options: { user: "stale@contoso.local", password: new Secret("a") } });
    await refused(stale.post("a"), "denied", /^the password of stale@contoso\.local has expired/);
  });

  it("does not believe an answer that was changed on its way, or that is not sealed", async () => {
    const { post } = await connect({});
    await rejects(post("spoil"), isNonsense(/does not open/));
    const other = await connect({});
    await rejects(other.post("in the clear"), isNonsense(/not sealed/));
  });

  it("refuses a server that offers something else, and says what", async () => {
    const { post } = await connect({ schemes: ["Basic"] });
    await refused(post("a"), "denied", /^ex01\.contoso\.local does not offer Kerberos, it offers Basic/);
  });
});

interface Connecting {
  readonly schemes?: readonly string[];
  readonly odd?: boolean;
  readonly host?: string;
  readonly options?: Partial<AuthenticationOptions>;
}

async function connect({ schemes = ["Kerberos"], odd = false, host = HOST, options = {} }: Connecting) {
  const endpoint = await startSpnegoEndpoint(python, kdc.environment, schemes, { odd });
  endpoints.push(endpoint);
  const authentication = openAuthentication({ method: "kerberos", user: USER, password: new Secret(PASSWORD), ...options });
  opened.push({ close: () => authentication.end() });
  const http = connection(authentication, endpoint.port, host);
  return { endpoint, authentication, post: async (text: string) => (await http.post(text, { timeoutMs: 5_000 })).body };
}

function connection(authentication: ReturnType<typeof openAuthentication>, port: number, host = HOST): HttpConnection {
  const url = new URL(`http://${host}/PowerShell/`);
  const made = new HttpConnection({
    url,
    connectTo: { [`${host}:80`]: `127.0.0.1:${port}` },
    authenticator: authentication.authenticator(url, "127.0.0.1"),
  });
  opened.push(made);
  return made;
}

function isNonsense(what: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof WsmanError && error.problem.kind === "nonsense" && what.test(error.problem.what);
}
