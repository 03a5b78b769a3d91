// Whom the tests of our Kerberos ask as, and how a refusal is read.
import { equal, match, rejects } from "node:assert/strict";
import { WsmanError } from "../../../provider/remoting/problem.ts";

export const HOST = "ex01.contoso.local";
export const USER = "pauser@contoso.local";
export const PASSWORD = `it's "pw" ${Math.random()} ü`;

/** It fails for this reason, in these words, and no password is in them. */
export async function refused(promise: Promise<unknown>, reason: string, what: RegExp): Promise<void> {
  await rejects(promise, (error: unknown) => {
    if (!(error instanceof WsmanError) || error.problem.kind !== "ended") throw error;
    match(error.problem.what, what);
    equal(error.problem.reason, reason);
    for (const secret of [PASSWORD, "not this one"]) equal(JSON.stringify(error.problem).includes(secret), false);
    return true;
  });
}
