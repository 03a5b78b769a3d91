// Opens the Exchange organisation that the provider's configuration names: how its servers are reached, and how they are shown who asks.
// Nothing is sent, and nothing that is missing is missed, before the first cmdlet.
import type { Endpoint } from "../exchange/cmdlet.ts";
import { type Organisation, openOrganisation } from "../exchange/organisation.ts";
import { type Authentication, openAuthentication, type Way } from "../remoting/auth/authentication.ts";
import { PasswordTrial } from "../remoting/password-trial.ts";
import { powerShellTransport } from "../remoting/powershell/powershell-transport.ts";
import type { RemoteSession } from "../remoting/powershell/requests.ts";
import { SessionPool } from "../remoting/sessions.ts";
import type { CmdletTransport } from "../remoting/transport.ts";
import { wsmanTransport } from "../remoting/wsman-transport.ts";
import { type Config, optionalSecretOf, secretOf, settingOf } from "./config.ts";

const CONFIGURATIONS: Readonly<Record<Endpoint, string>> = { exchange: "Microsoft.Exchange", windows: "Microsoft.PowerShell" };

/** PowerShell is told within this that a password is wrong, on a busy machine too. Where a site is switched off, each server is waited for so long. */
const PATIENCE_MS = 5_000;

const ways: Readonly<Record<Way, string>> = { kerberos: "Kerberos", basic: "Basic", certificate: "a client certificate" };

export interface OpenExchange {
  readonly organisation: Organisation;
  /** How a server's endpoint was shown who asks, in words: `Kerberos`; `undefined` before it has said what it takes. */
  wayIn(server: string, endpoint: Endpoint): string | undefined;
  /** Gives all sessions back, and forgets who asked. */
  close(): Promise<void>;
}

/** `warn` tells a person what went otherwise than planned, whatever resource it was for. */
export function openExchange(settings: Config, environment: NodeJS.ProcessEnv, warn: (text: string) => void): OpenExchange {
  const { servers, domainController, maxSessions, timeoutSeconds, connectTo } = settings;
  const isNative = (settings.transport ?? (process.platform === "win32" ? "powershell" : "native")) === "native";
  const pools = new Map<string, SessionPool>();
  const trials = { exchange: new PasswordTrial(PATIENCE_MS), windows: new PasswordTrial(PATIENCE_MS) };
  let authentication: Authentication | undefined;

  const native = (server: string, endpoint: Endpoint): CmdletTransport => {
    authentication ??= authenticationOf(settings, environment);
    const sessions = pools.get(server.toLowerCase()) ?? new SessionPool({ most: maxSessions });
    pools.set(server.toLowerCase(), sessions);
    return wsmanTransport({ ...placeOf(settings, server, endpoint), authentication, connectTo, sessions });
  };
  const local = (server: string, endpoint: Endpoint): CmdletTransport => {
    const { endpoint: said, url, configurationName } = placeOf(settings, server, endpoint);
    const session = { connectionUri: url, configurationName, ...proofOf(settings, environment) };
    return powerShellTransport({
      endpoint: said,
      session,
      ...(session.credential === undefined ? {} : { trial: trials[endpoint] }),
      ...(settings.powershell === undefined ? {} : { executable: settings.powershell }),
    });
  };
  const organisation = openOrganisation({
    nowMs: Date.now,
    warn,
    servers,
    domainController,
    timeoutMs: timeoutSeconds * 1000,
    transportOf: isNative ? native : local,
  });
  return {
    organisation,
    wayIn: (server, endpoint) => {
      if (!isNative) return `a local PowerShell (${settings.authentication === "basic" ? ways.basic : ways.kerberos})`;
      const way = authentication?.wayTo(new URL(placeOf(settings, server, endpoint).url));
      return way && ways[way];
    },
    close: async () => {
      await organisation.close();
      authentication?.end();
    },
  };
}

function placeOf(settings: Config, server: string, endpoint: Endpoint): { url: string; configurationName: string; endpoint: string } {
  const url = settingOf(settings, endpoint === "exchange" ? "exchangeUrl" : "windowsUrl").replaceAll("{server}", server);
  const configurationName = CONFIGURATIONS[endpoint];
  return { url, configurationName, endpoint: `${server} (${configurationName})` };
}

/** @throws {Error} saying which setting is missing */
function authenticationOf(settings: Config, environment: NodeJS.ProcessEnv): Authentication {
  const {
    authentication: method,
    user,
    keytab,
    ticketCache,
    clientCertificate,
    trustedCertificates,
    maxTlsVersion,
    allowUnencrypted,
  } = settings;
  const isBasic = method === "basic";
  return openAuthentication({
    method,
    user: isBasic ? settingOf(settings, "user") : (user ?? ""),
    password: isBasic ? secretOf(settings, "password", environment) : optionalSecretOf(settings, "password", environment),
    keytab,
    ticketCache,
    clientCertificate:
      clientCertificate === undefined ? undefined : { certificate: clientCertificate, key: secretOf(settings, "clientKey", environment) },
    trustedCertificates,
    maxTlsVersion,
    allowUnencrypted,
  });
}

/** How a local PowerShell shows who asks: with a password, or as whoever runs it. @throws {Error} for what it cannot do */
function proofOf(settings: Config, environment: NodeJS.ProcessEnv): Pick<RemoteSession, "authentication" | "credential"> {
  const { authentication: method } = settings;
  const unusable = (["keytab", "ticketCache", "clientCertificate", "trustedCertificates", "maxTlsVersion"] as const).filter(
    (name) => settings[name] !== undefined,
  );
  if (method === "certificate" || unusable.length > 0) {
    const what = method === "certificate" ? "exchange:authentication: certificate" : `exchange:${unusable.join(", exchange:")}`;
    throw new Error(
      `${what} cannot be used by a local PowerShell (exchange:transport: powershell): it logs on with exchange:user and a password, or as whoever runs it, and trusts what the machine trusts.`,
    );
  }
  const authentication = method === "auto" ? "kerberos" : method;
  const password = optionalSecretOf(settings, "password", environment);
  if (password === undefined && method !== "basic") return { authentication };
  return { authentication, credential: { user: settingOf(settings, "user"), password: secretOf(settings, "password", environment) } };
}
