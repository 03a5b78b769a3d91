// What a wire sends over: TCP, or TLS over it.
import { connect, isIP, type Socket } from "node:net";

export interface TlsOptions {
  /** Certificates in PEM to trust instead of the well-known ones. */
  readonly ca?: string;
  /** The client's own certificate and key, in PEM. */
  readonly cert?: string;
  readonly key?: string;
  readonly maxVersion?: "TLSv1.2";
}

/** Begins to connect to `address`; the name in `url` is the one that a certificate must bear. */
export function openSocket(url: URL, address: { readonly host: string; readonly port: number }, tls: TlsOptions): Socket {
  const to = { ...address, noDelay: true };
  if (url.protocol !== "https:") return connect(to);
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const servername = isIP(name) === 0 ? name : ""; // no server name may be an address
  const { connect: connectSecurely } = process.getBuiltinModule("node:tls"); // only where it is needed
  return connectSecurely({ ...to, ...tls, servername, ALPNProtocols: ["http/1.1"] }).setNoDelay(true);
}
