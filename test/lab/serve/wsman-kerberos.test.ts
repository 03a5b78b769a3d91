// How a client is let in by Kerberos and what sealed conversations look like, byte by byte. What is refused: wsman-kerberos-refusals.test.ts.
// How a whole client fares: test/contract/pypsrp-kerberos.test.ts.
import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { gssInitiator } from "../../support/gss-initiator.ts";
import { requireJudge } from "../../support/judges.ts";
import { kdcAvailable, type RunningKdc, startKdc, useEnvironment } from "../../support/kdc.ts";
import { ACCOUNT, configRequest, HOST, type KerberosLab, kerberosLab } from "../../support/kerberos-lab.ts";
import { openedBy, SealedWsman, SPNEGO_SEALED } from "../../support/sealed-client.ts";
import { SHELL_ID } from "../../support/wsman-lab.ts";

const PASSWORD = `p:${Math.random()}`;

describe("a WSMan endpoint with Kerberos", () => {
  let kdc: RunningKdc;
  let leave: () => void;
  let lab: KerberosLab;

  before(async function () {
    requireJudge(this, "krb5-kdc", kdcAvailable());
    kdc = await startKdc({ principals: [{ name: "pauser", password: PASSWORD }] });
    leave = useEnvironment(kdc.environment);
  });

  after(async () => {
    leave?.();
    await kdc?.stop();
  });

  afterEach(async () => {
    await lab?.stop();
  });

  for (const schemes of [["Kerberos"], ["Negotiate", "Kerberos"]] as const)
    it(`asks an empty POST for ${schemes.join(" and ")}, without a realm`, async () => {
      lab = await kerberosLab(kdc, PASSWORD, { schemes });
      const { status, challenges } = await lab.connect().post("");
      deepEqual([status, challenges], [401, schemes]);
    });

  it("answers a token with its own proof, in an empty 200, and needs no more of it on that connection", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const [client, initiator] = [lab.connect(), await lab.initiator()];
    const first = await client.prove(initiator);
    deepEqual([first.status, first.body.length, first.challenges.length], [200, 0, 1]);
    match(first.challenges[0] ?? "", /^Kerberos YI[A-Za-z0-9+/]+=*$/);
    const second = await client.postSealed(initiator.seal(Buffer.from(configRequest())));
    deepEqual([second.status, second.challenges, second.localPort], [200, [], first.localPort]);
  });

  for (const { scheme, hasOddDelimiter, delimiter, protocol } of [
    { scheme: "Kerberos", hasOddDelimiter: true, delimiter: "-- Encrypted Boundary", protocol: "Kerberos" },
    { scheme: "Negotiate", hasOddDelimiter: false, delimiter: "--Encrypted Boundary", protocol: "SPNEGO" },
  ] as const)
    it(`writes a sealed answer as ${scheme} has it, delimited by "${delimiter}"`, async () => {
      lab = await kerberosLab(kdc, PASSWORD, { schemes: [scheme], hasOddDelimiter });
      const [client, initiator] = [lab.connect(), await lab.initiator(scheme)];
      await client.prove(initiator, scheme);
      const type = `application/HTTP-${protocol}-session-encrypted`;
      const { headers, body } = await client.postSealed(initiator.seal(Buffer.from(configRequest())), { protocol: type });
      equal(headers["content-type"], `multipart/encrypted;protocol="${type}";boundary="Encrypted Boundary"`);
      const plain = openedBy(initiator, body);
      const head = `${delimiter}\r\n\tContent-Type: ${type}\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${plain.length}\r\n${delimiter}\r\n\tContent-Type: application/octet-stream\r\n`;
      equal(body.toString("latin1", 0, head.length), head);
      equal(body.readUInt32LE(head.length), 60);
      equal(body.length, head.length + 4 + 60 + plain.length + `${delimiter}--\r\n`.length);
      match(plain.toString("utf8"), /MaxEnvelopeSizekb>500</);
    });

  it("takes a bare Kerberos token under Negotiate too, as Windows does", async () => {
    lab = await kerberosLab(kdc, PASSWORD, { schemes: ["Negotiate"] });
    const [client, initiator] = [lab.connect(), await lab.initiator("Kerberos")];
    equal((await client.prove(initiator, "Negotiate")).status, 200);
    equal((await client.ask(initiator, configRequest(), { protocol: SPNEGO_SEALED })).status, 200);
  });

  it("answers 401 with its own token as long as there is more to say in Negotiate", async () => {
    lab = await kerberosLab(kdc, PASSWORD, { schemes: ["Negotiate"] });
    const [client, initiator] = [lab.connect(), gssInitiator(HOST, await kdc.kinit("pauser", { password: PASSWORD }), "Negotiate", true)];
    const say = (token: Buffer) => client.post("", { Authorization: `Negotiate ${token.toString("base64")}` });
    const first = await say(initiator.step());
    deepEqual([first.status, first.challenges.length], [401, 1]);
    match(first.challenges[0] ?? "", /^Negotiate .{40}/);
    equal((await say(initiator.step(Buffer.from(first.challenges[0]?.split(" ")[1] ?? "", "base64")))).status, 200);
    equal((await client.post("")).status, 200);
    initiator.release();
  });

  it("takes the user's principal for the account of the same name", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const [client, initiator] = [lab.connect(), await lab.initiator()];
    await client.prove(initiator);
    match((await new SealedWsman(client, initiator).open(SHELL_ID)).text, new RegExp(`<rsp:Owner>${ACCOUNT}</rsp:Owner>`));
  });

  it("seals a fault as it seals an answer", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const [client, initiator] = [lab.connect(), await lab.initiator()];
    await client.prove(initiator);
    const { status, text } = await new SealedWsman(client, initiator).receive(SHELL_ID, undefined);
    deepEqual([status, /Code="(\d+)"/.exec(text)?.[1]], [500, "2150858843"]);
  });

  it("serves a shell over several connections, each with a context of its own", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const clients = await Promise.all(
      [1, 2, 3].map(async () => {
        const [client, initiator] = [lab.connect(), await lab.initiator()];
        const { localPort } = await client.prove(initiator);
        return { localPort, wsman: new SealedWsman(client, initiator) };
      }),
    );
    equal(new Set(clients.map(({ localPort }) => localPort)).size, 3);
    equal((await clients[0]?.wsman.open(SHELL_ID))?.status, 200);
    const answers = await Promise.all(clients.map(({ wsman }) => wsman.ask({ action: "Get", shellId: SHELL_ID })));
    deepEqual(
      answers.map(({ status, text }) => [status, text.includes(SHELL_ID)]),
      clients.map(() => [200, true]),
    );
  });

  it("forgets what was agreed when the connection is gone", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const [client, initiator] = [lab.connect(), await lab.initiator()];
    const { localPort } = await client.prove(initiator);
    client.close();
    const again = await lab.connect().postSealed(initiator.seal(Buffer.from(configRequest())));
    deepEqual([again.status, again.challenges], [401, ["Kerberos"]]);
    notEqual(again.localPort, localPort);
  });

  it("forgets what was agreed when the server asks again in mid-session", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const [client, first, second] = [lab.connect(), await lab.initiator(), await lab.initiator()];
    await client.prove(first);
    lab.faults.add({ when: { edge: "wsman", server: "ex01", request: "Delete" }, what: "challenged" });
    const wsman = new SealedWsman(client, first);
    await wsman.open(SHELL_ID);
    const asked = await client.postSealed(first.seal(Buffer.from(wsman.envelope({ action: "Delete", shellId: SHELL_ID }))));
    deepEqual([asked.status, asked.challenges], [401, ["Kerberos"]]);
    equal((await client.postSealed(first.seal(Buffer.from(configRequest())))).status, 401);
    equal((await client.prove(second)).status, 200);
    equal((await client.ask(second, configRequest())).status, 200);
  });

  it("begins anew on the same connection at a new token", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const [client, first, second] = [lab.connect(), await lab.initiator(), await lab.initiator()];
    await client.prove(first);
    equal((await client.prove(second)).status, 200);
    equal((await client.ask(second, configRequest())).status, 200);
    equal((await client.postSealed(first.seal(Buffer.from(configRequest())))).status, 400);
  });

  it("takes tickets with a key of 128 bits", async () => {
    const small = await startKdc({ principals: [{ name: "pauser", password: PASSWORD }], serviceEnctypes: ["aes128-cts-hmac-sha1-96"] });
    const back = useEnvironment(small.environment);
    try {
      lab = await kerberosLab(small, PASSWORD);
      const [client, initiator] = [lab.connect(), await lab.initiator()];
      equal((await client.prove(initiator)).status, 200);
      equal((await client.ask(initiator, configRequest())).status, 200);
    } finally {
      back();
      await small.stop();
    }
  });

  it(`is a different service for each keytab: a ticket for ${HOST} opens no other`, async () => {
    await kdc.administer("addprinc -randkey HTTP/ex09.contoso.local");
    const keytab = await kdc.keytab("HTTP/ex09.contoso.local");
    lab = await kerberosLab(kdc, PASSWORD, { keytab });
    equal((await lab.connect().prove(await lab.initiator())).status, 401);
  });
});
