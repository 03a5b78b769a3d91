// SECURITY_STATUS of Windows as an error in words. Source: winerror.h.
import type { WsmanError } from "../../problem.ts";
import { type KerberosCause, type KerberosNames, kerberosProblem } from "../problems.ts";

export const Status = { ok: 0, continueNeeded: 0x0009_0312, logonDenied: 0x8009_030c } as const;

const CAUSES: Readonly<Record<number, KerberosCause>> = {
  2148074252: "wrongPassword", // SEC_E_LOGON_DENIED: name or password
  2148074243: "unknownService", // SEC_E_TARGET_UNKNOWN
  2148074274: "wrongServer", // SEC_E_WRONG_PRINCIPAL
  2148074276: "clockSkew", // SEC_E_TIME_SKEW
  2148074257: "noDomainController", // SEC_E_NO_AUTHENTICATING_AUTHORITY
  2148074254: "noProof", // SEC_E_NO_CREDENTIALS
  2148074263: "expiredTicket", // SEC_E_CONTEXT_EXPIRED
  2148074289: "noCommonEncryption", // SEC_E_ALGORITHM_MISMATCH
  2148074306: "noCommonEncryption", // SEC_E_KDC_UNKNOWN_ETYPE
};

/** Errors have the highest bit; what goes on has not. */
export function isFailure(status: number): boolean {
  return status >= 0x8000_0000;
}

export function problemOf(status: number, names: KerberosNames): WsmanError {
  return kerberosProblem(CAUSES[status], `Windows' SSPI: 0x${status.toString(16)}`, names);
}
