// Loads koffi, through which the system's libraries are called. It is an optional dependency: without it everything but Kerberos works.
import type * as koffi from "koffi";
import { cannotProve } from "./problems.ts";

/** @throws {WsmanError} `ended` that says how to install it */
export async function loadKoffi(): Promise<typeof koffi> {
  try {
    return await import("koffi");
  } catch (cause) {
    const what =
      'Kerberos needs the npm package koffi, which is not installed for this system: run "npm install --include=optional" where the provider is installed, or use https with a client certificate or Basic';
    throw cannotProve("rejected", what, { cause });
  }
}
