// The provider's own configuration: where the site is and with which credentials. A lab differs from a real site in nothing else.
// Secrets come from Pulumi secrets or from the environment; those from the environment are in no state at all.
import { z } from "zod";
import { parseAddress } from "../common/address.ts";
import { Secret } from "../remoting/transport.ts";
import { dnsName, expecting, mailAddress, namesList, shown } from "../resources/vocabulary.ts";

const url = z
  .string(expecting("a URL"))
  .regex(/^https?:\/\/[^\s]+$/, expecting("a URL that begins with http:// or https://, with {server} for the short name of the server"));

const timeoutRange = expecting("a whole number of seconds from 1 to 3600");

/** As `expecting`, for what must never be shown. */
function unshown(words: string): { error: () => string } {
  return { error: () => `expected ${words}, found something else` };
}

/** A setting that is a secret, and the variable of the environment in which it may stand instead. */
function secret<T extends z.ZodType>(variable: string, setting: T): T {
  return setting.meta({ ...setting.meta(), variable });
}

/** Never shown, since a private key may stand there by mistake. */
function pem(words: string): z.ZodString {
  const said = unshown(`${words}, which begins with -----BEGIN CERTIFICATE-----`);
  return z.string(said).regex(/^\s*-----BEGIN CERTIFICATE-----/, said);
}

const sessionsRange = expecting("a whole number of sessions from 1 to 18");

/** How remote cmdlets are reached, and how they are shown who asks. */
const remoting = {
  user: z
    .string(expecting("a user name"))
    .optional()
    .describe(
      "Account for remote PowerShell, as `pauser@contoso.local`. Absent: whoever the Kerberos ticket or the client certificate names.",
    ),
  password: secret(
    "EXCHANGE_PASSWORD",
    z.string(unshown("a password")).optional().describe("Its password. Absent: the environment's `EXCHANGE_PASSWORD`."),
  ),
  authentication: z
    .enum(["auto", "kerberos", "basic", "certificate"], expecting("auto, kerberos, basic or certificate"))
    .default("auto")
    .describe(
      "How a server is shown who asks. `auto`: the client certificate over https where one is set, else what the server offers, Kerberos first.",
    ),
  keytab: z
    .string(expecting("a path"))
    .optional()
    .describe("File with the account's Kerberos keys, instead of a password. Not on Windows."),
  ticketCache: z
    .string(expecting("a ticket cache, as FILE:/run/pauser.cache"))
    .optional()
    .describe(
      "Kerberos ticket to use instead of a password, as `FILE:/run/pauser.cache`. Absent, without password and keytab: the default ticket.",
    ),
  clientCertificate: pem("a certificate in PEM")
    .optional()
    .describe("Client certificate in PEM, which the server maps to an account. Https only."),
  clientKey: secret(
    "EXCHANGE_CLIENT_KEY",
    z
      .string(unshown("a private key in PEM"))
      .optional()
      .describe("The client certificate's private key in PEM. Absent: the environment's `EXCHANGE_CLIENT_KEY`."),
  ),
  trustedCertificates: pem("certificates in PEM")
    .optional()
    .describe(
      "Certificates in PEM that the servers' own are checked with, instead of the well-known ones. Exchange's are self-signed at first.",
    ),
  maxTlsVersion: z
    .enum(["TLSv1.2"], expecting("TLSv1.2"))
    .optional()
    .describe("`TLSv1.2` where a server asks for a client certificate in mid-connection, as IIS may: TLS 1.3 cannot answer that here."),
  allowUnencrypted: z
    .boolean(expecting("true or false"))
    .default(false)
    .describe("Whether Basic's password may go over plain http. Never on a real network; Kerberos seals over http and does not need it."),
  exchangeUrl: url
    .optional()
    .describe(
      "Exchange's PowerShell endpoint, with `{server}` for the short name: `http://{server}.contoso.local/PowerShell/`. Kerberos seals over http.",
    ),
  windowsUrl: url.optional().describe("A server's own PowerShell endpoint: `http://{server}.contoso.local:5985/wsman`."),
  servers: namesList(z.string(expecting("a server's short name")).toLowerCase(), 'a list of servers, as ["ex01","ex02"]')
    .default([])
    .describe(
      "Servers whose Exchange endpoint may be asked in place of one that does not answer, best first. Absent: those that the program names.",
    ),
  domainController: z
    .string(expecting("a domain controller's FQDN"))
    .optional()
    .describe("Domain controller that all cmdlets of Exchange read from and write to. Absent: the one that the first server uses."),
  maxSessions: z
    .int(sessionsRange)
    .min(1, sessionsRange)
    .max(18, sessionsRange)
    .default(4)
    .describe("Remote sessions that one server may be asked for at a time; Exchange allows a user 18."),
  transport: z
    .enum(["native", "powershell"], expecting("native or powershell"))
    .optional()
    .describe(
      "`native`: the provider speaks to the servers itself. `powershell`: through a local PowerShell. Absent: `powershell` on Windows, else `native`.",
    ),
  powershell: z
    .string(expecting("a program"))
    .optional()
    .describe("The local PowerShell of `transport: powershell`. Absent: `powershell.exe` on Windows, else `pwsh`."),
  timeoutSeconds: z
    .int(timeoutRange)
    .min(1, timeoutRange)
    .max(3_600, timeoutRange)
    .default(120)
    .describe("Seconds that one remote cmdlet may take."),
};

