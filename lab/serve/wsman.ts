// The lab's remoting endpoints: on loopback, a port for each server and configuration, behind which one CmdletHost answers for all.
// A client is pointed at a port where in life it would be given a server's name. Source: facts of Exchange's `/PowerShell/` and of WinRM.
import type { CmdletHost, Configuration } from "./cmdlet-host.ts";
import type { FaultScript } from "./faults.ts";
import { type Authentication, basicAuthentication } from "./wsman/authentication.ts";
import type { TlsOptions } from "./wsman/connections.ts";
import { Endpoint, type EndpointPolicy, type SessionRefusal } from "./wsman/endpoint.ts";
import { type Listener, listen } from "./wsman/listener.ts";

export interface WsmanOptions {
  readonly host: CmdletHost;
  readonly servers: readonly { readonly name: string; readonly fqdn: string }[];
  /** User name, as it will be typed (`CONTOSO\pauser`, `pauser@contoso.local`), to password. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly faults: FaultScript;
  /** The port for an endpoint; 0 takes a free one, and is the default. */
  readonly ports?: (server: string, configuration: Configuration) => number;
  /** Asked before every request and every answer. Default: all servers are up. */
  readonly isUp?: (server: string) => boolean;
  /** What a client of a server that is down meets: connections nobody answers (the default), or that are reset at once. It has lost its shells then; where nobody asked while it was down, `forgetShells` says so. */
  readonly whenDown?: "silent" | "reset";
  /** Whether a client that does not return the front end's cookie is taken for a stranger, as reported of Exchange Online. Default false. */
  readonly requireCookie?: boolean;
  /** Who may ask, by server and configuration. Default: Basic over `accounts`. */
  readonly authentication?: (fqdn: string, configuration: Configuration) => Authentication;
  /** Which endpoints speak https, with what certificate. Default: all speak http. */
  readonly tls?: (fqdn: string, configuration: Configuration) => TlsOptions | undefined;
  /** Quotas, language modes and habits of each configuration that differ from the default. */
  readonly policies?: Readonly<Partial<Record<Configuration, EndpointPolicy>>>;
  /** Why an account that proved who it is gets no session. Default: every one does. */
  readonly refusalOf?: (asked: { server: string; configuration: Configuration; user: string }) => SessionRefusal | undefined;
  /** Milliseconds of a real clock that never goes back; for shells that idle. */
  readonly nowMs?: () => number;
  /** What a server's own clock shows, milliseconds since 1970: in the head of every answer. Default: this machine's time. */
  readonly dateMs?: (server: string) => number;
}

export interface WsmanServers {
  /** Where a server's endpoint listens. @throws {RangeError} for a server that was not given */
  address(server: string, configuration: Configuration): { readonly host: string; readonly port: number };
  /** The server was restarted, or the worker process of one endpoint recycled: it knows none of its shells there any more. */
  forgetShells(server: string, configuration?: Configuration): void;
  stop(): Promise<void>;
}

/** Path by configuration. */
export const PATHS: Readonly<Record<Configuration, string>> = { "Microsoft.Exchange": "/PowerShell/", "Microsoft.PowerShell": "/wsman" };
const CONFIGURATIONS: readonly Configuration[] = ["Microsoft.Exchange", "Microsoft.PowerShell"];

/** Starts all endpoints; when one cannot listen, stops the others and throws. */
export async function startWsman(options: WsmanOptions): Promise<WsmanServers> {
  const endpoints = options.servers.flatMap((server) => CONFIGURATIONS.map((configuration) => endpointOf(options, server, configuration)));
  const started = await Promise.allSettled(endpoints.map(({ start }) => start()));
  const listeners = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const stop = async () => void (await Promise.all(listeners.map((listener) => listener.stop())));
  const failed = started.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const ports = new Map(endpoints.map(({ key }, index) => [key, listeners[index]?.port] as const));
  return {
    address(server, configuration) {
      const port = ports.get(keyOf(server, configuration));
      if (port === undefined) throw new RangeError(`the lab has no server ${server}`);
      return { host: "127.0.0.1", port };
    },
    forgetShells(server, configuration) {
      const forgetful = CONFIGURATIONS.filter((one) => configuration === undefined || one === configuration).map((one) =>
        keyOf(server, one),
      );
      for (const { endpoint, key } of endpoints) if (forgetful.includes(key)) endpoint.shells.clear();
    },
    stop,
  };
}

function endpointOf(options: WsmanOptions, server: { readonly name: string; readonly fqdn: string }, configuration: Configuration) {
  const { host, faults, isUp = () => true, ports = () => 0, nowMs = () => performance.now() } = options;
  const policy = options.policies?.[configuration];
  const refusalOf = (user: string) => options.refusalOf?.({ server: server.name, configuration, user });
  const endpoint = new Endpoint({ server, configuration, host, faults, nowMs, refusalOf, ...(policy === undefined ? {} : { policy }) });
  const realm = configuration === "Microsoft.PowerShell" ? "WSMAN" : server.fqdn;
  const start = (): Promise<Listener> =>
    listen(
      {
        endpoint,
        authentication: options.authentication?.(server.fqdn, configuration) ?? basicAuthentication(options.accounts, realm),
        tls: options.tls?.(server.fqdn, configuration),
        fqdn: server.fqdn,
        path: PATHS[configuration],
        isUp: () => isUp(server.name),
        whenDown: options.whenDown ?? "silent",
        requireCookie: options.requireCookie ?? false,
        dateMs: options.dateMs && (() => options.dateMs?.(server.name) ?? Date.now()),
      },
      ports(server.name, configuration),
    );
  return { endpoint, key: keyOf(server.name, configuration), start };
}

function keyOf(server: string, configuration: Configuration): string {
  return `${server.toLowerCase()} ${configuration}`;
}
