// What the settings of a stack make of the way to Exchange, and what is said when they do not go together. Nothing is reached here: every case
// ends before anything is sent, or at a port where nobody listens.
import { equal, match, rejects } from "node:assert/strict";
import { GetService } from "../../provider/exchange/services.ts";
import { type Config, config } from "../../provider/host/config.ts";
import { openExchange } from "../../provider/host/open-exchange.ts";
import { standInShell } from "../support/stand-in-shell.ts";
import { everydayCmdlets } from "../support/stand-in-shell-cmdlets.ts";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
const places = {
  exchangeUrl: "http://{server}.contoso.local/PowerShell/",
  windowsUrl: "http://{server}.contoso.local:5985/wsman",
  connectTo: { "ex01.contoso.local:5985": "127.0.0.1:1" },
};

interface Case {
  readonly when: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  { when: "a place that is missing", settings: { ...places, windowsUrl: undefined }, says: /^exchange:windowsUrl is missing: set it with/ },
  {
    when: "Basic without a user",
    settings: { ...places, authentication: "basic", password: "a" },
    says: /^exchange:user is missing: set it with/,
  },
  {
    when: "Basic without a password",
    settings: { ...places, authentication: "basic", user: "pauser" },
    says: /^exchange:password is missing: .* or give it in the environment as EXCHANGE_PASSWORD\.$/,
  },
  {
    when: "Basic with its password in the environment, to a server that is not there",
    settings: { ...places, authentication: "basic", user: "pauser" },
    environment: { EXCHANGE_PASSWORD: "a" },
    says: /^Get-Service on ex01 \(Microsoft\.PowerShell\): no connection to ex01\.contoso\.local:5985: /,
  },
  {
    when: "a client certificate without its key",
    settings: { ...places, clientCertificate: CERTIFICATE },
    says: /^exchange:clientKey is missing: .* EXCHANGE_CLIENT_KEY\.$/,
  },
  {
    when: "a client certificate over http",
    settings: { ...places, authentication: "certificate", clientCertificate: CERTIFICATE, clientKey: "k" },
    says: /a client certificate works over https only: http:\/\/ex01\.contoso\.local:5985 was given$/,
  },
  {
    when: "Kerberos to an address",
    settings: { ...places, authentication: "kerberos", windowsUrl: "http://127.0.0.1:5985/wsman" },
    says: /Kerberos knows servers by name: 127\.0\.0\.1:5985 is an address; use the server's FQDN in the URL$/,
  },
  {
    when: "a local PowerShell that is to use a keytab",
    settings: { ...places, transport: "powershell", keytab: "/a", ticketCache: "FILE:/b" },
    says: /^exchange:keytab, exchange:ticketCache cannot be used by a local PowerShell \(exchange:transport: powershell\): it logs on with/,
  },
  {
    when: "a local PowerShell that is to use a certificate",
    settings: { ...places, transport: "powershell", authentication: "certificate" },
    says: /^exchange:authentication: certificate cannot be used by a local PowerShell/,
  },
  {
    when: "a local PowerShell with a password and no user",
    settings: { ...places, transport: "powershell", password: "a" },
    says: /^exchange:user is missing/,
  },
  {
    when: "a local PowerShell that is not there",
    settings: { ...places, transport: "powershell", powershell: "/nowhere/pwsh", user: "pauser", password: "a" },
    says: /\/nowhere\/pwsh/,
  },
];

describe("the way to Exchange", () => {
  for (const { when, settings, environment = {}, says } of cases) {
    it(`ends with a sentence: ${when}`, async () => {
      const { organisation, close } = openExchange(settingsOf(settings), environment, () => {});
      const asking = organisation.run("ex01", GetService, { Name: ["MSExchangeTransport"] });
      await rejects(asking, (error: unknown) => {
        match(error instanceof Error ? error.message : String(error), says);
        return true;
      });
      await close();
    });
  }

  it("through local PowerShells tries a password at one server of an endpoint first", async () => {
    const standIn = await standInShell(everydayCmdlets([]), { accounts: new Map([["pauser", "right"]]) });
    const settings = { ...places, transport: "powershell", powershell: standIn.executable, user: "pauser", password: "wrong" };
    const { organisation, close } = openExchange(settingsOf(settings), {}, () => {});
    const asking = ["ex01", "ex02"].map((server) => organisation.run(server, GetService, { Name: ["MSExchangeTransport"] }));
    const reasons = (await Promise.allSettled(asking)).map((ended) =>
      ended.status === "rejected" ? String(ended.reason) : "it went well",
    );
    await close();
    await standIn.stop();
    equal(reasons.filter((reason) => /could not open a session: .*Access is denied/.test(reason)).length, 1, reasons.join());
    equal(
      reasons.filter((reason) => /: not asked, because ex0\d \(Microsoft\.PowerShell\) did not let pauser in/.test(reason)).length,
      1,
      reasons.join(),
    );
  });

  it("is not looked at before something is asked", async () => {
    const { close } = openExchange(settingsOf({}), {}, () => {});
    equal(await close(), undefined);
  });
});

function settingsOf(given: Readonly<Record<string, unknown>>): Config {
  return config.parse(Object.fromEntries(Object.entries({ transport: "native", ...given }).filter(([, value]) => value !== undefined)));
}
