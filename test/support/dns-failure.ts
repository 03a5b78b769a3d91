// What a call to a DNS API failed with, for tests to compare as a whole.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { DnsError, type DnsReason } from "../../provider/dns/record-sets.ts";
import { labToken } from "./dns-lab.ts";

/** Awaits a failure and gives its reason and sentence. Whatever the error carries, the token must not be in it. */
export async function failure(
  call: Promise<unknown>,
  token = labToken,
): Promise<{ readonly reason: DnsReason; readonly message: string; readonly retryAfterMs: number | undefined }> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof DnsError, `${inspect(error)} is not a DnsError`);
  assert.equal(inspect(error, { depth: 20, showHidden: true }).includes(token), false, "the token is in the error");
  return { reason: error.reason, message: error.message, retryAfterMs: error.retryAfterMs };
}
