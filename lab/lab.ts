// A running lab: the world of site-world.ts behind real protocols on loopback, with its clock going, and what a Pulumi stack needs to reach it.
import { randomBytes } from "node:crypto";
import { bindingHost } from "./serve/binding-host.ts";
import { startCloudflare } from "./serve/cloudflare.ts";
import type { CmdletHost } from "./serve/cmdlet-host.ts";
import { refusedSession } from "./serve/cmdlets/connect.ts";
import { exchangeHost } from "./serve/cmdlets/exchange-host.ts";
import { startDns } from "./serve/dns.ts";
import { FaultScript } from "./serve/faults.ts";
import { grantedSignatures } from "./serve/signatures-granted.ts";
import { startSmtp } from "./serve/smtp.ts";
import { startSsh } from "./serve/ssh.ts";
import { newSshKey } from "./serve/ssh-keys.ts";
import { kerberosAuthentication } from "./serve/wsman/kerberos.ts";
import { startWsman, type WsmanOptions } from "./serve/wsman.ts";
import { makeSiteWorld, type SiteWorld, type SiteWorldOptions } from "./site-world.ts";
import type { MailHost } from "./world/message.ts";

export interface LabOptions extends Omit<SiteWorldOptions, "startMs"> {
  /** Lab seconds in a real second. Default 60. */
  readonly rate?: number;
  /** What goes wrong. Default: nothing, until something is added. */
  readonly faults?: FaultScript;
  /** Default: Basic. Otherwise all that Exchange and Windows take out of the box: Kerberos, every message sealed. */
  readonly kerberos?: KerberosRealm;
}

/** A realm whose KDC somebody else runs. */
export interface KerberosRealm {
  /** Of pauser@CONTOSO.LOCAL. */
  readonly password: string;
  /** File with the keys of HTTP/<fqdn>. */
  readonly keytabOf: (fqdn: string) => string;
}

export interface Lab {
  readonly world: SiteWorld;
  readonly faults: FaultScript;
  /** What runs cmdlets behind all endpoints, for other ways to them than WSMan. */
  readonly cmdlets: CmdletHost;
  /** Secrets and the clock as it goes now, for the environment of the Pulumi CLI. */
  readonly environment: Readonly<Record<string, string>>;
  /** The stack's configuration: addresses, names, the word `online`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Every secret of this lab, for whoever looks for leaks. */
  readonly secrets: readonly string[];
  /** The provider's clock and the lab's, in milliseconds since 1970. */
  now(): number;
  /** Lets `ms` milliseconds pass at once, for sessions that nobody uses too. Not while a provider is at work: its clock would not see them pass. */
  skip(ms: number): void;
  stop(): Promise<void>;
}

/** Real milliseconds between two looks at the clock: a lab second or so. */
const tickMs = 20;

