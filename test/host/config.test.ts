// The provider's configuration as a stack gives it: texts, and JSON in texts; secrets from there or from the environment.
import { deepEqual, equal, throws } from "node:assert/strict";
import { check } from "../../provider/host/check.ts";
import { type Config, config, fromStack, secretOf, settingOf } from "../../provider/host/config.ts";

function settings(given: Partial<Record<keyof Config, unknown>> = {}): Config {
  return config.parse(given);
}

describe("configuration from a stack", () => {
  it("is read from JSON where it is no text by nature", () => {
    deepEqual(
      fromStack({
        allowUnencrypted: "true",
        timeoutSeconds: "30",
        connectTo: '{"ex01.contoso.local:80":"127.0.0.1:8080"}',
        exchangeUrl: "https://{server}.contoso.local/PowerShell/",
      }),
      {
        allowUnencrypted: true,
        timeoutSeconds: 30,
        connectTo: { "ex01.contoso.local:80": "127.0.0.1:8080" },
        exchangeUrl: "https://{server}.contoso.local/PowerShell/",
      },
    );
  });

  it("stays text where it is one, whatever it looks like", () => {
    const texts = { user: "1", password: "true", cloudflareToken: '"x"', bufferKey: "[]", helo: "null", timeZone: "0" };
    deepEqual(fromStack(texts), texts);
  });

  it("stays as it is where another program gives it as data", () => {
    const data = { allowUnencrypted: true, connectTo: { a: "b" }, timeoutSeconds: ["30"] };
    deepEqual(fromStack(data), data);
  });

  it("is without the plugin's version, which Pulumi puts there, and without what is absent", () => {
    deepEqual(fromStack({ version: "0.1.0", user: undefined, helo: "mx.contoso.com" }), { helo: "mx.contoso.com" });
  });

  it("is answered with every mistake in our words", () => {
    const { failures } = check(
      config,
      fromStack({
        authentication: "ntlm",
        clientCertificate: "-----BEGIN PRIVATE KEY-----",
        allowUnencrypted: "perhaps",
        exchangeUrl: "ex01",
        servers: "ex01",
        maxSessions: "19",
        transport: "ssh",
        timeoutSeconds: "0",
        connectTo: "none",
        timeZone: "Berlin",
        users: "x",
      }),
    );
    deepEqual(failures, [
      { property: "authentication", reason: 'expected auto, kerberos, basic or certificate, found "ntlm"' },
      {
        property: "clientCertificate",
        reason: "expected a certificate in PEM, which begins with -----BEGIN CERTIFICATE-----, found something else",
      },
      { property: "allowUnencrypted", reason: 'expected true or false, found "perhaps"' },
      {
        property: "exchangeUrl",
        reason: 'expected a URL that begins with http:// or https://, with {server} for the short name of the server, found "ex01"',
      },
      { property: "servers", reason: 'expected a list of servers, as ["ex01","ex02"], found "ex01"' },
      { property: "maxSessions", reason: "expected a whole number of sessions from 1 to 18, found 19" },
      { property: "transport", reason: 'expected native or powershell, found "ssh"' },
      { property: "timeoutSeconds", reason: "expected a whole number of seconds from 1 to 3600, found 0" },
      {
        property: "connectTo",
        reason: 'expected host:port and where it is really reached, as {"ex01.contoso.local:80":"127.0.0.1:8080"}, found "none"',
      },
      { property: "timeZone", reason: 'expected an IANA time zone, such as Europe/Berlin, found "Berlin"' },
      { property: "users", reason: 'there is no such property; found "x"' },
    ]);
  });

  for (const [from, to, wrong] of [
    ["ex01.contoso.local", "127.0.0.1:8080", "ex01.contoso.local"],
    ["ex01.contoso.local:80", "127.0.0.1", "127.0.0.1"],
  ] as const) {
    it(`refuses a connectTo of ${from} to ${to} before any edge takes the real host for it`, () => {
      const { failures } = check(config, fromStack({ connectTo: JSON.stringify({ [from]: to }) }));
      deepEqual(failures, [{ property: "connectTo", reason: `expected <host>:<port>, such as 127.0.0.1:2525, found "${wrong}"` }]);
    });
  }

  it("has a default for all that a site need not say", () => {
    deepEqual(settings(), {
      allowUnencrypted: false,
      authentication: "auto",
      connectTo: {},
      maxSessions: 4,
      servers: [],
      timeZone: "UTC",
      timeoutSeconds: 120,
    });
  });
});