export const config = z.strictObject({
  ...remoting,
  cloudflareToken: secret(
    "CLOUDFLARE_API_TOKEN",
    z
      .string(unshown("a token"))
      .optional()
      .describe("API token with Zone:Read and DNS:Edit. Absent: the environment's `CLOUDFLARE_API_TOKEN`."),
  ),
  cloudflareUrl: z.string(expecting("a URL")).optional().describe("Cloudflare's API where it is not at its usual address."),
  bufferKey: secret(
    "EXCHANGE_BUFFER_KEY",
    z
      .string(unshown("a private key"))
      .optional()
      .describe("SSH private key for the buffer host, in OpenSSH's form. Absent: the environment's `EXCHANGE_BUFFER_KEY`."),
  ),
  connectTo: z
    .record(
      z.string(),
      z.string(expecting("host:port")),
      expecting('host:port and where it is really reached, as {"ex01.contoso.local:80":"127.0.0.1:8080"}'),
    )
    .superRefine((entries, context) => {
      const wrong = Object.entries(entries)
        .flat()
        .find((text) => !isAddress(text));
      if (wrong !== undefined)
        context.addIssue({ code: "custom", message: `expected <host>:<port>, such as 127.0.0.1:2525, found ${shown(wrong)}` });
    })
    .default({})
    .describe("Where a host and port are really reached, as curl's --connect-to: `ex01.contoso.local:80` -> `127.0.0.1:8080`."),
  helo: dnsName
    .optional()
    .describe(
      "Name that mail hosts are greeted with (EHLO), which some look up in DNS. Absent: the domain of the recipient that is asked for, which has an MX.",
    ),
  sender: mailAddress
    .optional()
    .describe("Envelope sender of probes and test messages. Absent: none for probes, and for a test message the mailbox that it goes to."),
  timeZone: z
    .string(expecting("a time zone"))
    .refine(isTimeZone, expecting("an IANA time zone, such as Europe/Berlin"))
    .default("UTC")
    .describe("The site's time zone, for times that people read."),
});

/** The type of each setting as JSON has it. */
const written: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(z.toJSONSchema(config, { io: "input" }).properties ?? {}).map(([name, setting]) => [
    name,
    typeof setting === "boolean" ? undefined : setting.type,
  ]),
);

export type Config = z.output<typeof config>;
/** Settings that are texts and may be absent; secrets are among them. */
type OptionalText = { [Name in keyof Config]-?: string | undefined extends Config[Name] ? Name : never }[keyof Config];

/** The variable of the environment in which a secret may stand instead, by the secret's name. */
export const secretVariables: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(config.shape).flatMap(([name, setting]) => {
    const variable = z.globalRegistry.get(setting)?.["variable"];
    return typeof variable === "string" ? [[name, variable]] : [];
  }),
);

export function isSecret(name: string): boolean {
  return name in secretVariables;
}

/** The secret called `name`, where there is one. */
export function optionalSecretOf(settings: Config, name: OptionalText, environment: NodeJS.ProcessEnv): Secret | undefined {
  const variable = secretVariables[name] ?? "";
  const text = settings[name] ?? environment[variable];
  const from = settings[name] === undefined ? `${variable} in the environment` : `exchange:${name}`;
  return text === undefined || text === "" ? undefined : new Secret(text, from);
}

/** The secret called `name`. @throws {Error} saying where to put it */
export function secretOf(settings: Config, name: OptionalText, environment: NodeJS.ProcessEnv): Secret {
  const secret = optionalSecretOf(settings, name, environment);
  if (secret !== undefined) return secret;
  throw new Error(
    `exchange:${name} is missing: set it with \`pulumi config set --secret exchange:${name}\`, or give it in the environment as ${secretVariables[name]}.`,
  );
}

/** A setting that has no default. @throws {Error} saying where to put it */
export function settingOf(settings: Config, name: OptionalText): string {
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

/** Settings that are no texts are written as JSON; all others are taken as they are, whatever they look like. */
function decoded(key: string, value: unknown): unknown {
  if (typeof value !== "string" || !(key in written) || written[key] === "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function isAddress(text: string): boolean {
  try {
    return parseAddress(text).host !== "";
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
