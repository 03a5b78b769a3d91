// GSSAPI's two status numbers as an error in words. Sources: RFC 2744 3.9.1; codes of MIT's krb5_err.h, where -1765328384 is the first. SPNEGO
// may give a number of its own to what Kerberos said; the text is the same then.
import type { WsmanError } from "../../problem.ts";
import { type KerberosCause, type KerberosNames, kerberosProblem } from "../problems.ts";
import type { Gssapi, Out, OutBuffer } from "./library.ts";

const FIRST_CODE = -1_765_328_384;

/** By offset from the first code, and by text. */
const CAUSES: readonly (readonly [cause: KerberosCause, offsets: readonly number[], text: RegExp])[] = [
  ["wrongPassword", [24, 31], /Preauthentication failed|Decrypt integrity check failed|Password incorrect/i],
  ["unknownAccount", [6], /Client .*not found in Kerberos database/i],
  ["unknownService", [7], /Server .*not found in Kerberos database/i],
  ["clockSkew", [37], /Clock skew too great/i],
  ["expiredTicket", [32], /Ticket expired|credentials (have )?expired/i],
  ["lockedAccount", [18], /credentials have been revoked/i],
  ["expiredPassword", [23], /Password has expired/i],
  ["noCommonEncryption", [14], /no support for encryption type/i],
  ["noDomainController", [156], /Cannot contact any KDC/i],
  ["unknownRealm", [154, 220], /Cannot find KDC for realm|Cannot resolve network address for KDC/i],
  [
    "noProof",
    [195, 181, 186],
    /No (Kerberos )?credentials|No credentials cache|Credentials cache .*not found|keytab .*(not found|nonexistent)|Key table/i,
  ],
];

const MECHANISM_CODE = 2;
const MAJOR_CODE = 1;

/** Whether a call failed: calling and routine errors are in the upper half of the major status. */
export function hasFailed(major: number): boolean {
  return (major & 0xffff_0000) !== 0;
}

/** @throws {WsmanError} `ended` when `major` says that a call failed */
export function expectDone(library: Gssapi, major: number, minor: Out<number>, names: KerberosNames): void {
  if (hasFailed(major)) throw problemOf(library, major, minor[0], names);
}

/** Whether a call failed because nobody knows the service under the name that it was given, or where to ask for it. */
export function isUnknownService(library: Gssapi, major: number, minor: Out<number>): boolean {
  if (!hasFailed(major)) return false;
  const cause = causeOf(minor[0], textIn(library, major, minor[0]));
  return cause === "unknownService" || cause === "unknownRealm";
}

function problemOf(library: Gssapi, major: number, minor: number, names: KerberosNames): WsmanError {
  const text = textIn(library, major, minor) || `GSSAPI status ${major}/${minor}`;
  return kerberosProblem(causeOf(minor, text), text, names);
}

function textIn(library: Gssapi, major: number, minor: number): string {
  const words = [textOf(library, major, MAJOR_CODE), textOf(library, minor, MECHANISM_CODE)];
  const said = [...new Set(words)].filter((text) => text !== "" && !/^Unspecified GSS failure/.test(text));
  return said.join("; ").replace(/\s+/g, " ");
}

/** `minor` as the library gives it. */
export function causeOf(minor: number, text: string): KerberosCause | undefined {
  const offset = (minor | 0) - FIRST_CODE;
  const found = CAUSES.find(([, offsets]) => offsets.includes(offset)) ?? CAUSES.find(([, , words]) => words.test(text));
  return found?.[0];
}

function textOf(library: Gssapi, status: number, type: number): string {
  const out: OutBuffer = {};
  if (hasFailed(library.call("gss_display_status", [0], status >>> 0, type, null, [0], out))) return "";
  return Buffer.from(library.taken(out)).toString("utf8").trim();
}
