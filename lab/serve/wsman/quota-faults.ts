// What a server says when somebody has, or asks, more than is allowed. Words and codes as recorded or reported; where only the code or only the
// words are known, the function says which. Codes: wsmerror.h of the Windows SDK.

import { escapeXml } from "../../../provider/remoting/xml/tree.ts";
import { fault, type SoapFault, windowsFault } from "./soap-faults.ts";

/** Requests that a user may make in a time. */
export interface LoadLimit {
  readonly requests: number;
  readonly seconds: number;
}

const INTERNAL = "w:InternalError";

/** The user has as many shells as the policy allows. Newer servers say it without a WSManFault. Recorded. */
export function tooManyShells(limit: number): SoapFault {
  const text = `The WS-Management service cannot process the request. This user is allowed a maximum number of ${limit} concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user. `;
  const reason =
    "The WS-Management service cannot process the request. The maximum number of concurrent shells for this user has been exceeded. Close existing shells or raise the quota for this user. ";
  const item = (name: string, type: string, value: string) => `<p:${name} xsi:type="cim:${type}">${value}</p:${name}>`;
  const none = (name: string) => `<p:${name} xsi:nil="true" xsi:type="cim:cimString"/>`;
  const detail = [
    '<p:MSFT_WmiError b:IsCIM_Error="true" xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" ',
    'xmlns:p="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="p:MSFT_WmiError_Type">',
    item("CIMStatusCode", "cimUnsignedInt", "27"),
    none("CIMStatusCodeDescription"),
    none("ErrorSource"),
    item("ErrorSourceFormat", "cimUnsignedShort", "0"),
    item("ErrorType", "cimUnsignedShort", "0"),
    item("Message", "cimString", text),
    item("MessageID", "cimString", "HRESULT 0x803381a5"),
    none("OtherErrorSourceFormat"),
    none("OtherErrorType"),
    none("OwningEntity"),
    item("PerceivedSeverity", "cimUnsignedShort", "0"),
    item("ProbableCause", "cimUnsignedShort", "0"),
    none("ProbableCauseDescription"),
    item("error_Category", "cimUnsignedInt", "30"),
    item("error_Code", "cimUnsignedInt", "2150859173"),
    item("error_Type", "cimString", "HRESULT"),
    item("error_WindowsErrorMessage", "cimString", text),
    "</p:MSFT_WmiError>",
  ].join("");
  return fault("Sender", "w:QuotaLimit", reason, detail);
}

/** The same as Exchange's authorisation says it. Words reported of Exchange Online, as far as reports quote them; the code and the place are not known. */
export function tooManySessions(limit: number): SoapFault {
  const text = `[FailureCategory=AuthZ-AuthorizationException] Fail to create a runspace because you have exceeded the maximum number of connections allowed : ${limit} `;
  return fault("Receiver", INTERNAL, text, "");
}

/** A shell has as many commands that nobody terminated as it may. Reported without a WSManFault. */
export function tooManyCommands(): SoapFault {
  const text =
    "The WS-Management service cannot process the request. The maximum number of concurrent commands per shell has been exceeded. Retry the request later or raise the Maximum Commands per Shell quota. ";
  return fault("Receiver", INTERNAL, text, "");
}

/** Requests of one user that have not been answered. The code is Windows' own; the words are those of its neighbours. */
export function tooManyOperations(machine: string, limit: number): SoapFault {
  const text = `The WS-Management service cannot process the request. This user is allowed a maximum number of ${limit} concurrent operations, which has been exceeded. Close existing operations for this user, or raise the quota for this user. `;
  return fault("Sender", "w:QuotaLimit", text, windowsFault(2150859174, machine, escapeXml(text)));
}

/** What every report of an exceeded load quota quotes. */
export function loadQuotaText({ requests, seconds }: LoadLimit, waitMs: number): string {
  return `The WS-Management service cannot process the request. The user load quota of ${requests} requests per ${seconds} seconds has been exceeded. Send future requests at a slower rate or raise the quota for this user. The next request from this user will not be approved for at least ${waitMs} milliseconds. `;
}

/** Too many requests in a time; the request was not done. Words as reported, the code is Windows' own for them, the subcode is that of the other quotas. */
export function loadQuota(machine: string, limit: LoadLimit, waitMs: number): SoapFault {
  const text = loadQuotaText(limit, waitMs);
  return fault("Sender", "w:QuotaLimit", text, windowsFault(2150859175, machine, escapeXml(text)));
}
