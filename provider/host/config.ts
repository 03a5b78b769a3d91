// The provider's own configuration: where the site is and with which credentials. A lab differs from a real site in nothing else.
// Secrets come from Pulumi secrets or from the environment; those from the environment are in no state at all.
import { z } from "zod";
import { Secret } from "../remoting/transport.ts";
import { expecting } from "../resources/vocabulary.ts";

const url = z
  .string(expecting("a URL"))
  .regex(/^https?:\/\/[^\s]+$/, expecting("a URL that begins with http:// or https://, with {server} for the short name of the server"));

const timeoutRange = expecting("a whole number of seconds from 1 to 3600");

/** As `expecting`, for what must never be shown. */
function unshown(words: string): { error: () => string } {
  return { error: () => `expected ${words}, found something else` };
}

export const config = z.strictObject({
  user: z.string(expecting("a user name")).optional().describe("Account for remote PowerShell, as `pauser@contoso.local`."),
  password: z.string(unshown("a password")).optional().describe("Its password. Absent: the environment's `EXCHANGE_PASSWORD`."),
  exchangeUrl: url
    .optional()
    .describe("Exchange's PowerShell endpoint, with `{server}` for the short name: `https://{server}.contoso.local/PowerShell/`."),
  windowsUrl: url.optional().describe("A server's own PowerShell endpoint: `https://{server}.contoso.local:5986/wsman`."),
  allowUnencrypted: z
    .boolean(expecting("true or false"))
    .default(false)
    .describe("Whether a password may go over plain http. Never on a real network."),
  cloudflareToken: z
    .string(unshown("a token"))
    .optional()
    .describe("API token with Zone:Read and DNS:Edit. Absent: the environment's `CLOUDFLARE_API_TOKEN`."),
  cloudflareUrl: z.string(expecting("a URL")).optional().describe("Cloudflare's API where it is not at its usual address."),
  bufferKey: z
    .string(unshown("a private key"))
    .optional()
    .describe("SSH private key for the buffer host, in OpenSSH's form. Absent: the environment's `EXCHANGE_BUFFER_KEY`."),
  connectTo: z
    .record(
      z.string(),
      z.string(expecting("host:port")),
      expecting('host:port and where it is really reached, as {"ex01.contoso.local:80":"127.0.0.1:8080"}'),
    )
    .default({})
    .describe("Where a host and port are really reached, as curl's --connect-to: `ex01.contoso.local:80` -> `127.0.0.1:8080`."),
  helo: z.string(expecting("a host name")).default("pulumi-exchange.invalid").describe("How probes introduce themselves to mail hosts."),
  timeZone: z
    .string(expecting("a time zone"))
    .refine(isTimeZone, expecting("an IANA time zone, such as Europe/Berlin"))
    .default("UTC")
    .describe("The site's time zone, for times that people read."),
  timeoutSeconds: z
    .int(timeoutRange)
    .min(1, timeoutRange)
    .max(3_600, timeoutRange)
    .default(120)
    .describe("Seconds that one remote cmdlet may take."),
});

export type Config = z.output<typeof config>;
export type SecretName = "password" | "cloudflareToken" | "bufferKey";

const variables: Readonly<Record<SecretName, string>> = {
  password: "EXCHANGE_PASSWORD",
  cloudflareToken: "CLOUDFLARE_API_TOKEN",
  bufferKey: "EXCHANGE_BUFFER_KEY",
};

/** The secret called `name`. @throws {Error} saying where to put it */
export function secretOf(settings: Config, name: SecretName, environment: NodeJS.ProcessEnv): Secret {
  const text = settings[name] ?? environment[variables[name]];
  if (text !== undefined && text !== "") return new Secret(text);
  throw new Error(
    `exchange:${name} is missing: set it with \`pulumi config set --secret exchange:${name}\`, or give it in the environment as ${variables[name]}.`,
  );
}

/** A setting that has no default. @throws {Error} saying where to put it */
export function settingOf(settings: Config, name: "user" | "exchangeUrl" | "windowsUrl"): string {
  const text = settings[name];
  if (text !== undefined) return text;
  throw new Error(
    `exchange:${name} is missing: set it with \`pulumi config set exchange:${name} …\` (${config.shape[name].description ?? ""})`,
  );
}

/** Stack configuration arrives as texts, and what is no text in it as JSON. */
export function fromStack(raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(raw).flatMap(([key, value]) => (key === "version" || value === undefined ? [] : [[key, decoded(key, value)]])),
  );
}

function decoded(key: string, value: unknown): unknown {
  const wantsText = typeof value !== "string" || ["user", "password", "cloudflareToken", "bufferKey", "helo", "timeZone"].includes(key);
  if (wantsText) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
