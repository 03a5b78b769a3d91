// The lab's endpoints over http with Kerberos and sealed bodies, judged by pypsrp with tickets of a real MIT KDC: both have another's hand in them.
// The same script as pypsrp.test.ts; here what sealing could break: many answers, large ones, large requests, faults, several connections.
import { deepEqual, equal } from "node:assert/strict";
import type { Configuration } from "../../lab/serve/cmdlet-host.ts";
import { FaultScript } from "../../lab/serve/faults.ts";
import { kerberosAuthentication } from "../../lab/serve/wsman/kerberos.ts";
import { PATHS, startWsman, type WsmanServers } from "../../lab/serve/wsman.ts";
import { PsTagged } from "../../provider/remoting/clixml/values.ts";
import { NOT_FOUND, type ToyHost, toyHost } from "../support/cmdlet-host.ts";
import { pythonKerberosJudge, requireJudge } from "../support/judges.ts";
import { kdcAvailable, type RunningKdc, startKdc } from "../support/kdc.ts";
import { type Facts, factsFrom } from "./support/pypsrp.ts";

const ACCOUNT = "pauser@contoso.local";
const FQDN = "ex01.contoso.local";

interface Case {
  readonly title: string;
  readonly configuration: Configuration;
  readonly schemes: readonly ("Kerberos" | "Negotiate")[];
  readonly hasOddDelimiter: boolean;
  readonly auth: "kerberos" | "negotiate";
  readonly with: "password" | "ticket";
}

const CASES: readonly Case[] = [
  {
    title: "Microsoft.Exchange, which asks for Kerberos and writes an odd delimiter, with a password",
    configuration: "Microsoft.Exchange",
    schemes: ["Kerberos"],
    hasOddDelimiter: true,
    auth: "kerberos",
    with: "password",
  },
  {
    title: "Microsoft.PowerShell, which asks for Negotiate, with a ticket",
    configuration: "Microsoft.PowerShell",
    schemes: ["Negotiate", "Kerberos"],
    hasOddDelimiter: false,
    auth: "negotiate",
    with: "ticket",
  },
];

describe("the lab's endpoints over Kerberos, driven by pypsrp", () => {
  let kdc: RunningKdc;
  let python = "";
  const password = `p:${Math.random()}`;

  before(async function () {
    const found = pythonKerberosJudge();
    requireJudge(this, "pypsrp with Kerberos", found !== undefined);
    requireJudge(this, "krb5-kdc", kdcAvailable());
    python = found ?? "";
    kdc = await startKdc({ principals: [{ name: "pauser", password }] });
  });

  after(async () => {
    await kdc?.stop();
  });

  for (const each of CASES) {
    describe(each.title, () => {
      let servers: WsmanServers;
      let toy: ToyHost;
      let facts: Facts = {};

      before(async () => {
        toy = toyHost();
        const { configuration, schemes, hasOddDelimiter, auth } = each;
        servers = await startWsman({
          host: toy.host,
          servers: [{ name: "ex01", fqdn: FQDN }],
          accounts: new Map(),
          faults: new FaultScript(),
          authentication: () => kerberosAuthentication({ keytab: kdc.serviceKeytab, accounts: [ACCOUNT], schemes, hasOddDelimiter }),
        });
        const proof =
          each.with === "password"
            ? { given: { username: "pauser@CONTOSO.LOCAL", password }, environment: {} }
            : { given: {}, environment: { KRB5CCNAME: await kdc.kinit("pauser", { password }) } };
        facts = await factsFrom(
          python,
          {
            port: servers.address("ex01", configuration).port,
            configuration,
            path: PATHS[configuration].slice(1),
            connection: {
              ...{ ssl: false, auth, encryption: "always", negotiate_service: "HTTP", negotiate_hostname_override: FQDN },
              ...proof.given,
            },
            scenarios: ["open", "oneCmdlet", "nonTerminating", "many", "large", "stop", "deleted", "silentReceive", "concurrent", "secret"],
          },
          { ...kdc.environment, ...proof.environment },
        );
      });

      after(async () => {
        await servers?.stop();
      });

      it("opens a pool, and runs a cmdlet as the account of the ticket", () => {
        deepEqual(facts.open, { state: 2, protocol: "2.3", powershell: "Desktop", sameShellId: true, envelope: 512_000, alive: true });
        equal(part(facts.oneCmdlet, "state"), 4);
        const request = toy.requests.find(({ cmdlet }) => cmdlet === "Get-ExchangeServer");
        deepEqual([request?.user, request?.configuration], [ACCOUNT, each.configuration]);
      });

      it("hands over an error beside output", () => {
        deepEqual(part(facts.nonTerminating, "output"), ["found"]);
        equal(part(part(part(facts.nonTerminating, "errors"), "0"), "text"), NOT_FOUND.message);
      });

      it("delivers 2,000 objects over many sealed answers, in order", () => {
        deepEqual(facts.many, { count: 2_000, inOrder: true, bytes: 2_000_000 });
      });

      it("takes a parameter of 600 KB in sealed requests, undamaged", () => {
        deepEqual(facts.large, { length: 614_397, sameDigest: true, state: 4 });
      });

      it("exchanges keys, and reads and writes SecureStrings", () => {
        const text = "naïve “secret” 𝄞";
        deepEqual(part(facts.secret, "output"), [text]);
        const values = toy.requests.map(({ parameters }) => parameters.get("Value"));
        deepEqual(
          values.filter((value) => value instanceof PsTagged),
          [new PsTagged("SS", text)],
        );
      });

      it("stops a running cmdlet and runs the next", () => {
        equal(part(part(facts.stop, "stopped"), "state"), 3);
        deepEqual(part(part(facts.stop, "next"), "output"), [3]);
      });

      it("seals faults too", () => {
        equal(part(part(facts.deleted, "get"), "code"), 2150858843);
        equal(part(facts.silentReceive, "code"), 2150858793);
      });

      it("keeps apart what it agreed on with two connections", () => {
        const outputs = Array.isArray(facts.concurrent) ? facts.concurrent.map((result) => part(result, "output")) : [];
        deepEqual(outputs, [[0], [1], [2], [3]]);
      });
    });
  }
});

/** One field of a fact. */
function part(fact: unknown, name: string): unknown {
  return typeof fact === "object" && fact !== null ? Object.entries(fact).find(([key]) => key === name)?.[1] : undefined;
}
