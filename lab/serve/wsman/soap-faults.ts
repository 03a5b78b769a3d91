// The faults of a WSMan server: code, words and nesting as recorded, one function each. What has not been recorded says so.
// Sources: recordings of Windows servers; DSP0226 section 14 for the two without a code of Windows.
import { ADDRESSING, WSMAN_FAULT } from "./namespaces.ts";
import { escapeXml } from "./xml.ts";

export interface SoapFault {
  readonly role: "Sender" | "Receiver";
  /** With prefix: `w:TimedOut`. */
  readonly subcode: string;
  readonly reason: string;
  /** Content of `s:Detail`. */
  readonly detail: string;
  /** The action of the answer that carries it. */
  readonly action: string;
}

const WSMAN_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";
const INVALID_SELECTORS =
  "The WS-Management service cannot process the request because the request contained invalid selectors for the resource. ";
const UNEXPECTED_SELECTORS = `<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/UnexpectedSelectors</w:FaultDetail>`;
const INVALID_SELECTORS_CODE = 2150858843;

/** A Receive found nothing to give for as long as it may wait. Not a failure: the client asks again. */
export function timedOut(machine: string): SoapFault {
  const text = "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ";
  return fault("Receiver", "w:TimedOut", text, windowsFault(2150858793, machine, escapeXml(text)));
}

/** Get on a shell that is gone. */
export function unknownShellOfGet(machine: string): SoapFault {
  const inner = windowsFault(INVALID_SELECTORS_CODE, machine, INVALID_SELECTORS);
  const provider = `<f:ProviderFault provider="Shell provider" path="%systemroot%\\system32\\WsmSvc.dll">${inner}</f:ProviderFault>`;
  return fault(
    "Sender",
    "w:InvalidSelectors",
    INVALID_SELECTORS,
    UNEXPECTED_SELECTORS + windowsFault(INVALID_SELECTORS_CODE, machine, provider),
  );
}

/** Any other request on a shell that is gone. The words are known from reports of many clients; the nesting around them is that of the command's fault. */
export function unknownShell(machine: string, shellId: string): SoapFault {
  const text = `The request for the Windows Remote Shell with ShellId ${shellId} failed because the shell was not found on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server. Provide the correct ShellId or create a new shell and retry the operation. `;
  return fault(
    "Sender",
    "w:InvalidSelectors",
    INVALID_SELECTORS,
    UNEXPECTED_SELECTORS + windowsFault(INVALID_SELECTORS_CODE, machine, escapeXml(text)),
  );
}

/** A command that is done, was terminated, or never began. */
export function unknownCommand(machine: string): SoapFault {
  const text =
    "The Windows Remote Shell received a request to perform an operation on a command identifier that does not exist. Either the command has completed execution or the client specified an invalid command identifier. ";
  return fault(
    "Sender",
    "w:InvalidSelectors",
    INVALID_SELECTORS,
    UNEXPECTED_SELECTORS + windowsFault(INVALID_SELECTORS_CODE, machine, text),
  );
}

/** The user has as many shells as the policy allows. Newer servers say it without a WSManFault. */
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

/** A shell has as many commands that nobody terminated as it may. Reported without a WSManFault. */
export function tooManyCommands(): SoapFault {
  const text =
    "The WS-Management service cannot process the request. The maximum number of concurrent commands per shell has been exceeded. Retry the request later or raise the Maximum Commands per Shell quota. ";
  return fault("Receiver", "w:InternalError", text, "");
}

/** An OperationTimeout that is no duration. Code recorded, words not. */
export function badTimeout(machine: string): SoapFault {
  const text = "The WS-Management service cannot process the request because the OperationTimeout header is not valid. ";
  return fault("Sender", "a:InvalidMessageInformationHeader", text, windowsFault(2150858767, machine, text), `${ADDRESSING}/fault`);
}

/** The body or its PSRP payload cannot be read. Code recorded (87, ERROR_INVALID_PARAMETER), words are ours. */
export function badPayload(machine: string, why: string): SoapFault {
  const text = `The parameter is incorrect. ${why}`;
  return fault("Sender", "w:InvalidParameter", text, windowsFault(87, machine, escapeXml(text)));
}

/** An answer would not fit into what the client takes. Subcode of DSP0226; not recorded. */
export function tooLarge(): SoapFault {
  return fault("Sender", "w:EncodingLimit", "The response does not fit into the MaxEnvelopeSize of the request. ", "");
}

/** Not an action, or not a resource, of this server. Subcodes of WS-Addressing; not recorded. */
export function notServed(what: "action" | "resource", value: string): SoapFault {
  const subcode = what === "action" ? "a:ActionNotSupported" : "a:DestinationUnreachable";
  return fault("Sender", subcode, `The ${what} ${value} is not supported by the service. `, "", `${ADDRESSING}/fault`);
}

/** The body of the answer. */
export function faultBody({ role, subcode, reason, detail }: SoapFault): string {
  return (
    `<s:Fault><s:Code><s:Value>s:${role}</s:Value><s:Subcode><s:Value>${subcode}</s:Value></s:Subcode></s:Code>` +
    `<s:Reason><s:Text xml:lang="en-US">${escapeXml(reason)}</s:Text></s:Reason><s:Detail>${detail}</s:Detail></s:Fault>`
  );
}

function fault(role: SoapFault["role"], subcode: string, reason: string, detail: string, action = WSMAN_ACTION): SoapFault {
  return { role, subcode, reason, detail, action };
}

function windowsFault(code: number, machine: string, message: string): string {
  return `<f:WSManFault xmlns:f="${WSMAN_FAULT}" Code="${code}" Machine="${escapeXml(machine)}"><f:Message>${message}</f:Message></f:WSManFault>`;
}
