// Which way of proving who asks a connection uses, and what it needs for that. Each way stands in a file of its own beside this one.
import type { Secret } from "../transport.ts";
import { isLoopback } from "../wsman/address.ts";
import type { TlsOptions } from "../wsman/http.ts";
import type { Authenticator } from "./authenticator.ts";
import { basicAuthenticator } from "./basic.ts";

export interface AuthenticationOptions {
  readonly user: string;
  readonly password: Secret;
  readonly authentication: "basic";
  /** Certificates in PEM to trust instead of the well-known ones: Exchange's own are self-signed. */
  readonly trustedCertificates?: string;
  /** Lets Basic travel over plain http to other machines, where anyone on the way can read the password. Default false. */
  readonly allowUnencrypted?: boolean;
}

/** Proves it on one connection. */
export function authenticatorOf({ user, password }: AuthenticationOptions): Authenticator {
  return basicAuthenticator(user, password);
}

export function tlsOf({ trustedCertificates }: AuthenticationOptions): TlsOptions {
  return trustedCertificates === undefined ? {} : { ca: trustedCertificates };
}

/** What forbids to send anything to `url` that leads to `host`; nothing when nothing does. */
export function refusalOf({ user, allowUnencrypted }: AuthenticationOptions, url: URL, host: string): string | undefined {
  if (url.protocol === "https:" || isLoopback(host) || allowUnencrypted) return undefined;
  return `Basic authentication over http would show the password of ${user} to anyone on the way to ${url.host}; use https, or set allowUnencrypted`;
}
