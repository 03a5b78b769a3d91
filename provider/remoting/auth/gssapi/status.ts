// GSSAPI's two status numbers as an error in words. Source: RFC 2744 3.9.1.
import type { WsmanError } from "../../wsman/problems.ts";
import { type KerberosNames, kerberosProblem } from "../problems.ts";
import type { Gssapi, Out, OutBuffer } from "./library.ts";

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

function problemOf(library: Gssapi, major: number, minor: number, names: KerberosNames): WsmanError {
  const words = [textOf(library, major, MAJOR_CODE), textOf(library, minor, MECHANISM_CODE)];
  const said = [...new Set(words)].filter((text) => text !== "" && !/^Unspecified GSS failure/.test(text));
  return kerberosProblem(minor, said.join("; ").replace(/\s+/g, " ") || `GSSAPI status ${major}/${minor}`, names);
}

function textOf(library: Gssapi, status: number, type: number): string {
  const out: OutBuffer = {};
  if (hasFailed(library.call("gss_display_status", [0], status >>> 0, type, null, [0], out))) return "";
  return Buffer.from(library.taken(out)).toString("utf8").trim();
}