describe("a secret", () => {
  it("is taken from the configuration before the environment", () => {
    const [kept, given] = [settings({ password: "one" }), settings()].map((from) =>
      secretOf(from, "password", { EXCHANGE_PASSWORD: "other" }),
    );
    deepEqual([kept?.reveal(), given?.reveal()], ["one", "other"]);
    deepEqual([kept?.from, given?.from], ["exchange:password", "EXCHANGE_PASSWORD in the environment"]);
  });

  it("is taken from the environment where the configuration has none", () => {
    const environment = { EXCHANGE_PASSWORD: "a", CLOUDFLARE_API_TOKEN: "b", EXCHANGE_BUFFER_KEY: "c", EXCHANGE_CLIENT_KEY: "d" };
    deepEqual(
      (["password", "cloudflareToken", "bufferKey", "clientKey"] as const).map((name) => secretOf(settings(), name, environment).reveal()),
      ["a", "b", "c", "d"],
    );
  });

  it("shows itself in no text", () => {
    const secret = secretOf(settings({ password: "hunter2" }), "password", {});
    deepEqual([String(secret), JSON.stringify({ secret })], ["[secret]", '{"secret":"[secret]"}']);
  });

  const sentences = {
    password:
      "exchange:password is missing: set it with `pulumi config set --secret exchange:password`, or give it in the environment as EXCHANGE_PASSWORD.",
    cloudflareToken:
      "exchange:cloudflareToken is missing: set it with `pulumi config set --secret exchange:cloudflareToken`, or give it in the environment as CLOUDFLARE_API_TOKEN.",
    clientKey:
      "exchange:clientKey is missing: set it with `pulumi config set --secret exchange:clientKey`, or give it in the environment as EXCHANGE_CLIENT_KEY.",
    bufferKey:
      "exchange:bufferKey is missing: set it with `pulumi config set --secret exchange:bufferKey`, or give it in the environment as EXCHANGE_BUFFER_KEY.",
  } as const;
  for (const name of ["password", "clientKey", "cloudflareToken", "bufferKey"] as const) {
    it(`that is nowhere is asked for, with both places to put it: ${name}`, () => {
      throws(() => secretOf(settings(), name, {}), { message: sentences[name] });
    });
  }

  it("that is empty is as good as none", () => {
    throws(() => secretOf(settings({ password: "" }), "password", { EXCHANGE_PASSWORD: "unused" }), { message: sentences.password });
    throws(() => secretOf(settings(), "password", { EXCHANGE_PASSWORD: "" }), { message: sentences.password });
  });
});

describe("a setting without a default", () => {
  it("is given back as it is", () => {
    equal(settingOf(settings({ user: "pauser@contoso.local" }), "user"), "pauser@contoso.local");
  });

  const sentences = {
    user: "exchange:user is missing: set it with `pulumi config set exchange:user …` (Account for remote PowerShell, as `pauser@contoso.local`. Absent: whoever the Kerberos ticket or the client certificate names.)",
    exchangeUrl:
      "exchange:exchangeUrl is missing: set it with `pulumi config set exchange:exchangeUrl …` (Exchange's PowerShell endpoint, with `{server}` for the short name: `http://{server}.contoso.local/PowerShell/`. Kerberos seals over http.)",
    windowsUrl:
      "exchange:windowsUrl is missing: set it with `pulumi config set exchange:windowsUrl …` (A server's own PowerShell endpoint: `http://{server}.contoso.local:5985/wsman`.)",
  } as const;
  for (const name of ["user", "exchangeUrl", "windowsUrl"] as const) {
    it(`that is missing is asked for, with what it is: ${name}`, () => {
      throws(() => settingOf(settings(), name), { message: sentences[name] });
    });
  }
});
