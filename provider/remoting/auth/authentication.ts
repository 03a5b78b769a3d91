// How connections prove who asks: chosen once for a site, and shared by all its servers, so that a domain controller is asked once and a wrong
// password tried once. Each way stands in a file of its own beside this one.
import { isIP } from "node:net";
import { isLoopback } from "../http/address.ts";
import type { Authenticator } from "../http/authenticator.ts";
import type { TlsOptions } from "../http/socket.ts";
import { PasswordTrial } from "../password-trial.ts";
import type { Secret } from "../transport.ts";
import { autoAuthenticator } from "./auto.ts";
import { basicAuthenticator } from "./basic.ts";
import { certificateAuthenticator } from "./certificate.ts";
import { negotiatedScheme, type Scheme } from "./challenges.ts";
import { GssapiIdentity } from "./gssapi/identity.ts";
import { negotiatedAuthenticator } from "./negotiated.ts";
import { cannotProve } from "./problems.ts";
import type { Identity, NegotiatedScheme, Proof } from "./security.ts";

/**
 * - `kerberos`: what Exchange takes out of the box; over http every message is sealed
 * - `basic`: name and password in each request; only over https
 * - `certificate`: a client certificate that the server maps to an account; only over https
 * - `auto`: a client certificate where one is given, else whatever the server offers, Kerberos first
 */
export type AuthenticationMethod = "auto" | Way;
/** How a server is shown who asks, once that is chosen. */
export type Way = "kerberos" | "basic" | "certificate";

export interface AuthenticationOptions {
  readonly method: AuthenticationMethod;
  /** `pauser@contoso.local`, `CONTOSO\pauser`; empty: whoever the Kerberos ticket or the certificate names. */
  readonly user: string;
  readonly password?: Secret | undefined;
  /** A file with the account's Kerberos keys, instead of a password. */
  readonly keytab?: string | undefined;
  /** The Kerberos ticket to use instead of a password or keytab, such as `FILE:/tmp/krb5cc_0`. Absent: the default one. */
  readonly ticketCache?: string | undefined;
  /** In PEM. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: Secret } | undefined;
  /** Certificates in PEM to trust instead of the well-known ones: Exchange's own are self-signed. */
  readonly trustedCertificates?: string | undefined;
  /** `TLSv1.2` where a server asks for a client certificate in mid-connection, as IIS may: TLS 1.3 cannot do that here. */
  readonly maxTlsVersion?: "TLSv1.2" | undefined;
  /** Lets Basic travel over plain http to other machines, where anyone on the way can read the password. Default false. */
  readonly allowUnencrypted?: boolean;
}

/** For all connections of a site. */
export interface Authentication {
  readonly user: string;
  /** What has to be mended where they are refused: `exchange:password`; absent where no password is sent, or nobody knows where it stands. */
  readonly passwordFrom: string | undefined;
  readonly tls: TlsOptions;
  /** What forbids to send anything to `url` that leads to the address `host`, in a sentence; nothing when nothing does. */
  refusal(url: URL, host: string): string | undefined;
  /** For one connection to `url` that leads to the address `host`. */
  authenticator(url: URL, host: string): Authenticator;
  /** The way that connections to `url` were last begun with, whatever became of them; `undefined` before the server has said what it offers. */
  wayTo(url: URL): Way | undefined;
  /** Forgets tickets and keys. */
  end(): void;
}

/** For how long a server may think about a password. One that cannot be connected to is not waited for at all. */
const PATIENCE_MS = 10_000;

/** Asks nobody yet. */
export function openAuthentication(options: AuthenticationOptions): Authentication {
  return new SiteAuthentication(options);
}

class SiteAuthentication implements Authentication {
  readonly user: string;
  readonly passwordFrom: string | undefined;
  readonly tls: TlsOptions;
  readonly #options: AuthenticationOptions;
  readonly #identity: Identity;
  /** By port and path: by Basic, WinRM takes a server's own accounts and Exchange those of the domain, so one may refuse what the other accepts. */
  readonly #trials = new Map<string, PasswordTrial>();
  readonly #knownSchemes = new Map<string, { scheme?: NegotiatedScheme }>();
  /** By host of the URL: what was chosen of all that it offers. */
  readonly #chosen = new Map<string, Way>();

  constructor(options: AuthenticationOptions) {
    this.#options = options;
    this.#identity = new GssapiIdentity(options.user, proofOf(options));
    this.user = options.user === "" ? "the account of the ticket or certificate" : options.user;
    this.passwordFrom = options.password?.from;
    this.tls = tlsOf(options);
  }

