// What an endpoint with Kerberos does not take: strangers, tokens seen before, and bodies that are not sealed, not whole or not for it.
import { deepEqual, equal, throws } from "node:assert/strict";
import { kerberosAuthentication } from "../../../lab/serve/wsman/kerberos.ts";
import type { GssInitiator } from "../../support/gss-initiator.ts";
import { requireJudge } from "../../support/judges.ts";
import { kdcAvailable, type RunningKdc, startKdc, useEnvironment } from "../../support/kdc.ts";
import { ACCOUNT, configRequest, type KerberosLab, kerberosLab } from "../../support/kerberos-lab.ts";
import { type BytesAnswer, KERBEROS_SEALED, type SealedClient, SPNEGO_SEALED } from "../../support/sealed-client.ts";

const PASSWORD = `p:${Math.random()}`;
const SOAP = { "Content-Type": "application/soap+xml;charset=UTF-8" };

describe("a WSMan endpoint with Kerberos refuses", () => {
  let kdc: RunningKdc;
  let leave: () => void;
  let lab: KerberosLab;

  before(async function () {
    requireJudge(this, "krb5-kdc", kdcAvailable());
    const principals = ["pauser", "stranger"].map((name) => ({ name, password: PASSWORD }));
    kdc = await startKdc({ principals });
    leave = useEnvironment(kdc.environment);
  });

  after(async () => {
    leave?.();
    await kdc?.stop();
  });

  afterEach(async () => {
    await lab?.stop();
  });

  it("a request on a connection where nothing was proved", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    deepEqual(challenged(await lab.connect().post(configRequest(), SOAP)), [401, ["Kerberos"]]);
  });

  it("a ticket of somebody who has no account, and takes another's on the same connection", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const client = lab.connect();
    deepEqual(challenged(await client.prove(await lab.initiator("Kerberos", "stranger"))), [401, ["Kerberos"]]);
    equal((await client.post("")).status, 401);
    equal((await client.prove(await lab.initiator("Kerberos", "pauser"))).status, 200);
  });

  it("a token that was used before, also on another connection", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const token = { Authorization: `Kerberos ${(await lab.initiator()).step().toString("base64")}` };
    equal((await lab.connect().post("", token)).status, 200);
    deepEqual(challenged(await lab.connect().post("", token)), [401, ["Kerberos"]]);
  });

  it("a token that is none, of another scheme, or in SPNEGO where Kerberos was asked for", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const spnego = (await lab.initiator("Negotiate")).step().toString("base64");
    for (const Authorization of ["Kerberos AAAA", "Kerberos", "Basic cGF1c2VyOmE=", `Negotiate ${spnego}`, `Kerberos ${spnego}`])
      deepEqual(challenged(await lab.connect().post("", { Authorization })), [401, ["Kerberos"]], Authorization);
  });

  it("a bad token on a connection where all had been agreed: nothing is, any more", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const [client, initiator] = await proved();
    equal((await client.post("", { Authorization: "Kerberos AAAA" })).status, 401);
    equal((await client.postSealed(initiator.seal(Buffer.from(configRequest())))).status, 401);
  });

  it("a body that is not sealed, with 500 as Windows does, and ends the connection", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const [client] = await proved();
    const answer = await client.post(configRequest(), SOAP);
    deepEqual([answer.status, answer.body.length, answer.headers.connection], [500, 0, "close"]);
  });

  it("a body that is not sealed beside the very token", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const token = (await lab.initiator()).step().toString("base64");
    equal((await lab.connect().post(configRequest(), { ...SOAP, Authorization: `Kerberos ${token}` })).status, 500);
  });

  it("no body that is not sealed, when told to take them", async () => {
    lab = await kerberosLab(kdc, PASSWORD, { unsealed: "taken" });
    const [client] = await proved();
    const answer = await client.post(configRequest(), SOAP);
    deepEqual([answer.status, answer.headers["content-type"]], [200, SOAP["Content-Type"]]);
  });

  const BROKEN: readonly {
    readonly title: string;
    readonly send: (client: SealedClient, initiator: GssInitiator) => Promise<BytesAnswer>;
  }[] = [
    {
      title: "changed on its way",
      send: (client, initiator) => {
        const sealed = initiator.seal(Buffer.from(configRequest()));
        sealed.data.writeUInt8(sealed.data.readUInt8(7) ^ 1, 7);
        return client.postSealed(sealed);
      },
    },
    {
      title: "longer than it says",
      send: (client, initiator) => client.postSealed(sealedRequest(initiator), { length: configRequest().length - 1 }),
    },
    {
      title: "named otherwise in the header of the request",
      send: (client, initiator) => client.postSealed(sealedRequest(initiator), { protocol: SPNEGO_SEALED, partProtocol: KERBEROS_SEALED }),
    },
    {
      title: "named otherwise in its part",
      send: (client, initiator) => client.postSealed(sealedRequest(initiator), { partProtocol: SPNEGO_SEALED }),
    },
    {
      title: "delimited otherwise",
      send: (client, initiator) => client.postSealed(sealedRequest(initiator), { boundary: "Boundary" }),
    },
    {
      title: "signed but not sealed",
      send: (client, initiator) => client.postSealed(initiator.seal(Buffer.from(configRequest()), false)),
    },
    {
      title: "cut off",
      send: (client, initiator) => {
        const { header, data } = sealedRequest(initiator);
        return client.postSealed({ header, data: data.subarray(0, -1) }, { length: data.length });
      },
    },
    {
      title: "of another context",
      send: async (client) => {
        const [, other] = await proved();
        return client.postSealed(sealedRequest(other));
      },
    },
    {
      title: "seen before",
      send: async (client, initiator) => {
        const sealed = sealedRequest(initiator);
        equal((await client.postSealed(sealed)).status, 200);
        return client.postSealed(sealed);
      },
    },
  ];

  for (const { title, send } of BROKEN)
    it(`a sealed body that is ${title}, and ends the connection`, async () => {
      lab = await kerberosLab(kdc, PASSWORD);
      const [client, initiator] = await proved();
      const { status, headers, body } = await send(client, initiator);
      deepEqual([status, headers.connection, body.length], [400, "close", 0]);
      equal((await client.postSealed(sealedRequest(initiator))).status, 401);
    });

  it("nothing of a sealed body that is whole", async () => {
    lab = await kerberosLab(kdc, PASSWORD);
    const [client, initiator] = await proved();
    equal((await client.postSealed(sealedRequest(initiator))).status, 200);
  });

  it("to begin without the keys of its service", () => {
    throws(
      () => kerberosAuthentication({ keytab: "none.keytab", accounts: [ACCOUNT], schemes: ["Kerberos"], hasOddDelimiter: true }),
      /^GssError: reading none\.keytab: .*Keytab FILE:none\.keytab is nonexistent or empty$/,
    );
  });

  async function proved(): Promise<readonly [SealedClient, GssInitiator]> {
    const [client, initiator] = [lab.connect(), await lab.initiator()];
    equal((await client.prove(initiator)).status, 200);
    return [client, initiator];
  }
});

function sealedRequest(initiator: GssInitiator): { readonly header: Buffer; readonly data: Buffer } {
  return initiator.seal(Buffer.from(configRequest()));
}

function challenged({ status, challenges }: BytesAnswer): readonly [number, readonly string[]] {
  return [status, challenges];
}