/** Starts everything; `stop` ends everything. */
export async function startLab({ rate = 60, faults = new FaultScript(), kerberos, ...options }: LabOptions = {}): Promise<Lab> {
  let originMs = Date.now();
  let skippedMs = 0;
  const now = () => originMs + (Date.now() - originMs) * rate;
  const world = makeSiteWorld({ ...options, startMs: originMs });
  const { cast, events, site, zones, buffer } = world;
  const password = kerberos?.password ?? randomBytes(18).toString("base64url");
  const token = randomBytes(30).toString("base64url");
  const key = newSshKey();
  const user = "pauser@contoso.local";

  const clock = setInterval(() => events.advanceTo(now()), tickMs);
  const cmdlets = bindingHost(exchangeHost(site), () => events.advanceTo(now()), site.switches.missingConfirm, grantedSignatures(site));
  const wsman = await startWsman({
    host: cmdlets,
    servers: cast.servers,
    accounts: new Map([[user, password]]),
    faults,
    ...(kerberos === undefined ? {} : { authentication: kerberosOf(kerberos, user) }),
    isUp: (server) => site.server(server)?.isUp() ?? false,
    whenDown: "reset",
    refusalOf: (asked) => refusedSession(site, asked),
    nowMs: () => performance.now() + skippedMs,
    dateMs: (server) => now() + (site.server(server)?.clockAheadMs ?? 0),
  });
  site.onSessionsLost((server, configuration) => wsman.forgetShells(server, configuration));
  const cloudflare = await startCloudflare({ zones, token, faults });
  const dns = await startDns({ zones, faults });
  const smtp = (host: MailHost) => startSmtp({ host: noted(host, world), hello: host.name, now, faults });
  const mailHosts = [site.frontEnd, ...site.frontEnds, buffer];
  const services = await Promise.all(mailHosts.map(smtp));
  const ssh = await startSsh({ name: cast.bufferHost, run: (...call) => buffer.run(...call), users: { mailops: [key.public] }, faults });
  const remoting = cast.servers.flatMap(({ name, fqdn }) =>
    (
      [
        ["Microsoft.Exchange", 80],
        ["Microsoft.PowerShell", 5985],
      ] as const
    ).map(([configuration, port]): [string, string] => {
      const address = wsman.address(name, configuration);
      return [`${fqdn}:${port}`, `${address.host}:${address.port}`];
    }),
  );
  return {
    world,
    faults,
    cmdlets,
    now,
    get environment() {
      return {
        EXCHANGE_PASSWORD: password,
        CLOUDFLARE_API_TOKEN: token,
        EXCHANGE_BUFFER_KEY: key.private,
        EXCHANGE_CLOCK: `${rate}@${originMs}`,
      };
    },
    secrets: [password, token, key.private, ...key.private.split("\n").filter((line) => line.length > 40)],
    config: {
      "site:state": "online",
      "site:bufferHostKey": ssh.fingerprint,
      "exchange:user": user,
      "exchange:authentication": kerberos === undefined ? "basic" : "auto",
      "exchange:servers": cast.servers.map(({ name }) => name),
      "exchange:exchangeUrl": "http://{server}.contoso.local/PowerShell/",
      "exchange:windowsUrl": "http://{server}.contoso.local:5985/wsman",
      "exchange:cloudflareUrl": cloudflare.baseUrl,
      "exchange:timeZone": "Europe/Berlin",
      "exchange:connectTo": {
        ...Object.fromEntries(remoting),
        ...dns.connectTo,
        ...Object.fromEntries(mailHosts.map(({ name }, index) => [`${name}:25`, `127.0.0.1:${services[index]?.port}`])),
        [`${cast.bufferHost}:22`]: `127.0.0.1:${ssh.port}`,
      },
    },
    skip: (ms) => {
      // A clock that began earlier shows more by now: by (rate - 1) milliseconds for each.
      originMs -= Math.round(ms / (rate - 1));
      skippedMs += ms;
      events.advanceTo(now());
    },
    stop: async () => {
      clearInterval(clock);
      await Promise.all([wsman.stop(), cloudflare.stop(), dns.stop(), ssh.close(), ...services.map((service) => service.close())]);
    },
  };
}

/** Exchange offers Kerberos alone and writes its odd delimiter; Windows offers Negotiate too. */
function kerberosOf({ keytabOf }: KerberosRealm, user: string): NonNullable<WsmanOptions["authentication"]> {
  return (fqdn, configuration) =>
    kerberosAuthentication({
      keytab: keytabOf(fqdn),
      accounts: [user],
      schemes: configuration === "Microsoft.Exchange" ? ["Kerberos"] : ["Negotiate", "Kerberos"],
      hasOddDelimiter: configuration === "Microsoft.Exchange",
    });
}

/** Mail that comes in over a wire is in the ledger from the moment that it was taken. */
function noted(host: MailHost, { ledger, events }: SiteWorld): MailHost {
  return {
    name: host.name,
    hidesStartTls: host.hidesStartTls ?? false,
    open: () => host.open(),
    sender: (caller) => host.sender(caller),
    recipient: (address, caller) => host.recipient(address, caller),
    accept: (message) => {
      const reply = host.accept(message);
      if (reply.code === 250) ledger.accepted(message, host.name, events.now());
      return reply;
    },
  };
}