  refusal(url: URL, host: string): string | undefined {
    const { clientCertificate } = this.#options;
    const method = this.#methodFor(url);
    if (method === "basic") return this.#basicRefusal(url, host);
    if (method === "kerberos" && isIP(url.hostname.replace(/^\[|\]$/g, "")) !== 0)
      return `Kerberos knows servers by name: ${url.host} is an address; use the server's FQDN in the URL`;
    if (method !== "certificate") return undefined;
    if (clientCertificate === undefined) return "authentication with a certificate was asked for, and no client certificate is set";
    return url.protocol === "https:" ? undefined : `a client certificate works over https only: ${url.protocol}//${url.host} was given`;
  }

  authenticator(url: URL, host: string): Authenticator {
    switch (this.#methodFor(url)) {
      case "basic":
        return this.#basic(url);
      case "certificate":
        return certificateAuthenticator();
      case "kerberos":
        return this.#negotiated(url);
      case "auto":
        return autoAuthenticator((offered) => this.#choose(offered, url, host));
    }
  }

  wayTo(url: URL): Way | undefined {
    const method = this.#methodFor(url);
    return method === "auto" ? this.#chosen.get(url.host) : method;
  }

  end(): void {
    this.#identity.end();
  }

  #methodFor(url: URL): AuthenticationMethod {
    const { method, clientCertificate } = this.#options;
    return method === "auto" && clientCertificate !== undefined && url.protocol === "https:" ? "certificate" : method;
  }

  #choose(offered: readonly Scheme[], url: URL, host: string): Authenticator {
    const scheme = negotiatedScheme(offered);
    if (scheme !== undefined) {
      this.#known(url).scheme = scheme;
      this.#chosen.set(url.host, "kerberos");
      return this.#negotiated(url);
    }
    const offers = offered.join(" and ") || "nothing";
    if (!offered.includes("Basic"))
      throw cannotProve("denied", `${url.host} offers ${offers} to prove who asks; Kerberos, Basic or a client certificate is needed`);
    const refusal = this.#basicRefusal(url, host);
    if (refusal !== undefined) throw cannotProve("denied", `${url.host} offers only ${offers}: ${refusal}`);
    this.#chosen.set(url.host, "basic");
    return this.#basic(url);
  }

  #basic(url: URL): Authenticator {
    const { user, password } = this.#options;
    if (password === undefined) throw cannotProve("denied", "Basic authentication needs a password, and none is set");
    const place = `${url.protocol}${url.port}${url.pathname}`;
    const trial = this.#trials.get(place) ?? new PasswordTrial(PATIENCE_MS);
    this.#trials.set(place, trial);
    return basicAuthenticator({ user, password, trial, host: url.host });
  }

  #negotiated(url: URL): Authenticator {
    return negotiatedAuthenticator({
      identity: this.#identity,
      host: url.hostname,
      user: this.user,
      seals: url.protocol === "http:",
      known: this.#known(url),
    });
  }

  #known(url: URL): { scheme?: NegotiatedScheme } {
    const known = this.#knownSchemes.get(url.host) ?? {};
    this.#knownSchemes.set(url.host, known);
    return known;
  }

  #basicRefusal(url: URL, host: string): string | undefined {
    const { user, password, allowUnencrypted = false } = this.#options;
    if (user === "" || password === undefined) return "Basic authentication needs a user and a password, and one of them is not set";
    if (url.protocol === "https:" || isLoopback(host) || allowUnencrypted) return undefined;
    return `Basic authentication over http would show the password of ${user} to anyone on the way to ${url.host}; use https, or Kerberos, which seals`;
  }
}

function proofOf({ password, keytab, ticketCache }: AuthenticationOptions): Proof {
  if (keytab !== undefined) return { kind: "keytab", file: keytab };
  if (password !== undefined && ticketCache === undefined)
    return { kind: "password", reveal: () => password.reveal(), from: password.from };
  return ticketCache === undefined ? { kind: "ticket" } : { kind: "ticket", cache: ticketCache };
}

function tlsOf({ trustedCertificates, clientCertificate, maxTlsVersion }: AuthenticationOptions): TlsOptions {
  return {
    ...(trustedCertificates === undefined ? {} : { ca: trustedCertificates }),
    ...(clientCertificate === undefined ? {} : { cert: clientCertificate.certificate, key: clientCertificate.key.reveal() }),
    ...(maxTlsVersion === undefined ? {} : { maxVersion: maxTlsVersion }),
  };
}
