// HTTP without a WS-Management message, in words: what IIS, or whatever stands in front of it, means by its status, and which setting is to be changed. Pure.
// Source: Microsoft's list of HTTP status codes of IIS; the substatus (403.4) is shown in its pages alone, and often not there.
import type { WsmanProblem } from "../problem.ts";
import type { Whom, Wording } from "./problems.ts";

type Status = Omit<Extract<WsmanProblem, { kind: "status" }>, "kind">;

/** Where the URL of an endpoint stands. */
const SETTINGS: Readonly<Record<string, string>> = {
  "Microsoft.Exchange": "exchange:exchangeUrl",
  "Microsoft.PowerShell": "exchange:windowsUrl",
};

/** What else a 401 may mean, which Kerberos has words of its own for. Source: Microsoft's page of ConnectionOptions.UserName. */
const BASIC: Readonly<Record<string, string>> = {
  "Microsoft.PowerShell": "; by Basic, this endpoint takes accounts of the server itself and none of a domain: use Kerberos for those",
};

const WANTS_TLS = /403\.4|\bSSL\b|secure (channel|sockets)/i;

export function statusWording({ status, page, location }: Status, whom: Whom): Wording {
  const { server, user, configurationName, passwordFrom = "it" } = whom;
  const shown = page === undefined || page.title === "" ? `HTTP ${status}` : `HTTP ${status}, "${page.title}"`;
  const setting = SETTINGS[configurationName] ?? "the URL";
  const isPlain = whom.url?.startsWith("http:") === true;
  if (status >= 300 && status < 400) return { reason: "rejected", detail: `${server} ${redirected(shown, location, whom.url, setting)}` };
  switch (status) {
    case 401: {
      const advice = `mend ${passwordFrom} before the next run, a few wrong attempts lock an account${BASIC[configurationName] ?? ""}`;
      return { reason: "denied", detail: `${server} does not accept the name or password of ${user} (HTTP 401): ${advice}` };
    }
    case 403: {
      const advice = `${setting} is to begin with https://, or IIS must not require SSL for that application`;
      if (WANTS_TLS.test(page?.title ?? "")) return { reason: "denied", detail: `${server} takes https alone (${shown}): ${advice}` };
      const perhaps = isPlain ? `; if IIS requires SSL there, ${advice}` : "";
      return { reason: "denied", detail: `${server} does not let ${user} in (${shown})${perhaps}` };
    }
    case 404: {
      const path = whom.url === undefined ? "that path" : new URL(whom.url).pathname;
      return {
        reason: "invalidAnswer",
        detail: `${server} has nothing at ${path} (${shown}): correct ${setting}, or start what answers there`,
      };
    }
    case 503: {
      const advice = "the web server runs, and the application pool behind it is stopped or still starts";
      return { reason: "unreachable", detail: `${server} is not available (${shown}): ${advice}` };
    }
    case 502:
    case 504:
      return { reason: "unreachable", detail: `${server} is not available (${shown})` };
    default:
      return { reason: "invalidAnswer", detail: `${server} answered ${shown} without a WS-Management message` };
  }
}

function redirected(shown: string, location: string | undefined, url: string | undefined, setting: string): string {
  const to = location === undefined ? undefined : resolved(location, url);
  const words = `sends elsewhere (${shown})${to === undefined ? "" : `, to ${to}`}, and is not followed`;
  const from = url === undefined ? undefined : new URL(url);
  const wantsTls = from?.protocol === "http:" && to instanceof URL && to.protocol === "https:" && isSamePath(to, from);
  const iis = "take the redirect off its application in IIS (HTTP Redirect, which it inherits from the web site)";
  return wantsTls ? `${words}: ${setting} is to begin with https://, or ${iis}` : `${words}: ${iis}, or correct ${setting}`;
}

/** A location may be relative. One that is no address is shown as it came. */
function resolved(location: string, url: string | undefined): URL | string {
  return URL.canParse(location, url) ? new URL(location, url) : location;
}

function isSamePath(one: URL, other: URL): boolean {
  const [a, b] = [one, other].map(({ pathname }) => pathname.toLowerCase().replace(/\/+$/, ""));
  return a === b;
}
