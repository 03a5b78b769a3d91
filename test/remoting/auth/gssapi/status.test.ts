// What MIT's numbers and texts mean, each by itself: SPNEGO gives numbers of its own to what Kerberos said.
import { equal } from "node:assert/strict";
import { causeOf, hasFailed } from "../../../../provider/remoting/auth/gssapi/status.ts";

const FIRST = -1_765_328_384;

const CASES: readonly (readonly [code: string, offset: number, text: string, cause: string | undefined])[] = [
  ["KRB5KDC_ERR_PREAUTH_FAILED", 24, "Preauthentication failed", "wrongPassword"],
  ["KRB5KRB_AP_ERR_BAD_INTEGRITY", 31, "Decrypt integrity check failed", "wrongPassword"],
  ["KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN", 6, "Client 'a@B' not found in Kerberos database", "unknownAccount"],
  ["KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN", 7, "Server HTTP/x@B not found in Kerberos database", "unknownService"],
  ["KRB5KRB_AP_ERR_SKEW", 37, "Clock skew too great", "clockSkew"],
  ["KRB5KRB_AP_ERR_TKT_EXPIRED", 32, "Ticket expired", "expiredTicket"],
  ["KRB5KDC_ERR_CLIENT_REVOKED", 18, "Client's credentials have been revoked", "lockedAccount"],
  ["KRB5KDC_ERR_KEY_EXP", 23, "Password has expired", "expiredPassword"],
  ["KRB5KDC_ERR_ETYPE_NOSUPP", 14, "KDC has no support for encryption type", "noCommonEncryption"],
  ["KRB5_KDC_UNREACH", 156, "Cannot contact any KDC for realm 'B'", "noDomainController"],
  ["KRB5_REALM_UNKNOWN", 154, 'Cannot find KDC for realm "B"', "unknownRealm"],
  ["KRB5_FCC_NOFILE", 195, "No Kerberos credentials available", "noProof"],
  ["KRB5_KT_NOTFOUND", 181, "Key table entry not found", "noProof"],
  ["KRB5KRB_AP_ERR_REPEAT", 34, "Request is a replay", undefined],
];

describe("what MIT Kerberos says", () => {
  for (const [code, offset, text, cause] of CASES)
    it(`with ${code} is ${cause ?? "nothing that we know"}, by its number as by its text`, () => {
      equal(causeOf(FIRST + offset, ""), cause);
      equal(causeOf((FIRST + offset) >>> 0, ""), cause);
      equal(causeOf(100_001, text), cause);
    });

  it("is a failure where the upper half says so", () => {
    equal(hasFailed(0x0009_0000), true);
    equal(hasFailed(0x8000_0000 | 0), true);
    equal(hasFailed(1), false);
    equal(hasFailed(0), false);
  });
});
