// The faults of a WSMan server: code, words and nesting as recorded, one function each. What has not been recorded says so. Quotas: quota-faults.ts.
// Sources: recordings of Windows servers; DSP0226 section 14 for the two without a code of Windows.

import { escapeXml } from "../../../provider/remoting/xml/tree.ts";
import { ADDRESSING, WSMAN_FAULT } from "./namespaces.ts";

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

/** Nobody asked anything of the shell for so long that the server disconnected it. The code is Windows' own; nobody recorded the words. */
export function disconnectedShell(machine: string): SoapFault {
  const text =
    "The Windows Remote Shell cannot process the request because the shell is disconnected. Reconnect to the shell and try the operation again. ";
  return fault("Sender", "w:InternalError", text, windowsFault(2150859204, machine, text));
}

/**
 * The account may not open a session here. From Windows, 5 (ERROR_ACCESS_DENIED) with the subcode of DSP0226; from Exchange's own plug-in, whose
 * refusals stand in the words of Exchange. Not recorded.
 */
export function accessDenied(machine: string, { code, message } = { code: 5, message: "Access is denied. " }): SoapFault {
  return fault("Sender", code === 5 ? "w:AccessDenied" : "w:InternalError", message, windowsFault(code, machine, escapeXml(message)));
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

/** A MaxEnvelopeSize that is no number of bytes, or less than any answer needs (8,192). Subcode and detail of DSP0226 6.2; not recorded. */
export function badEnvelopeSize(): SoapFault {
  const detail = "<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/MinimumEnvelopeLimit</w:FaultDetail>";
  return fault("Sender", "w:EncodingLimit", "The MaxEnvelopeSize of the request is not valid, or too small for any answer. ", detail);
}

/** A request or an answer would not fit into an envelope. Subcode of DSP0226; not recorded. */
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

/** A fault of any kind; `reason` is text, `detail` is XML. */
export function fault(role: SoapFault["role"], subcode: string, reason: string, detail: string, action = WSMAN_ACTION): SoapFault {
  return { role, subcode, reason, detail, action };
}

/** A WSManFault element; `message` is XML. */
export function windowsFault(code: number, machine: string, message: string): string {
  return `<f:WSManFault xmlns:f="${WSMAN_FAULT}" Code="${code}" Machine="${escapeXml(machine)}"><f:Message>${message}</f:Message></f:WSManFault>`;
}
