// Object identifiers of GSSAPI, and names in its form. Sources: RFC 4121 (krb5), RFC 4178 (SPNEGO), RFC 2744 4 (names), RFC 1964 2.1.1 (principals).
import type { KerberosNames } from "../problems.ts";
import type { NegotiatedScheme } from "../security.ts";
import type { Gssapi, Out, Pointer } from "./library.ts";
import { expectDone } from "./status.ts";

interface Oid {
  readonly length: number;
  readonly elements: Uint8Array;
}

const USER_NAME = oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x01, 0x01);
const PRINCIPAL = oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01);
const HOST_BASED_SERVICE = oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x01, 0x04);

export const MECHANISMS: Readonly<Record<NegotiatedScheme, Oid>> = {
  Kerberos: oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02),
  Negotiate: oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x02),
};

/** Bytes as GSSAPI takes them. */
export function gssBuffer(bytes: Uint8Array): { readonly length: number; readonly value: Uint8Array } {
  return { length: bytes.length, value: bytes };
}

/** The name of a person, to be released. */
export function userName(library: Gssapi, names: KerberosNames): Out<Pointer> {
  return imported(library, principalOf(names.user), USER_NAME, names);
}

/**
 * The service `HTTP` on a host under exactly that name, to be released. Its realm is left open: domain controllers know it, and refer to the right one.
 */
export function serviceName(library: Gssapi, host: string, names: KerberosNames): Out<Pointer> {
  return imported(library, `HTTP/${host}@`, PRINCIPAL, names);
}

/**
 * The same as krb5.conf and DNS of this machine have it, to be released: with the realm of `[domain_realm]`, and with the host's own name in place of an alias;
 * but a load balancer's name, too, where the host's address has that one backwards (`rdns`).
 */
export function canonicalServiceName(library: Gssapi, host: string, names: KerberosNames): Out<Pointer> {
  return imported(library, `HTTP@${host}`, HOST_BASED_SERVICE, names);
}

export function releaseName(library: Gssapi, name: Out<Pointer>): void {
  if (name[0] !== null) library.call("gss_release_name", [0], name);
}

/** A realm is written in capitals: `pauser@contoso.local` is `pauser@CONTOSO.LOCAL`, `CONTOSO\pauser` is `pauser` of the default realm. */
export function principalOf(user: string): string {
  const [, account] = /^[^\\@]+\\(.+)$/.exec(user) ?? [];
  if (account !== undefined) return account;
  const at = user.lastIndexOf("@");
  return at < 0 ? user : `${user.slice(0, at)}@${user.slice(at + 1).toUpperCase()}`;
}

function imported(library: Gssapi, text: string, type: Oid, names: KerberosNames): Out<Pointer> {
  const minor: Out<number> = [0];
  const name: Out<Pointer> = [null];
  expectDone(library, library.call("gss_import_name", minor, gssBuffer(Buffer.from(text, "utf8")), type, name), minor, names);
  return name;
}

function oid(...elements: readonly number[]): Oid {
  return { length: elements.length, elements: Uint8Array.from(elements) };
}
