// What HTTP without a message in it means, in words.
import { deepEqual } from "node:assert/strict";
import { statusWording } from "../../../provider/remoting/wsman/status.ts";

const exchange = {
  server: "ex01.contoso.local",
  url: "http://ex01.contoso.local/PowerShell/",
  user: "pauser",
  configurationName: "Microsoft.Exchange",
};
const windows = {
  ...exchange,
  server: "ex01.contoso.local:5985",
  url: "http://ex01.contoso.local:5985/wsman",
  configurationName: "Microsoft.PowerShell",
};
const iis = "take the redirect off its application in IIS (HTTP Redirect, which it inherits from the web site)";
const ssl = (setting: string) => `${setting} is to begin with https://, or IIS must not require SSL for that application`;

describe("a redirect", () => {
  const rows: readonly (readonly [title: string, location: string, words: string, whom?: typeof exchange])[] = [
    [
      "to https of the same path says which setting",
      "https://ex01.contoso.local/powershell",
      `to https://ex01.contoso.local/powershell, and is not followed: exchange:exchangeUrl is to begin with https://, or ${iis}`,
    ],
    [
      "to the web site's mail page says where the redirect comes from",
      "/owa/",
      `to http://ex01.contoso.local/owa/, and is not followed: ${iis}, or correct exchange:exchangeUrl`,
    ],
    [
      "to https of another path is not taken for one of http alone",
      "https://mail.contoso.com/owa/auth",
      `to https://mail.contoso.com/owa/auth, and is not followed: ${iis}, or correct exchange:exchangeUrl`,
    ],
    [
      "of the servers' own endpoint names its setting",
      "https://ex01.contoso.local:5986/wsman",
      `to https://ex01.contoso.local:5986/wsman, and is not followed: exchange:windowsUrl is to begin with https://, or ${iis}`,
      windows,
    ],
    ["to what is no address shows it as it came", "http://", `to http://, and is not followed: ${iis}, or correct exchange:exchangeUrl`],
  ];
  for (const [title, location, words, whom = exchange] of rows)
    it(title, () =>
      deepEqual(statusWording({ status: 302, location }, whom), {
        reason: "rejected",
        detail: `${whom.server} sends elsewhere (HTTP 302), ${words}`,
      }),
    );
});

describe("HTTP 403", () => {
  const page = (title: string) => ({ status: 403, page: { title } });
  it("that speaks of SSL says which setting", () => {
    deepEqual(statusWording(page("IIS 10.0 Detailed Error - 403.4 - Forbidden"), exchange), {
      reason: "denied",
      detail: `ex01.contoso.local takes https alone (HTTP 403, "IIS 10.0 Detailed Error - 403.4 - Forbidden"): ${ssl("exchange:exchangeUrl")}`,
    });
  });

  it("that does not may mean it over http, and over https does not", () => {
    const refused = 'ex01.contoso.local does not let pauser in (HTTP 403, "Forbidden")';
    deepEqual(
      [exchange, { ...exchange, url: "https://ex01.contoso.local/PowerShell/" }].map(
        (whom) => statusWording(page("Forbidden"), whom).detail,
      ),
      [`${refused}; if IIS requires SSL there, ${ssl("exchange:exchangeUrl")}`, refused],
    );
  });
});

describe("HTTP 401", () => {
  const advice = "a few wrong attempts lock an account";
  it("says where the password stands, where that is known", () => {
    deepEqual(
      [undefined, "EXCHANGE_PASSWORD in the environment"].map(
        (passwordFrom) => statusWording({ status: 401 }, { ...exchange, passwordFrom }).detail,
      ),
      ["it", "EXCHANGE_PASSWORD in the environment"].map(
        (what) =>
          `ex01.contoso.local does not accept the name or password of pauser (HTTP 401): mend ${what} before the next run, ${advice}`,
      ),
    );
  });
});
