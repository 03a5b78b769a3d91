// The endpoints of wsman-lab.ts behind Kerberos, with a KDC of the caller's, and clients that have a ticket of pauser.
import type { Configuration } from "../../lab/serve/cmdlet-host.ts";
import { type KerberosOptions, kerberosAuthentication } from "../../lab/serve/wsman/kerberos.ts";
import type { WsmanOptions } from "../../lab/serve/wsman.ts";
import { type GssInitiator, gssInitiator } from "./gss-initiator.ts";
import type { RunningKdc } from "./kdc.ts";
import { RawWsman } from "./raw-wsman.ts";
import { SealedClient } from "./sealed-client.ts";
import { type WsmanLab, wsmanLab } from "./wsman-lab.ts";

export const HOST = "ex01.contoso.local";
export const ACCOUNT = "pauser@contoso.local";

export interface KerberosLab extends WsmanLab {
  /** A new connection, on which nothing was proved yet. */
  connect(configuration?: Configuration): SealedClient;
  /** A new context with the server's service. */
  initiator(mechanism?: "Kerberos" | "Negotiate", principal?: string): Promise<GssInitiator>;
  /** Ends connections, contexts and servers. */
  stop(): Promise<void>;
}

/** `kdc` must have the principal `pauser` with `password`, and its environment be that of the process. */
export async function kerberosLab(
  kdc: RunningKdc,
  password: string,
  { schemes = ["Kerberos"], hasOddDelimiter = true, ...more }: Partial<KerberosOptions> = {},
  options: Partial<WsmanOptions> = {},
): Promise<KerberosLab> {
  const authentication = () =>
    kerberosAuthentication({ keytab: kdc.serviceKeytab, accounts: [ACCOUNT], schemes, hasOddDelimiter, ...more });
  const lab = await wsmanLab({ authentication, ...options });
  const toEnd: (() => void)[] = [];
  return Object.assign(lab, {
    connect(configuration: Configuration = "Microsoft.Exchange") {
      const path = configuration === "Microsoft.Exchange" ? "/PowerShell/" : "/wsman";
      const client = new SealedClient(lab.servers.address("ex01", configuration), path);
      toEnd.push(() => client.close());
      return client;
    },
    async initiator(mechanism: "Kerberos" | "Negotiate" = "Kerberos", principal = "pauser") {
      const initiator = gssInitiator(HOST, await kdc.kinit(principal, { password }), mechanism);
      toEnd.push(() => initiator.release());
      return initiator;
    },
    async stop() {
      for (const end of toEnd.splice(0)) end();
      await lab.servers.stop();
    },
  });
}

/** A request that every endpoint answers, for its configuration. */
export function configRequest(): string {
  const resourceUri = "http://schemas.microsoft.com/wbem/wsman/1/config";
  return new RawWsman({ host: "", port: 0 }, "", "").envelope({ action: "Get", resourceUri });
}
